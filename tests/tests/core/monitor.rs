//! What a monitor keeps and counts, in bounded memory, and how it tells it.

use std::time::Duration;

use countersign::UnixTime;
use countersign::monitor::{Attached, DeadLetter, InboxView, Monitor, MonitorError, Observation};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn observation<'a>(result: &'a str, event_type: Option<&'a str>) -> Observation<'a> {
    let mut observation = Observation::new(NOW, 200, result, Duration::from_millis(3));
    observation.event_id = event_type.map(|_| "msg_1");
    observation.event_type = event_type;
    observation.key_index = event_type.map(|_| 0);
    observation
}

fn openmetrics(monitor: &Monitor, inbox: Option<&InboxView>) -> String {
    monitor.openmetrics(Attached::new(inbox, None))
}

fn snapshot(monitor: &Monitor, inbox: Option<&InboxView>) -> Value {
    let attached = Attached::new(inbox, None);
    serde_json::from_str(&monitor.snapshot(attached, NOW, 7)).unwrap()
}

#[test]
fn outcomes_are_kept_the_newest_first() {
    let mut monitor = Monitor::new(NOW);
    let first = monitor.watch("eu", "standard").unwrap();
    let second = monitor.watch("us", "github").unwrap();
    monitor.observe(first, &observation("handled", Some("invoice.paid")));
    let mut refused = observation("signature_mismatch", None);
    refused.status = 401;
    monitor.observe(second, &refused);
    let shown = snapshot(&monitor, None);
    assert_eq!(
        shown["recent"],
        json!([
            {
                "receiver": "us", "time": 1_700_000_000.0, "status": 401,
                "result": "signature_mismatch", "scheme": "github", "event_id": null,
                "event_type": null, "duration": 0.003, "key_index": null,
            },
            {
                "receiver": "eu", "time": 1_700_000_000.0, "status": 200,
                "result": "handled", "scheme": "standard", "event_id": "msg_1",
                "event_type": "invoice.paid", "duration": 0.003, "key_index": 0,
            },
        ])
    );
    assert_eq!(
        shown["receivers"][1],
        json!({
            "name": "us", "scheme": "github", "requests": 1,
            "results": {"signature_mismatch": 1}, "types": {},
            "latency": {"p50": 0.00375, "p95": 0.004_875, "p99": 0.004_975},
        })
    );
}

#[test]
fn events_without_a_type_are_counted_too() {
    let mut monitor = Monitor::new(NOW);
    let receiver = monitor.watch("eu", "standard").unwrap();
    for result in ["handled", "pending", "handshake", "rate_limited"] {
        monitor.observe(receiver, &observation(result, None));
    }
    let mut failed = observation("handler_failed", None);
    failed.event_id = Some("msg_1");
    monitor.observe(receiver, &failed);
    let shown = snapshot(&monitor, None);
    assert_eq!(shown["receivers"][0]["types"], json!({"": 3}));
    assert_eq!(shown["receivers"][0]["requests"], 5);
}

#[test]
fn memory_is_bounded() {
    let mut monitor = Monitor::new(NOW).with_recent(10).with_most_types(5);
    let receiver = monitor.watch("eu", "standard").unwrap();
    for number in 0..1_000 {
        let event_type = format!("type {number} {}", "t".repeat(10_000));
        let mut event = observation("handled", Some(&event_type));
        let id = "i".repeat(10_000);
        event.event_id = Some(&id);
        monitor.observe(receiver, &event);
        monitor.observe(receiver, &observation(&format!("code_{number}"), None));
    }
    let shown = snapshot(&monitor, None);
    assert_eq!(shown["recent"].as_array().unwrap().len(), 10);
    assert_eq!(
        shown["recent"][1]["event_id"],
        format!("{}…", "i".repeat(199))
    );
    let described = &shown["receivers"][0];
    assert_eq!(described["types"].as_object().unwrap().len(), 6);
    assert_eq!(described["types"]["other"], 995);
    assert_eq!(described["results"].as_object().unwrap().len(), 129);
    assert_eq!(described["requests"], 2_000);
    assert!(shown.to_string().len() < 20_000);
}

#[test]
fn a_place_in_the_ring_keeps_nothing_of_what_was_there() {
    let mut monitor = Monitor::new(NOW).with_recent(0);
    let receiver = monitor.watch("eu", "standard").unwrap();
    let mut long = observation("handled", Some("invoice.paid"));
    long.event_id = Some("a long id");
    monitor.observe(receiver, &long);
    monitor.observe(receiver, &observation("handled", Some("invoice.paid")));
    assert_eq!(snapshot(&monitor, None)["recent"][0]["event_id"], "msg_1");
    monitor.observe(receiver, &observation("rate_limited", None));
    let shown = snapshot(&monitor, None);
    assert_eq!(shown["recent"].as_array().unwrap().len(), 1);
    assert_eq!(shown["recent"][0]["event_id"], Value::Null);
}

#[test]
fn names_are_distinct() {
    let mut monitor = Monitor::new(NOW);
    monitor.watch("eu", "standard").unwrap();
    let refused = monitor.watch("eu", "github");
    assert_eq!(refused, Err(MonitorError::DuplicateName));
    monitor.observe(1, &observation("handled", None));
    assert_eq!(snapshot(&monitor, None)["recent"], json!([]));
}

#[test]
fn the_inbox_is_shown_as_far_as_it_answers() {
    let monitor = Monitor::new(NOW);
    assert_eq!(snapshot(&monitor, None)["inbox"], Value::Null);
    assert!(!openmetrics(&monitor, None).contains("inbox"));

    let down = InboxView::down();
    let nothing = json!({"counts": null, "dead_letters": null});
    assert_eq!(snapshot(&monitor, Some(&down))["inbox"], nothing);
    assert!(openmetrics(&monitor, Some(&down)).contains("\ncountersign_inbox_up 0\n# EOF\n"));

    let mut inbox = InboxView::down();
    inbox.counts = Some(vec![("waiting".into(), 0), ("dead".into(), 1_000)]);
    let letter = |number| {
        let mut letter = DeadLetter::new(number, UnixTime::from_millis(1_500), 7);
        letter.event_id = Some("i".repeat(1_000));
        letter.error = Some("ValueError".into());
        letter
    };
    inbox.dead_letters = Some((0..1_000).map(letter).collect());
    let shown = &snapshot(&monitor, Some(&inbox))["inbox"];
    assert_eq!(shown["counts"], json!({"waiting": 0, "dead": 1_000}));
    assert_eq!(shown["dead_letters"].as_array().unwrap().len(), 100);
    let first = json!({
        "number": 0, "event_id": format!("{}…", "i".repeat(199)), "event_type": null,
        "received": 1.5, "attempts": 7, "error": "ValueError",
    });
    assert_eq!(shown["dead_letters"][0], first);
    let metrics = openmetrics(&monitor, Some(&inbox));
    assert!(metrics.contains("countersign_inbox_up 1\n"));
    assert!(metrics.contains("countersign_inbox_events{state=\"dead\"} 1000\n"));
}

#[test]
fn metrics_to_the_byte() {
    let mut monitor = Monitor::new(NOW);
    let receiver = monitor.watch("e\\u\n\"", "standard").unwrap();
    monitor.observe(
        receiver,
        &observation("handled", Some("a\"} 7\n# EOF\nx{y=\"")),
    );
    let lines: Vec<_> = openmetrics(&monitor, None)
        .lines()
        .map(str::to_owned)
        .collect();
    let name = r#"receiver="e\\u\n\"""#;
    let duration = "countersign_request_duration_seconds";
    assert_eq!(lines[0], "# TYPE countersign_requests counter");
    assert_eq!(
        lines[2],
        format!(r#"countersign_requests_total{{{name},scheme="standard",result="handled"}} 1"#)
    );
    assert_eq!(
        lines[5],
        format!(r#"countersign_events_total{{{name},type="a\"}} 7\n# EOF\nx{{y=\""}} 1"#)
    );
    assert_eq!(lines[7], format!("# UNIT {duration} seconds"));
    assert_eq!(
        lines[9],
        format!(r#"{duration}_bucket{{{name},le="0.0005"}} 0"#)
    );
    assert_eq!(
        lines[12],
        format!(r#"{duration}_bucket{{{name},le="0.005"}} 1"#)
    );
    assert_eq!(
        lines[22],
        format!(r#"{duration}_bucket{{{name},le="10.0"}} 1"#)
    );
    assert_eq!(
        lines[23],
        format!(r#"{duration}_bucket{{{name},le="+Inf"}} 1"#)
    );
    assert_eq!(lines[24], format!("{duration}_count{{{name}}} 1"));
    assert_eq!(
        lines[25..],
        [format!("{duration}_sum{{{name}}} 0.003"), "# EOF".into()]
    );
}

proptest! {
    #[test]
    fn every_text_comes_back(text in ".{0,40}") {
        let mut monitor = Monitor::new(NOW);
        let receiver = monitor.watch(&text, &text).unwrap();
        monitor.observe(receiver, &observation(&text, Some(&text)));
        let shown = snapshot(&monitor, None);
        prop_assert_eq!(&shown["receivers"][0]["name"], &text);
        prop_assert_eq!(&shown["receivers"][0]["types"][&text], 1);
        prop_assert_eq!(&shown["recent"][0]["result"], &text);
        prop_assert_eq!(&shown["recent"][0]["event_type"], &text);
    }

    #[test]
    fn any_time_is_written(seconds: u64, nanos in 0_u32..1_000_000_000, micros: u64) {
        let at = UnixTime::from(Duration::new(seconds, nanos));
        let mut monitor = Monitor::new(at);
        let receiver = monitor.watch("eu", "standard").unwrap();
        let mut event = observation("handled", None);
        event.at = at;
        event.duration = Duration::from_micros(micros);
        monitor.observe(receiver, &event);
        monitor.observe(receiver, &event);
        let shown: Value = serde_json::from_str(&monitor.snapshot(Attached::default(), at, u64::MAX)).unwrap();
        let time = shown["time"].as_f64().unwrap();
        prop_assert!((time - at.as_seconds_f64()).abs() <= 1e-6 + time * 1e-15);
        let duration = shown["recent"][0]["duration"].as_f64().unwrap();
        prop_assert!((duration - event.duration.as_secs_f64()).abs() <= duration * 1e-15);
    }
}
