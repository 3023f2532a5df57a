//! The program: its configuration and the system's clock.

mod common;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use countersign::{Scheme, Secret, UnixTime, Webhook};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = r#"{"type":"payment.succeeded","timestamp":"2026-01-02T03:04:05Z","data":{}}"#;

/// Ends with the test, however the test ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign-example-axum"));
    command
        .env_clear()
        .env("COUNTERSIGN_ADDRESS", "127.0.0.1:0")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A whole configuration, and a variable of the guards.
fn with<'a>(name: &'a str, value: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("COUNTERSIGN_SCHEME", "sha256"),
        ("COUNTERSIGN_SECRET", "a secret"),
        (name, value),
    ]
}

#[test]
fn does_not_start_without_its_configuration() {
    for (environment, message) in [
        (&[][..], "COUNTERSIGN_SCHEME is not set"),
        (
            &[("COUNTERSIGN_SCHEME", "github")],
            "COUNTERSIGN_SECRET is not set",
        ),
        (
            &[("COUNTERSIGN_SCHEME", "github"), ("COUNTERSIGN_SECRET", "")],
            "COUNTERSIGN_SECRET: the secret is empty",
        ),
        (
            &[
                ("COUNTERSIGN_SCHEME", "standard"),
                ("COUNTERSIGN_SECRET", SECRET),
                ("COUNTERSIGN_OLD_SECRET", "not base64"),
            ],
            "COUNTERSIGN_OLD_SECRET: the secret is not canonical standard base64",
        ),
        (
            &[("COUNTERSIGN_SCHEME", "gihtub")],
            "COUNTERSIGN_SCHEME: no scheme is registered",
        ),
        (
            &with("COUNTERSIGN_RATE_LIMIT", "many"),
            "COUNTERSIGN_RATE_LIMIT is not like 600/60",
        ),
        (
            &with("COUNTERSIGN_STORE", "disk"),
            "COUNTERSIGN_STORE is not memory",
        ),
        (
            &with("COUNTERSIGN_ALLOW", "192.0.2.0/24, anybody"),
            "COUNTERSIGN_ALLOW: ",
        ),
        (
            &with("COUNTERSIGN_FORWARDING_HEADER", "x-real-ip"),
            "COUNTERSIGN_FORWARDING_HEADER is not",
        ),
        (
            &with("COUNTERSIGN_STATUS_TOKEN", "short"),
            "COUNTERSIGN_STATUS_TOKEN: the status token must have",
        ),
    ] {
        let output = program(environment).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(log.contains(message), "{log}");
    }
}

/// Starts it; where it listens.
fn start(environment: &[(&str, &str)]) -> (Program, SocketAddr) {
    let mut program = Program(program(environment).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim_start_matches("listening on http://")
        .trim_end_matches("/webhooks\n");
    (program, address.parse().unwrap())
}

#[test]
fn has_handlers_guards_and_a_status_page() {
    let token = "sixteen-or-more-characters";
    let (_program, server) = start(&[
        ("COUNTERSIGN_SCHEME", "sha256"),
        ("COUNTERSIGN_SECRET", common::SECRET),
        ("COUNTERSIGN_RATE_LIMIT", "4/3600"),
        ("COUNTERSIGN_STATUS_TOKEN", token),
    ]);
    let other = r#"{"id":"evt_2","type":"order.created"}"#;
    for (body, status, word) in [
        (common::PAYMENT, 200, "handled"),
        (common::PAYMENT, 200, "duplicate"),
        (other, 200, "handled"),
        (
            &common::PAYMENT.replace(":5}", ":-5}"),
            400,
            "schema_mismatch",
        ),
        (other, 429, "rate_limited"),
    ] {
        let answer = common::deliver(server, body);
        let said = answer.body.get("status").or(answer.body.get("error"));
        assert_eq!((answer.status, said.unwrap()), (status, &word.into()));
    }
    let get = |authorization: &str| {
        let head = format!(
            "GET /webhooks/status/data HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{authorization}\r\n"
        );
        common::exchange(server, &[head.as_bytes()])
    };
    assert_eq!(get("").status, 401);
    let shown = get(&format!("authorization: Bearer {token}\r\n"));
    assert_eq!(shown.status, 200);
    assert_eq!(shown.body["receivers"][0]["requests"], 5);
    assert_eq!(shown.body["recent"][0]["result"], "rate_limited");
}

#[test]
fn refuses_while_its_store_is_down() {
    let (_program, server) = start(&with("COUNTERSIGN_STORE", "redis://127.0.0.1:1/0"));
    let payment = common::PAYMENT;
    let answer = common::post(server, &common::signed("a secret", payment), payment);
    assert_eq!((answer.status, answer.code()), (503, "store_unavailable"));
}

#[test]
fn takes_a_fresh_delivery() {
    let (_program, server) = start(&[
        ("COUNTERSIGN_SCHEME", "standard"),
        ("COUNTERSIGN_SECRET", SECRET),
    ]);

    let webhook = Webhook::new(Scheme::STANDARD, [Secret::parse(SECRET).unwrap()]).unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let headers = webhook
        .sign("msg_1", UnixTime::from(now), BODY.as_bytes())
        .unwrap();
    let answer = common::post(server, &headers, BODY);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["status"], "handled");
    assert_eq!(answer.body["id"], "msg_1");
}
