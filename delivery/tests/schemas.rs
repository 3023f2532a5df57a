//! Payloads that must fit a schema.
#![cfg(all(feature = "schema", feature = "sqlite"))]

use countersign_delivery::{DeliveryFilter, Endpoint, Message, SenderOptions};
use serde_json::json;

#[tokio::test]
async fn what_does_not_fit_is_not_sent() {
    let schema = json!({"properties": {"data": {"required": ["id"]}}});
    let options = SenderOptions::new().payload_schema("invoice.*", &schema);
    let sender = options.unwrap().open_sqlite(":memory:").unwrap();
    let endpoint = Endpoint::new("a", "https://a.example/").secret("whsec_c2VjcmV0");
    sender.put_endpoint(&endpoint).await.unwrap();
    let send = async |message: Message| {
        let sent = sender.send("a", &message).await;
        sent.map(|_| ()).map_err(|error| error.code())
    };
    let message = |event_type: &str, data| Message::new(event_type, &data).unwrap();
    assert_eq!(
        send(message("invoice.paid", json!({"id": 7}))).await,
        Ok(())
    );
    assert_eq!(send(message("customer.new", json!({}))).await, Ok(()));
    let misfit = send(message("invoice.paid", json!({"no": 7}))).await;
    assert_eq!(misfit, Err("schema_mismatch"));
    let raw = |payload: &'static str| Message::with_payload("invoice.paid", payload);
    assert_eq!(send(raw(r#"{"data": {"id": 1}}"#)).await, Ok(()));
    for payload in ["", "{", r#"{"data": {"id": 1}} "#.repeat(2).leak()] {
        assert_eq!(send(raw(payload)).await, Err("schema_mismatch"));
    }
    let published = sender.publish(&message("invoice.paid", json!({}))).await;
    assert_eq!(published.unwrap_err().code(), "schema_mismatch");
    let stored = sender.deliveries(&DeliveryFilter::new(), 10).await.unwrap();
    assert_eq!(stored.len(), 3);

    let malformed = SenderOptions::new().payload_schema("*", &json!({"type": 7}));
    assert_eq!(malformed.unwrap_err().code(), "malformed_schema");
}
