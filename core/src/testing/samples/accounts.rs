//! Payments and accounts, of those that sign in the body or by public keys.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("adyen", "AUTHORISATION")
        .id("QFQTPCQ8HXSKGK82")
        .json(
            r#"{
            "live": "false",
            "notificationItems": [
                {
                    "NotificationRequestItem": {
                        "additionalData": {"hmacSignature": ""},
                        "amount": {"currency": "EUR", "value": 4200},
                        "eventCode": "{{type}}",
                        "eventDate": "{{time}}+00:00",
                        "merchantAccountCode": "ExampleMerchant",
                        "merchantReference": "order-1042",
                        "operations": ["CANCEL", "CAPTURE", "REFUND"],
                        "paymentMethod": "visa",
                        "pspReference": "{{id}}",
                        "reason": "033899:1111:03\/2030",
                        "success": "true"
                    }
                }
            ]
        }"#,
        ),
    Sample::new("circle", "transactions.inbound")
        .id("00000000-0000-4000-8000-000000001042")
        .headers(&[("x-circle-key-id", "879dc113-5ca4-4ff7-a6b7-54652083fcf8")])
        .json(
            r#"{
                "subscriptionId": "d4c07d5f-f05f-4fe4-853d-4dd434806dfb",
                "notificationId": "{{id}}",
                "notificationType": "{{type}}",
                "notification": {
                    "id": "acab8c14-92ee-481a-8335-6eb5271da014",
                    "blockchain": "MATIC-AMOY",
                    "state": "COMPLETED",
                    "amounts": ["42"],
                    "transactionType": "INBOUND"
                },
                "timestamp": "{{time}}.{{thousandths}}000000Z",
                "version": 2
            }"#,
        ),
    Sample::new("paypal", "PAYMENT.CAPTURE.COMPLETED")
        .id("WH-58D329510W468432D-8HN650336L201105X")
        .delivery_id("69cd13f0-d67a-11f0-baa3-53b530163adc")
        .headers(&[
            ("user-agent", "PayPal/AUHR-214.0-58843082"),
            ("accept", "*/*"),
            ("paypal-auth-algo", "SHA256withRSA"),
            ("paypal-auth-version", "v2"),
            (
                "paypal-cert-url",
                "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5edc0ebc",
            ),
        ])
        .json(
            r#"{
                "id": "{{id}}",
                "event_version": "1.0",
                "create_time": "{{time}}.{{thousandths}}Z",
                "resource_type": "capture",
                "resource_version": "2.0",
                "event_type": "{{type}}",
                "summary": "Payment completed for EUR 42.0 EUR",
                "resource": {
                    "id": "42311647XV020574X",
                    "status": "COMPLETED",
                    "amount": {"currency_code": "EUR", "value": "42.00"},
                    "final_capture": true,
                    "create_time": "{{time}}Z"
                },
                "links": []
            }"#,
        ),
    Sample::new("plaid", "SYNC_UPDATES_AVAILABLE").json_as_written(
        r#"{
  "environment": "sandbox",
  "historical_update_complete": true,
  "initial_update_complete": true,
  "item_id": "wz666MBjYWTp2PDzzggYhM6oWWmBb",
  "webhook_code": "{{type}}",
  "webhook_type": "TRANSACTIONS"
}"#,
    ),
];
