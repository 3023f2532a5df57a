//! What a monitor counts and shows of senders.

use std::time::Duration;

use countersign::monitor::{
    Attached, AttemptObservation, DeadDelivery, Monitor, OutboxView, ShownAttempt, ShownEndpoint,
    ShownReplay,
};
use countersign::{Availability, DisableReason, UnixTime};
use serde_json::{Value, json};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn snapshot(monitor: &Monitor, outbox: Option<&OutboxView>) -> Value {
    let attached = Attached::new(None, outbox);
    serde_json::from_str(&monitor.snapshot(attached, NOW, 7)).unwrap()
}

fn openmetrics(monitor: &Monitor, outbox: Option<&OutboxView>) -> String {
    monitor.openmetrics(Attached::new(None, outbox))
}

fn attempt<'a>(
    endpoint: &'a str,
    verdict: &'a str,
    status: Option<u16>,
    error: Option<&'a str>,
) -> AttemptObservation<'a> {
    let mut attempt = AttemptObservation::new(endpoint, verdict, Duration::from_millis(3));
    attempt.status = status;
    attempt.error = error;
    attempt
}

#[test]
fn attempts_are_counted_by_endpoint_verdict_and_answer() {
    let mut monitor = Monitor::new(NOW);
    for (verdict, status, error) in [
        ("delivered", Some(204), None),
        ("delivered", Some(200), None),
        ("retry", Some(503), None),
        ("retry", None, Some("timeout")),
        ("retry", Some(200), Some("body")),
        ("rejected", Some(410), None),
        ("retry", Some(302), None),
        ("retry", Some(199), None),
        ("retry", Some(999), None),
        ("retry", None, None),
    ] {
        monitor.observe_attempt(&attempt("a", verdict, status, error));
    }
    let text = openmetrics(&monitor, None);
    let counted = |verdict: &str, answer: &str| {
        let labels = format!(r#"endpoint="a",verdict="{verdict}",answer="{answer}""#);
        format!("countersign_attempts_total{{{labels}}} ")
    };
    for (verdict, answer, count) in [
        ("delivered", "2xx", 2),
        ("retry", "5xx", 1),
        ("retry", "timeout", 1),
        ("retry", "body", 1),
        ("rejected", "4xx", 1),
        ("retry", "3xx", 1),
        ("retry", "1xx", 1),
        ("retry", "none", 2),
    ] {
        let line = format!("{}{count}\n", counted(verdict, answer));
        assert!(text.contains(&line), "{line}{text}");
    }
    let duration = "countersign_attempt_duration_seconds";
    assert!(text.contains(&format!(
        "{duration}_bucket{{endpoint=\"a\",le=\"0.0025\"}} 0\n"
    )));
    assert!(text.contains(&format!("{duration}_count{{endpoint=\"a\"}} 10\n")));
    assert!(text.ends_with(&format!("{duration}_sum{{endpoint=\"a\"}} 0.03\n# EOF\n")));
}

#[test]
fn a_receiver_alone_tells_nothing_of_senders() {
    let monitor = Monitor::new(NOW);
    assert!(!openmetrics(&monitor, None).contains("attempt"));
    assert_eq!(snapshot(&monitor, None)["outbox"], Value::Null);
}

#[test]
fn memory_is_bounded() {
    let mut monitor = Monitor::new(NOW).with_most_endpoints(5);
    for number in 0..1_000 {
        let endpoint = format!("{number} {}", "e".repeat(10_000));
        monitor.observe_attempt(&attempt(&endpoint, "delivered", Some(200), None));
    }
    for number in 0..1_000 {
        let verdict = number.to_string();
        monitor.observe_attempt(&attempt("one more", &verdict, None, Some(&verdict)));
    }
    let text = openmetrics(&monitor, None);
    assert!(text.len() < 40_000, "{}", text.len());
    let other =
        r#"countersign_attempts_total{endpoint="other",verdict="delivered",answer="2xx"} 995"#;
    assert!(text.contains(other));
    let more = r#"countersign_attempts_total{endpoint="other",verdict="other",answer="other"} 873"#;
    assert!(text.contains(more));
}

#[test]
fn an_outbox_that_is_down_is_shown_as_such() {
    let monitor = Monitor::new(NOW);
    let down = OutboxView::down();
    let nothing =
        json!({"endpoints": null, "replays": null, "attempts": null, "dead_letters": null});
    assert_eq!(snapshot(&monitor, Some(&down))["outbox"], nothing);
    let text = openmetrics(&monitor, Some(&down));
    assert!(text.contains("# TYPE countersign_attempts counter\n"));
    assert!(text.ends_with("\ncountersign_outbox_up 0\n# EOF\n"));
}

fn outbox() -> OutboxView {
    let mut outbox = OutboxView::down();
    let mut throttled = ShownEndpoint::new(
        "a",
        Availability::ThrottledUntil(UnixTime::from_millis(1_500)),
    );
    (throttled.failures, throttled.waiting) = (2, 3);
    (throttled.running, throttled.dead) = (4, 5);
    let gone = ShownEndpoint::new("b\"", Availability::Disabled(DisableReason::Gone));
    outbox.endpoints = Some(vec![throttled, gone]);
    let mut replay = ShownReplay::new(2, UnixTime::from_seconds(9), 1_000, 50);
    replay.replayed = 300;
    let mut done = ShownReplay::new(1, UnixTime::from_seconds(8), 10, 5);
    done.state = "done".into();
    outbox.replays = Some(vec![replay, done]);
    let mut made = ShownAttempt::new(11, UnixTime::from_seconds(7), 3, Duration::from_millis(40));
    made.endpoint = Some("a".into());
    (made.message_id, made.event_type) = ("msg_1".into(), "t".repeat(500));
    made.status = Some(503);
    let mut cut = ShownAttempt::new(12, UnixTime::from_seconds(6), 1, Duration::ZERO);
    cut.error = Some("dns".into());
    outbox.attempts = Some(vec![made, cut]);
    let mut letter = DeadDelivery::new(13, UnixTime::from_seconds(5), 12);
    letter.reason = Some("exhausted".into());
    (letter.message_id, letter.event_type) = ("msg_2".into(), "invoice.paid".into());
    outbox.dead_letters = Some(vec![letter]);
    outbox
}

#[test]
fn an_outbox_is_shown() {
    let mut monitor = Monitor::new(NOW);
    monitor.observe_attempt(&attempt("a", "delivered", Some(200), None));
    let shown = &snapshot(&monitor, Some(&outbox()))["outbox"];
    assert_eq!(
        shown["endpoints"],
        json!([
            {
                "id": "a", "state": "throttled", "until": 1.5, "reason": null, "failures": 2,
                "waiting": 3, "running": 4, "dead": 5, "attempts": 1,
                "latency": {"p50": 0.00375, "p95": 0.004_875, "p99": 0.004_975},
            },
            {
                "id": "b\"", "state": "disabled", "until": null, "reason": "gone", "failures": 0,
                "waiting": 0, "running": 0, "dead": 0, "attempts": 0,
                "latency": {"p50": null, "p95": null, "p99": null},
            },
        ])
    );
    assert_eq!(
        shown["replays"][0],
        json!({
            "number": 2, "created": 9.0, "state": "running", "total": 1_000, "replayed": 300,
            "per_second": 50,
        })
    );
    assert_eq!(
        shown["attempts"],
        json!([
            {
                "delivery": 11, "time": 7.0, "attempt": 3, "duration": 0.04, "endpoint": "a",
                "message_id": "msg_1", "event_type": format!("{}…", "t".repeat(199)),
                "status": 503, "error": null,
            },
            {
                "delivery": 12, "time": 6.0, "attempt": 1, "duration": 0.0, "endpoint": null,
                "message_id": "", "event_type": "", "status": null, "error": "dns",
            },
        ])
    );
    assert_eq!(
        shown["dead_letters"],
        json!([{
            "number": 13, "created": 5.0, "attempts": 12, "endpoint": null, "message_id": "msg_2",
            "event_type": "invoice.paid", "reason": "exhausted",
        }])
    );
}

#[test]
fn metrics_tell_endpoints_and_the_replays_that_run() {
    let text = openmetrics(&Monitor::new(NOW), Some(&outbox()));
    for line in [
        "countersign_outbox_up 1",
        r#"countersign_outbox_deliveries{endpoint="a",state="waiting"} 3"#,
        r#"countersign_outbox_deliveries{endpoint="a",state="running"} 4"#,
        r#"countersign_outbox_deliveries{endpoint="a",state="dead"} 5"#,
        r#"countersign_outbox_endpoint_state{endpoint="a",countersign_outbox_endpoint_state="throttled"} 1"#,
        r#"countersign_outbox_endpoint_state{endpoint="a",countersign_outbox_endpoint_state="ready"} 0"#,
        r#"countersign_outbox_endpoint_state{endpoint="b\"",countersign_outbox_endpoint_state="disabled"} 1"#,
        r#"countersign_outbox_replay_deliveries{replay="2",state="replayed"} 300"#,
        r#"countersign_outbox_replay_deliveries{replay="2",state="remaining"} 700"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains(r#"replay="1""#));
    assert!(!text.contains("msg_"));
}

#[test]
fn of_many_the_first_are_shown() {
    let mut outbox = outbox();
    let endpoint = |number: u32| ShownEndpoint::new(number.to_string(), Availability::Ready);
    outbox.endpoints = Some((0..1_000).map(endpoint).collect());
    let replay = |number| ShownReplay::new(number, NOW, 1, 1);
    outbox.replays = Some((0..1_000).map(replay).collect());
    let attempt = |number| ShownAttempt::new(number, NOW, 1, Duration::ZERO);
    outbox.attempts = Some((0..1_000).map(attempt).collect());
    let letter = |number| DeadDelivery::new(number, NOW, 1);
    outbox.dead_letters = Some((0..1_000).map(letter).collect());
    let monitor = Monitor::new(NOW);
    let shown = &snapshot(&monitor, Some(&outbox))["outbox"];
    let count = |key: &str| shown[key].as_array().unwrap().len();
    assert_eq!(
        ["endpoints", "replays", "attempts", "dead_letters"].map(count),
        [100, 20, 50, 100]
    );
    let text = openmetrics(&monitor, Some(&outbox));
    let lines = |name: &str| text.lines().filter(|line| line.starts_with(name)).count();
    assert_eq!(lines("countersign_outbox_deliveries{"), 300);
    assert_eq!(lines("countersign_outbox_endpoint_state{"), 500);
    assert_eq!(lines("countersign_outbox_replay_deliveries{"), 40);
}
