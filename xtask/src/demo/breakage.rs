//! What can happen to a delivery: it arrives as it was sent, is damaged, forged, late, or it is
//! authentic and its payload is no event.

use anyhow::{Context, Result};
use countersign::UnixTime;
use serde_json::Value;

use super::delivery::{Delivery, Endpoint, Sent, webhook};
use super::profile::{Profile, Timestamp};

/// One way to send a delivery. `None`: it does not apply to this one.
pub(super) type Breakage = (&'static str, fn(&Case<'_>) -> Result<Option<Sent>>);

/// The first: nothing is broken.
pub(super) const AS_SENT: Breakage = ("as sent", |case| Ok(Some(case.sent())));

pub(super) const BREAKAGES: [Breakage; 29] = [
    AS_SENT,
    ("header names in capitals", capitals),
    ("signed with the old secret", |case| {
        let Some(old) = case.endpoint.secrets.get(1) else {
            return Ok(None);
        };
        case.signed_by(old)
    }),
    ("body: one bit flipped", |case| {
        Ok(case.with_body(|body| body[0] ^= 1))
    }),
    ("body: last byte cut off", |case| {
        Ok(case.with_body(|body| body.truncate(body.len() - 1)))
    }),
    ("body: $& appended", |case| {
        Ok(case.with_body(|body| body.extend(b"$&")))
    }),
    ("body: parsed and written again", reserialised),
    ("body: empty", |case| Ok(case.with_body(Vec::clear))),
    ("signature: one bit flipped", |case| {
        Ok(case.with_signature(|before, signature| format!("{before}{}", flip_bit(signature))))
    }),
    ("signature: by another secret", |case| {
        case.signed_by("YW5vdGhlciBzZWNyZXQgb2YgdGhlIGRlbW8h")
    }),
    ("signature: in capitals, or unpadded", |case| {
        let other = |signature: &str| match signature.strip_suffix('=') {
            Some(unpadded) => unpadded.to_owned(),
            None => signature.to_ascii_uppercase(),
        };
        Ok(case.with_signature(|before, signature| format!("{before}{}", other(signature))))
    }),
    ("signature: only of an unknown version", |case| {
        let Some(unknown) = case.profile().unknown_prefix else {
            return Ok(None);
        };
        let known = case.profile().prefix;
        Ok(case.with_signature(|before, signature| {
            format!("{}{signature}", before.replace(known, unknown))
        }))
    }),
    ("signature: a wrong one before it", wrong_before_right),
    ("signature: header sent twice, by two secrets", sent_twice),
    ("signature: header with a byte beyond ASCII", |case| {
        Ok(case.with_header(case.profile().signature_header, |value| value.push(0xe9)))
    }),
    ("signature: header empty", |case| {
        Ok(case.with_header(case.profile().signature_header, Vec::clear))
    }),
    ("signature: header removed", |case| {
        let mut sent = case.sent();
        sent.headers
            .retain(|(name, _)| name != case.profile().signature_header);
        Ok(Some(sent))
    }),
    ("timestamp: one second later, not signed", |case| {
        let at = case.delivery.signed_at.seconds();
        Ok(case.with_timestamp(at, &(at + 1).to_string()))
    }),
    ("timestamp: not a number", |case| {
        Ok(case.with_timestamp(case.delivery.signed_at.seconds(), "1e9"))
    }),
    ("signed 300 s ago", |case| case.signed_at(|now| now - 300)),
    ("signed 301 s ago", |case| case.signed_at(|now| now - 301)),
    ("signed 301 s in the future", |case| {
        case.signed_at(|now| now + 301)
    }),
    ("signed: not JSON", |case| case.signed(b"{\"type\":")),
    ("signed: not UTF-8", |case| {
        case.signed(b"{\"type\":\"\xff\"}")
    }),
    ("signed: an array", |case| case.signed(b"[]")),
    ("signed: nested 129 levels", |case| {
        case.signed(
            ["{\"a\":".repeat(128), "[]".into(), "}".repeat(128)]
                .concat()
                .as_bytes(),
        )
    }),
    ("signed: no type", |case| case.signed(b"{\"id\":\"evt_6\"}")),
    ("signed: the type is a number", |case| {
        match case.profile().numeric_type {
            Some(body) => case.signed(body.as_bytes()),
            None => Ok(None),
        }
    }),
    ("signed: two types", |case| {
        case.signed(br#"{"id":"evt_7","type":"payment.succeeded","type":"payment.failed"}"#)
    }),
];

/// A delivery on its way to its endpoint.
pub(super) struct Case<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) delivery: &'a Delivery,
}

impl Case<'_> {
    fn profile(&self) -> &'static Profile {
        self.endpoint.profile
    }

    fn sent(&self) -> Sent {
        self.delivery.sent.clone()
    }

    fn with_body(&self, change: impl FnOnce(&mut Vec<u8>)) -> Option<Sent> {
        let mut sent = self.sent();
        change(&mut sent.body);
        Some(sent)
    }

    fn with_header(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Option<Sent> {
        let mut sent = self.sent();
        let (_, value) = sent.headers.iter_mut().find(|(known, _)| known == name)?;
        change(value);
        Some(sent)
    }

    /// The signature is what the header ends with.
    fn with_signature(&self, change: impl FnOnce(&str, &str) -> String) -> Option<Sent> {
        self.with_header(self.profile().signature_header, |value| {
            let text = String::from_utf8_lossy(value).into_owned();
            let (before, signature) = text.split_at(text.len() - self.profile().signature_length);
            *value = change(before, signature).into_bytes();
        })
    }

    /// Writes another timestamp in the place of the signed one.
    fn with_timestamp(&self, signed: u64, other: &str) -> Option<Sent> {
        let replace = |value: &mut Vec<u8>| {
            let text = String::from_utf8_lossy(value);
            *value = text.replacen(&signed.to_string(), other, 1).into_bytes();
        };
        match self.profile().timestamp {
            Timestamp::None => None,
            Timestamp::Header(name) => self.with_header(name, replace),
            Timestamp::Label => self.with_header(self.profile().signature_header, replace),
        }
    }

    /// Another body with the right signature.
    fn signed(&self, body: &[u8]) -> Result<Option<Sent>> {
        let Endpoint {
            webhook, profile, ..
        } = self.endpoint;
        let id = self.delivery.id.as_deref();
        Sent::signed(webhook, profile, id, self.delivery.signed_at, body).map(Some)
    }

    fn signed_by(&self, secret: &str) -> Result<Option<Sent>> {
        let profile = self.profile();
        let webhook = webhook(profile.scheme, &[secret])?;
        let Delivery {
            id,
            signed_at,
            sent,
            ..
        } = self.delivery;
        Sent::signed(&webhook, profile, id.as_deref(), *signed_at, &sent.body).map(Some)
    }

    /// Signed at another time; only where the clock stands still, so that the seconds are exact.
    fn signed_at(&self, at: impl FnOnce(u64) -> u64) -> Result<Option<Sent>> {
        let Endpoint {
            webhook,
            profile,
            recorded_at: Some(now),
            ..
        } = self.endpoint
        else {
            return Ok(None);
        };
        if profile.timestamp == Timestamp::None {
            return Ok(None);
        }
        let at = UnixTime::from_seconds(at(*now));
        let Delivery { id, sent, .. } = self.delivery;
        Sent::signed(webhook, profile, id.as_deref(), at, &sent.body).map(Some)
    }
}

fn capitals(case: &Case<'_>) -> Result<Option<Sent>> {
    let mut sent = case.sent();
    for (name, _) in &mut sent.headers {
        name.make_ascii_uppercase();
    }
    Ok(Some(sent))
}

/// The same JSON with other whitespace, or the same form in another order.
fn reserialised(case: &Case<'_>) -> Result<Option<Sent>> {
    let body = &case.delivery.sent.body;
    let other = if let Ok(value) = serde_json::from_slice::<Value>(body) {
        serde_json::to_vec_pretty(&value)?
    } else {
        let text = std::str::from_utf8(body)?;
        let Some((first, rest)) = text.split_once('&') else {
            return Ok(None);
        };
        format!("{rest}&{first}").into_bytes()
    };
    Ok(case.with_body(|body| *body = other))
}

fn wrong_before_right(case: &Case<'_>) -> Result<Option<Sent>> {
    let profile = case.profile();
    let Some(separator) = profile.separator else {
        return Ok(None);
    };
    Ok(case.with_signature(|before, signature| {
        let wrong = flip_bit(signature);
        format!("{before}{wrong}{separator}{}{signature}", profile.prefix)
    }))
}

/// Really two headers, the right one first.
fn sent_twice(case: &Case<'_>) -> Result<Option<Sent>> {
    let name = case.profile().signature_header;
    let other = case.signed_by("YW5vdGhlciBzZWNyZXQgb2YgdGhlIGRlbW8h")?;
    let other = other.context("there is no other signature")?.headers;
    let mut sent = case.sent();
    sent.headers
        .extend(other.into_iter().filter(|(known, _)| known == name));
    Ok(Some(sent))
}

/// Flips the lowest bit of the first character's value.
fn flip_bit(signature: &str) -> String {
    const HEX: &str = "0123456789abcdef";
    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = if signature.ends_with('=') {
        BASE64
    } else {
        HEX
    };
    let (first, rest) = signature.split_at(1);
    let value = digits.find(first).unwrap_or_default() ^ 1;
    format!("{}{rest}", &digits[value..=value])
}
