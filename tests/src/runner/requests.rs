//! Cases of single requests: `verify`, `construct`, `sign`, `sign_body` and `write_payload`.

use anyhow::{Result, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use countersign::{
    ConfigurationError, Error, Event, Message, Request, Scheme, Secret, UnixTime,
    VerificationError, Verified, Webhook,
};
use serde_json::{Map, Value, json};

use super::guards;
use crate::corpus::{
    ConstructCase, SchemeText, SignBodyCase, SignCase, VerifyCase, WritePayloadCase,
};

pub(super) fn construct(case: &ConstructCase) -> Value {
    match webhook(&case.scheme, &case.secrets) {
        Ok(_) => json!({"verdict": "accept"}),
        Err(error) => rejection(&error.into()),
    }
}

pub(super) fn verify(case: &VerifyCase) -> Result<Value> {
    let mut webhook = webhook(&case.scheme, &case.secrets)?;
    if let Some(tolerance) = case.tolerance {
        webhook = webhook.with_tolerance(tolerance.into());
    }
    let request = Request::new(&case.headers, &case.body)
        .method(case.method.as_deref())
        .url(case.url.as_deref())
        .key(case.key.as_deref().map(str::as_bytes));
    Ok(
        match webhook.verify(&request, UnixTime::from_seconds(case.now)) {
            Ok(verified) => acceptance(&verified, &case.expect)?,
            Err(error) => rejection(&error.into()),
        },
    )
}

pub(super) fn sign(case: &SignCase) -> Result<Value> {
    let mut webhook = webhook(&case.scheme, &case.secrets)?;
    if case.every_secret_signs {
        webhook = webhook.with_every_secret_signing();
    }
    let message = Message::new(&case.body)
        .id(case.message_id.as_deref())
        .method(case.method.as_deref())
        .url(case.url.as_deref());
    let now = UnixTime::from_seconds(case.now);
    let headers = match webhook.sign_message(&message, now) {
        Ok(headers) => headers,
        Err(error) => return Ok(rejection(&error.into())),
    };
    // What is signed is also accepted, with every other header absent.
    let request = Request::new(&headers, &case.body)
        .method(case.method.as_deref())
        .url(case.url.as_deref());
    let verified = webhook.verify(&request, now);
    ensure!(verified.is_ok(), "what was signed is refused: {verified:?}");
    let mut result = json!({"headers": headers});
    if case.every_secret_signs {
        let mut fitting = Vec::new();
        for (index, secret) in case.secrets.iter().enumerate() {
            let alone = self::webhook(&case.scheme, std::slice::from_ref(secret))?;
            if alone.verify(&request, now).is_ok() {
                fitting.push(index);
            }
        }
        result["verified_by"] = json!(fitting);
    }
    Ok(result)
}

pub(super) fn sign_body(case: &SignBodyCase) -> Result<Value> {
    let webhook = webhook(&case.scheme, &case.secrets)?;
    let message = Message::new(&case.body).id(case.message_id.as_deref());
    let now = UnixTime::from_seconds(case.now);
    let body = match webhook.sign_body(&message, now) {
        Ok(body) => body,
        Err(error) => return Ok(rejection(&error.into())),
    };
    if webhook.signs_in_body() {
        let headers: [(&str, &str); 0] = [];
        let request = Request::new(&headers, &body);
        let verified = webhook.verify(&request, now);
        ensure!(verified.is_ok(), "what was signed is refused: {verified:?}");
    }
    Ok(json!({"body_b64": BASE64_STANDARD.encode(body)}))
}

pub(super) fn write_payload(case: &WritePayloadCase) -> Value {
    let now = UnixTime::from_millis(case.now_ms);
    let payload = countersign::write_payload(&case.message_id, &case.event_type, now, &case.data);
    json!({"payload": payload})
}

/// Builds a webhook as the bindings do: the scheme first, then each secret in turn.
pub(super) fn webhook(
    scheme: &SchemeText,
    secrets: &[String],
) -> Result<Webhook, ConfigurationError> {
    let scheme = match scheme {
        SchemeText::Named(name) => Scheme::named(name)?,
        SchemeText::Described(description) => Scheme::try_from(&**description)?,
    };
    let secrets = secrets
        .iter()
        .map(|text| {
            let secret = Secret::parse(text)?;
            Webhook::new(scheme.clone(), [secret.clone()])?;
            Ok(secret)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Webhook::new(scheme, secrets)
}

fn acceptance(verified: &Verified<'_>, expect: &Value) -> Result<Value> {
    let mut result = Map::from_iter([
        ("verdict".to_owned(), json!("accept")),
        ("key_index".to_owned(), json!(verified.key_index())),
        ("id".to_owned(), json!(verified.id())),
        ("dedupe_key".to_owned(), json!(verified.dedupe_key())),
    ]);
    insert_timestamp(&mut result, verified.timestamp(), expect);
    let event = expect.get("event").unwrap_or(&Value::Null);
    result.insert(
        "event".to_owned(),
        match verified.event() {
            Ok(parsed) => fields(&parsed, event),
            Err(error) => {
                let error = Error::from(error);
                json!({"code": error.code(), "message": error.to_string()})
            }
        },
    );
    Ok(result.into())
}

fn fields(event: &Event<'_>, expect: &Value) -> Value {
    let mut result = Map::from_iter([
        ("id".to_owned(), json!(event.id())),
        ("type".to_owned(), json!(event.event_type())),
        ("dedupe_key".to_owned(), json!(event.dedupe_key())),
        ("data".to_owned(), json!(event.data())),
    ]);
    if let Some(reply) = event.handshake() {
        result.insert("handshake".to_owned(), guards::written(reply));
    }
    insert_timestamp(&mut result, event.timestamp(), expect);
    result.into()
}

/// Seconds, with a fraction only where there is one. Left out where the case leaves it out,
/// because not every language has a number for it.
fn insert_timestamp(result: &mut Map<String, Value>, time: Option<UnixTime>, expect: &Value) {
    let exact = expect.get("timestamp").is_some() || expect.get("code").is_some();
    if !exact {
        return;
    }
    let seconds = time.map(|time| match time.subsecond_nanos() {
        0 => json!(time.seconds()),
        _ => json!(time.as_seconds_f64()),
    });
    result.insert("timestamp".to_owned(), json!(seconds));
}

pub(super) fn rejection(error: &Error) -> Value {
    let mut result =
        json!({"verdict": "reject", "code": error.code(), "message": error.to_string()});
    if let Error::Verification(VerificationError::KeyNeeded(needed)) = error {
        result["needs"] = json!({"url": needed.url(), "key_id": needed.key_id()});
    }
    result
}
