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
    ] {
        let output = program(environment).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(log.contains(message), "{log}");
    }
}

#[test]
fn takes_a_fresh_delivery() {
    let environment = [
        ("COUNTERSIGN_SCHEME", "standard"),
        ("COUNTERSIGN_SECRET", SECRET),
    ];
    let mut program = Program(program(&environment).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim_start_matches("listening on http://")
        .trim_end_matches("/webhooks\n");
    let server: SocketAddr = address.parse().unwrap();

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
