//! What was decided about a delivery, in one form for the core and for the receivers.

use std::fmt;

use anyhow::Result;
use countersign::{Error, Event, Request, UnixTime, Verified};
use serde_json::{Value, json};

use super::delivery::{Endpoint, Sent};
use super::http::Answer;

/// An HTTP status with what the answer says.
#[derive(Clone, PartialEq)]
pub(super) struct Verdict {
    status: u16,
    said: Value,
}

impl Verdict {
    /// The core's own, in this process, in the words in which a receiver must report it; for an
    /// accepted event also what the list of events must say of it.
    pub(super) fn of_core(endpoint: &Endpoint, sent: &Sent) -> Result<(Self, Option<Value>)> {
        let headers = joined(&sent.headers);
        let request = Request::new(&headers, &sent.body);
        Ok(match decide(endpoint, &request, endpoint.now()?) {
            Ok((verified, event)) => {
                let (id, event_type) = (event.id(), event.event_type());
                let verdict = Self {
                    status: 200,
                    said: json!({"status": "handled", "id": id, "type": event_type}),
                };
                let timestamp = event.timestamp().map(unix_seconds);
                let key_index = verified.key_index();
                let listed = json!({"id": id, "type": event_type, "timestamp": timestamp, "key_index": key_index});
                (verdict, Some(listed))
            }
            Err(error) => {
                let verdict = Self {
                    status: match error {
                        Error::Verification(_) => 401,
                        _ => 400,
                    },
                    said: json!({"error": error.code(), "message": error.to_string()}),
                };
                (verdict, None)
            }
        })
    }

    pub(super) fn of_answer(answer: Answer) -> Self {
        Self {
            status: answer.status,
            said: answer.body,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.status == 200
    }

    /// The code, or `accepted`.
    pub(super) fn code(&self) -> &str {
        match self.is_accepted() {
            true => "accepted",
            false => self.said["error"].as_str().unwrap_or("no code"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.said)
    }
}

fn decide<'a>(
    endpoint: &'a Endpoint,
    request: &Request<'a, Vec<(String, Vec<u8>)>>,
    now: UnixTime,
) -> Result<(Verified<'a>, Event<'a>), Error> {
    let verified = endpoint.webhook.verify(request, now)?;
    let event = verified.event()?;
    Ok((verified, event))
}

/// The headers as WSGI and fetch hand them over: several of one name are one, joined by commas.
fn joined(headers: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let mut joined: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in headers {
        match joined
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, values)) => values.extend([b", ", &**value].concat()),
            None => joined.push((name.clone(), value.clone())),
        }
    }
    joined
}

fn unix_seconds(time: UnixTime) -> Value {
    match time.subsecond_nanos() {
        0 => json!(time.seconds()),
        _ => json!(time.as_seconds_f64()),
    }
}
