//! A plain HTTP client: it sends what it is told to, also what a proper client would not.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use countersign::{Scheme, Secret, UnixTime, Webhook};
use serde_json::Value;

pub(crate) const SECRET: &str = "a new secret";
pub(crate) const OLD_SECRET: &str = "an old secret";
pub(crate) const TOKEN: &str = "the token of the list";
pub(crate) const PAYMENT: &str =
    r#"{"id":"evt_1","type":"payment.succeeded","timestamp":1700000000,"data":{"amount":5}}"#;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }
}

/// Headers that fit the body, in the plain scheme `sha256`.
pub(crate) fn signed(secret: &str, body: &str) -> Vec<(String, String)> {
    let webhook = Webhook::new(Scheme::SHA256, [Secret::parse(secret).unwrap()]).unwrap();
    webhook
        .sign(None, UnixTime::EPOCH, body.as_bytes())
        .unwrap()
}

pub(crate) fn deliver(server: SocketAddr, body: &str) -> Answer {
    post(server, &signed(SECRET, body), body)
}

pub(crate) fn post(server: SocketAddr, headers: &[(String, String)], body: &str) -> Answer {
    let mut head = "POST /webhooks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_owned();
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    exchange(server, &[head.as_bytes(), body.as_bytes()])
}

pub(crate) fn list(server: SocketAddr, authorization: &str) -> Answer {
    let head = format!(
        "GET /webhooks/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{authorization}\r\n"
    );
    exchange(server, &[head.as_bytes()])
}

pub(crate) fn exchange(server: SocketAddr, parts: &[&[u8]]) -> Answer {
    let mut stream = TcpStream::connect(server).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    for part in parts {
        // A server that refuses a large body does not wait for its end.
        match stream.write_all(part) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            written => written.unwrap(),
        }
    }
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert!(
            error.kind() == ErrorKind::ConnectionReset && !answer.is_empty(),
            "no answer: {error}"
        );
    }
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        head: head.to_ascii_lowercase(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    }
}
