//! Authentic bodies: a byte that chooses the scheme, then the body. What the core takes for JSON
//! is JSON to another parser as well, and the other way round.

#![no_main]

use countersign::error::JsonDefect;
use countersign::{Message, PayloadError, Request, UnixTime};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

mod webhooks;

fuzz_target!(|data: &[u8]| {
    let Some((webhook, body)) = webhooks::choose(data) else {
        return;
    };
    let now = UnixTime::from_seconds(1_700_000_000);
    let url = "https://example.com/hooks?a=1";
    let message = Message::new(body).id("msg_1").method("POST").url(url);
    let Ok(body) = &webhook.sign_body(&message, now) else {
        // It is not one that has a place for a signature.
        return assert!(webhook.signs_in_body());
    };
    let message = Message::new(body).id("msg_1").method("POST").url(url);
    let headers = match webhook.signs_in_body() {
        true => Vec::new(),
        false => match webhook.sign_message(&message, now) {
            Ok(headers) => headers,
            // Of what is signed by a private key nobody has one.
            Err(error) => return assert_eq!(error.code(), "missing_context"),
        },
    };
    let request = Request::new(&headers, body).method("POST").url(url);
    let verified = match webhook.verify(&request, now) {
        Ok(verified) => verified,
        // Linear's time is in the body.
        Err(error) => {
            let code = error.code();
            assert!(
                webhook.scheme_name() == "linear" && code.contains("timestamp"),
                "{code}"
            );
            return;
        }
    };
    let judged = serde_json::from_slice::<&RawValue>(body);
    match verified.event() {
        Ok(event) if event.is_form() => assert_eq!(event.payload().as_bytes(), body),
        Ok(event) => {
            assert_eq!(event.payload(), judged.unwrap().get());
            if let Some(data) = event.data() {
                assert!(serde_json::from_str::<&RawValue>(data).is_ok());
                assert!(event.payload().contains(data));
            }
        }
        Err(PayloadError::NotJson(defect)) => {
            // Valid JSON that the core refuses: a limit of its own, and what must be a form.
            let own = matches!(defect, JsonDefect::LongNumber | JsonDefect::NorForm);
            assert!(judged.is_err() || own);
        }
        Err(PayloadError::NotUtf8 { valid_up_to }) => {
            assert!(std::str::from_utf8(&body[..valid_up_to]).is_ok());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
