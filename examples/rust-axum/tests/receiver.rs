//! The routes, over real connections.

mod common;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex};
use std::thread;

use common::{OLD_SECRET, PAYMENT, SECRET, TOKEN, deliver, exchange, list, post, signed};
use countersign::{DEFAULT_BODY_LIMIT, Scheme, Secret, UnixTime, Webhook};
use countersign_example_axum::router;
use countersign_tower::{ReceivedEvent, Receiver};
use serde_json::json;

fn webhook(scheme: Scheme, secrets: &[&str]) -> Webhook {
    let secrets = secrets.iter().map(|text| Secret::parse(text).unwrap());
    Webhook::new(scheme, secrets).unwrap()
}

type Handled = Result<(), &'static str>;

fn receiver() -> Receiver {
    let receiver = Receiver::new(webhook(Scheme::SHA256, &[SECRET, OLD_SECRET]));
    receiver
        .on("payment.succeeded", async |_| Handled::Ok(()))
        .and_then(|receiver| receiver.on("order.failing", async |_| Err("of private particulars")))
        .and_then(|receiver| receiver.on("order.panicking", panicking))
        .unwrap()
}

async fn panicking(_event: ReceivedEvent) -> Handled {
    panic!("a mistake in the handler")
}

fn start(receiver: Receiver, token: Option<&str>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let routes = router(receiver, token.map(str::to_owned));
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, routes).await.unwrap();
        });
    });
    address
}

fn start_default() -> SocketAddr {
    start(receiver(), Some(TOKEN))
}

fn listed(server: SocketAddr) -> Vec<serde_json::Value> {
    let answer = list(server, &format!("authorization: Bearer {TOKEN}\r\n"));
    assert_eq!(answer.status, 200);
    answer.body.as_array().unwrap().clone()
}

#[test]
fn handles_ignores_and_lists() {
    let server = start_default();
    let answer = deliver(server, PAYMENT);
    let expected = json!({"status": "handled", "id": "evt_1", "type": "payment.succeeded"});
    assert_eq!((answer.status, answer.body), (200, expected));

    let other = r#"{"id":"evt_2","type":"order.created"}"#;
    let answer = post(server, &signed(OLD_SECRET, other), other);
    let expected = json!({"status": "ignored", "id": "evt_2", "type": "order.created"});
    assert_eq!((answer.status, answer.body), (200, expected));

    let expected = [
        json!({"id": "evt_2", "type": "order.created", "timestamp": null, "key_index": 1}),
        json!({"id": "evt_1", "type": "payment.succeeded", "timestamp": 1_700_000_000, "key_index": 0}),
    ];
    assert_eq!(listed(server), expected);
}

#[test]
fn refuses_what_is_not_authentic_and_lists_nothing() {
    let server = start_default();
    let good = signed(SECRET, PAYMENT);
    let altered = PAYMENT.replace("5}", "6}");
    let twice = [good.clone(), signed("another secret", PAYMENT)].concat();
    for (headers, body, code) in [
        (good, &*altered, "signature_mismatch"),
        (vec![], PAYMENT, "missing_header"),
        (vec![], "", "missing_header"),
        (
            signed("another secret", PAYMENT),
            PAYMENT,
            "signature_mismatch",
        ),
        (twice, PAYMENT, "conflicting_header"),
    ] {
        let answer = post(server, &headers, body);
        assert_eq!((answer.status, answer.code()), (401, code));
        assert!(answer.body["message"].is_string());
    }
    assert!(listed(server).is_empty());
}

#[test]
fn refuses_authentic_nonsense() {
    let server = start_default();
    for (body, code) in [
        ("{", "payload_not_json"),
        ("", "payload_not_json"),
        ("[]", "payload_not_object"),
        ("{}", "missing_field"),
        (r#"{"type":5}"#, "malformed_field"),
    ] {
        let answer = deliver(server, body);
        assert_eq!((answer.status, answer.code()), (400, code), "{body}");
    }
    assert!(listed(server).is_empty());
}

#[test]
fn payloads_are_json() {
    let server = start_default();
    for (content_type, status) in [
        ("application/json; charset=utf-8", 200),
        ("application/x-www-form-urlencoded", 415),
    ] {
        let mut headers = signed(SECRET, PAYMENT);
        headers.push(("content-type".into(), content_type.into()));
        assert_eq!(post(server, &headers, PAYMENT).status, status);
    }
}

#[test]
fn each_delivery_is_handled_once() {
    let server = start_default();
    for status in ["handled", "duplicate"] {
        let answer = deliver(server, PAYMENT);
        assert_eq!(
            (answer.status, &answer.body["status"]),
            (200, &json!(status))
        );
    }
    assert_eq!(listed(server).len(), 2);
}

#[test]
fn refuses_large_bodies_before_their_end() {
    let server = start_default();
    let declared = "POST /webhooks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: 1000000000000\r\n\r\n";
    let answer = exchange(server, &[declared.as_bytes(), b"{"]);
    assert_eq!((answer.status, answer.code()), (413, "payload_too_large"));

    let chunked = "POST /webhooks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n";
    let chunk = [b"40000\r\n", &[b' '; 0x40000][..], b"\r\n"].concat();
    let endless = [&[chunked.as_bytes()][..], &[&*chunk; 5]].concat();
    let answer = exchange(server, &endless);
    assert_eq!((answer.status, answer.code()), (413, "payload_too_large"));

    let padding = " ".repeat(DEFAULT_BODY_LIMIT - PAYMENT.len());
    assert_eq!(deliver(server, &format!("{PAYMENT}{padding}")).status, 200);
    assert_eq!(deliver(server, &format!("{PAYMENT}{padding} ")).status, 413);
}

#[test]
fn other_methods_are_not_allowed() {
    let server = start_default();
    let request = "GET /webhooks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert_eq!(exchange(server, &[request.as_bytes()]).status, 405);
}

/// Collects what is logged.
struct Log;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LOG: LazyLock<()> = LazyLock::new(|| {
    tracing_subscriber::fmt()
        .with_writer(|| Log)
        .with_ansi(false)
        .init();
});

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failing_handler_answers_500_and_is_logged_without_the_payload() {
    LazyLock::force(&LOG);
    let server = start_default();
    for event_type in ["order.failing", "order.panicking"] {
        let body =
            format!(r#"{{"id":"evt_500","type":"{event_type}","data":"private particulars"}}"#);
        let answer = deliver(server, &body);
        assert_eq!((answer.status, answer.code()), (500, "handler_failed"));
    }
    assert_eq!(deliver(server, PAYMENT).status, 200);

    let logged = String::from_utf8(LOGGED.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("evt_500") && logged.contains("order.failing"));
    assert!(logged.contains("panicked"));
    assert!(!logged.contains("private particulars") && !logged.contains(SECRET));
}

#[test]
fn the_list_stays_bounded_under_concurrent_deliveries() {
    let server = start_default();
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            thread::spawn(move || {
                for delivery in 0..20 {
                    let payment = PAYMENT.replace("evt_1", &format!("evt_{thread}_{delivery}"));
                    assert_eq!(deliver(server, &payment).status, 200);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(listed(server).len(), 100);
}

#[test]
fn the_list_needs_its_token() {
    let server = start_default();
    for authorization in [
        "",
        "authorization: Bearer \r\n",
        "authorization: Bearer the token of the lisT\r\n",
        "authorization: Basic the token of the list\r\n",
    ] {
        let answer = list(server, authorization);
        assert_eq!((answer.status, answer.code()), (401, "unauthorized"));
        assert!(answer.head.contains("www-authenticate: bearer"));
    }
    for no_token in [None, Some("")] {
        let server = start(receiver(), no_token);
        assert_eq!(list(server, "authorization: Bearer \r\n").status, 404);
    }
}

#[test]
fn takes_recorded_requests_with_a_recorded_clock() {
    let recorded = webhook(
        Scheme::STANDARD,
        &["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    );
    let at = |seconds| move || UnixTime::from_seconds(seconds);
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        (
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let body = r#"{"test": 2432232314}"#;

    let receiver = Receiver::new(recorded.clone()).clock(at(1_614_265_630));
    assert_eq!(post(start(receiver, None), &headers, body).status, 200);
    let answer = post(start(Receiver::new(recorded), None), &headers, body);
    assert_eq!((answer.status, answer.code()), (401, "timestamp_too_old"));
}
