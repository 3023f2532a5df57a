//! Descriptions of schemes as JSON: what is built signs, and verifies what it signed.

#![no_main]

use countersign::scheme::Description;
use countersign::{Message, Request, Scheme, Secret, UnixTime, Webhook};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(description) = serde_json::from_slice::<Description>(data) else {
        return;
    };
    let scheme = match Scheme::try_from(&description) {
        Ok(scheme) => scheme,
        Err(error) => return assert_eq!(error.code(), "malformed_scheme"),
    };
    let secret = Secret::from_bytes(b"key").unwrap();
    let webhook = Webhook::new(scheme, [secret]).unwrap();
    let now = UnixTime::from_seconds(1_700_000_000);
    let message = Message::new(b"{}").id("a1").method("POST").url("/hook");
    if webhook.signs_in_body() {
        let body = match webhook.sign_body(&message, now) {
            Ok(body) => body,
            // There are no items, which some sign.
            Err(error) => return assert_eq!(error.code(), "missing_signature"),
        };
        let headers: [(&str, &str); 0] = [];
        let verified = webhook.verify(&Request::new(&headers, &body), now);
        if let Err(error) = verified {
            // Paths may lie on each other.
            let code = error.code();
            assert!(matches!(code, "malformed_timestamp" | "malformed_signature"), "{code}");
        }
        return;
    }
    let headers = match webhook.sign_message(&message, now) {
        Ok(headers) => headers,
        // The character that ends the id in the content may be one of this id's.
        Err(error) => return assert_eq!(error.code(), "malformed_header"),
    };
    let request = Request::new(&headers, b"{}").method("POST").url("/hook");
    let verified = webhook.verify(&request, now).unwrap();
    assert_eq!(verified.key_index(), 0);
    if let Err(error) = verified.event() {
        assert!(!error.to_string().is_empty());
    }
});
