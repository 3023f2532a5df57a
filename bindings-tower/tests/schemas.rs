//! What payloads must be, by event type.
#![cfg(feature = "schema")]

mod common;

use common::{counted, deliver, event, is, receiver};
use serde_json::{Value, json};

async fn verdict(schema: Value, body: &str) -> (u16, String) {
    let receiver = receiver().schema("payment.*", &schema).unwrap();
    let (receiver, _) = counted(receiver, "*").unwrap();
    deliver(&receiver.into_service(), body).await
}

#[tokio::test]
async fn a_payload_that_does_not_fit_claims_nothing() {
    let schema = json!({"properties": {"data": {"type": "string", "minLength": 3}}});
    let (receiver, count) = counted(receiver().schema("payment.*", &schema).unwrap(), "*").unwrap();
    let service = receiver.into_service();
    let wrong = r#"{"id":"evt_1","type":"payment.sent","data":5}"#;
    assert!(is(&deliver(&service, wrong).await, 400, "schema_mismatch"));
    let right = event("evt_1", "payment.sent");
    assert!(is(&deliver(&service, &right).await, 200, "handled"));
    let other = r#"{"id":"evt_2","type":"order.sent","data":5}"#;
    assert!(is(&deliver(&service, other).await, 200, "handled"));
    assert_eq!(count.get(), 2);
}

#[tokio::test]
async fn formats_are_notes_and_depth_is_no_matter() {
    let schema = json!({"properties": {"data": {"format": "email"}}});
    let body = event("evt_1", "payment.sent");
    assert!(is(&verdict(schema, &body).await, 200, "handled"));
    let (open, close) = ("[".repeat(126), "]".repeat(126));
    let deep = format!(r#"{{"id":"evt_1","type":"payment.sent","data":{open}{close}}}"#);
    assert!(is(&verdict(json!(true), &deep).await, 200, "handled"));
}

#[tokio::test]
async fn what_no_schema_can_speak_of_does_not_fit() {
    for value in ["1e999", r#""\ud800""#] {
        let body = format!(r#"{{"id":"evt_1","type":"payment.sent","data":{value}}}"#);
        assert!(is(
            &verdict(json!(true), &body).await,
            400,
            "schema_mismatch"
        ));
    }
}

#[test]
fn schemas_are_checked_and_never_fetched() {
    let code = |schema: Value| {
        let refused = receiver().schema("*", &schema).err();
        refused.map(|error| error.code())
    };
    assert_eq!(code(json!({"$ref": "#/$defs/a", "$defs": {"a": {}}})), None);
    for malformed in [
        json!({"type": "text"}),
        json!({"$ref": "http://127.0.0.1:9/schema.json"}),
        json!({"$ref": "file:///etc/hostname"}),
        json!({"$ref": "#/$defs/missing"}),
        json!({"pattern": "("}),
        json!(5),
    ] {
        assert_eq!(code(malformed), Some("malformed_schema"));
    }
    let twice = receiver().schema("*", &json!(true)).unwrap();
    let twice = twice.schema("*", &json!(true)).err().unwrap();
    assert_eq!(twice.code(), "duplicate_handler");
}
