//! Payments.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("stripe", "invoice.paid")
        .id("evt_1SYqR2LkdIwHu7ixZ0aBcDeF")
        .content_type("application/json; charset=utf-8")
        .headers(STRIPE_HEADERS)
        .json_as_written(
            r#"{
  "id": "{{id}}",
  "object": "event",
  "api_version": "2025-10-29.clover",
  "created": {{seconds}},
  "data": {
    "object": {
      "id": "in_1SYqR0LkdIwHu7ixGhIjKlMn",
      "object": "invoice",
      "amount_due": 4200,
      "amount_paid": 4200,
      "currency": "eur",
      "customer": "cus_TVabcDEFghiJKL",
      "customer_email": "ada@example.com",
      "number": "A1B2C3D4-0007",
      "status": "paid"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": null,
    "idempotency_key": null
  },
  "type": "{{type}}"
}"#,
        ),
    Sample::new("stripe", "checkout.session.completed")
        .for_types("checkout.session.")
        .id("evt_1SYqS4LkdIwHu7ixA1bCdEfG")
        .content_type("application/json; charset=utf-8")
        .headers(STRIPE_HEADERS)
        .json_as_written(
            r#"{
  "id": "{{id}}",
  "object": "event",
  "api_version": "2025-10-29.clover",
  "created": {{seconds}},
  "data": {
    "object": {
      "id": "cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6",
      "object": "checkout.session",
      "amount_total": 4200,
      "client_reference_id": "order_1042",
      "currency": "eur",
      "customer": "cus_TVabcDEFghiJKL",
      "customer_details": {
        "email": "ada@example.com",
        "name": "Ada Lovelace"
      },
      "metadata": {},
      "mode": "payment",
      "payment_intent": "pi_3SYqS0LkdIwHu7ix1OpQrStU",
      "payment_status": "paid",
      "status": "complete"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": null,
    "idempotency_key": null
  },
  "type": "{{type}}"
}"#,
        ),
    Sample::new("paddle", "transaction.completed")
        .id("evt_01kb8qv9x4tn2m7c5r3w1z0y8h")
        .delivery_id("ntf_01kb8qvabcdefghjkmnpqrstvw")
        .headers(&[("user-agent", "Paddle")])
        .json(
            r#"{
                "data": {
                    "id": "txn_01kb8qtz3n5p7r9t1v3x5z7b9d",
                    "items": [{"price": {"id": "pri_01gsz8x8sawmvhz1pv30nge1ke"}, "quantity": 1}],
                    "status": "completed",
                    "customer_id": "ctm_01hv6y1jedq4p1n0yqn5ba3ky4",
                    "currency_code": "EUR",
                    "details": {"totals": {"subtotal": "3500", "tax": "700", "total": "4200"}},
                    "created_at": "{{time}}.{{thousandths}}000Z"
                },
                "event_id": "{{id}}",
                "event_type": "{{type}}",
                "occurred_at": "{{time}}.{{thousandths}}000Z",
                "notification_id": "{{delivery_id}}"
            }"#,
        ),
    Sample::new("square", "payment.updated")
        .id("6a8f5f28-54a1-4eb0-a98a-3111513fd4fc")
        .headers(&[
            ("user-agent", "Square Connect v2"),
            ("accept", "*/*"),
            ("square-environment", "Sandbox"),
            ("square-initial-delivery-timestamp", "{{time}}Z"),
            ("square-subscription-id", "wbhk_b35f6b3145074cf9ad513610786c19d5"),
        ])
        .json(
            r#"{
                "merchant_id": "6SSW7HV8K2ST5",
                "type": "{{type}}",
                "event_id": "{{id}}",
                "created_at": "{{time}}.{{thousandths}}Z",
                "data": {
                    "type": "payment",
                    "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY",
                    "object": {
                        "payment": {
                            "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY",
                            "created_at": "{{time}}.{{thousandths}}Z",
                            "amount_money": {"amount": 4200, "currency": "EUR"},
                            "status": "COMPLETED",
                            "source_type": "CARD",
                            "location_id": "S8GWD5R9QB376",
                            "order_id": "03O3USaPaAaFnI6kkwB1JxGgBsUZY"
                        }
                    }
                }
            }"#,
        ),
    Sample::new("razorpay", "payment.captured")
        .id("RfK2pQ8sVtXwYz")
        .headers(&[("user-agent", "Razorpay-Webhook/v1")])
        .json(
            r#"{
                "entity": "event",
                "account_id": "acc_BFQ7uQEaa7j2z7",
                "event": "{{type}}",
                "contains": ["payment"],
                "payload": {
                    "payment": {
                        "entity": {
                            "id": "pay_RfK1nM6oPqRsTu",
                            "entity": "payment",
                            "amount": 420000,
                            "currency": "INR",
                            "status": "captured",
                            "order_id": "order_RfK0lK4mNoPqRs",
                            "method": "card",
                            "captured": true,
                            "email": "ada@example.com",
                            "contact": "+919900000000",
                            "created_at": {{seconds}}
                        }
                    }
                },
                "created_at": {{seconds}}
            }"#,
        ),
    Sample::new("paystack", "charge.success").json(
        r#"{
            "event": "{{type}}",
            "data": {
                "id": 302961,
                "domain": "test",
                "status": "success",
                "reference": "qTPrJoy9Bx",
                "amount": 420000,
                "gateway_response": "Approved by Financial Institution",
                "paid_at": "{{time}}.000Z",
                "created_at": "{{time}}.000Z",
                "channel": "card",
                "currency": "NGN",
                "metadata": 0,
                "fees": null,
                "customer": {
                    "id": 68324,
                    "first_name": "Ada",
                    "last_name": "Lovelace",
                    "email": "ada@example.com",
                    "customer_code": "CUS_qo38as2hpsgk2r0"
                }
            }
        }"#,
    ),
    Sample::new("cashfree", "PAYMENT_SUCCESS_WEBHOOK")
        .id("n9rn7079wqXcse3GEDEXCYle9ajXmU0SUQY8zrUNAlc=")
        .headers(&[("x-webhook-version", "2025-01-01")])
        .json(
            r#"{
                "data": {
                    "order": {
                        "order_id": "order_1042",
                        "order_amount": 42.00,
                        "order_currency": "INR",
                        "order_tags": null
                    },
                    "payment": {
                        "cf_payment_id": "1453002795",
                        "payment_status": "SUCCESS",
                        "payment_amount": 42.00,
                        "payment_currency": "INR",
                        "payment_message": "00::Transaction success",
                        "payment_time": "{{time}}+00:00",
                        "payment_group": "upi"
                    },
                    "customer_details": {
                        "customer_name": "Ada Lovelace",
                        "customer_id": "7112AAA812234",
                        "customer_email": "ada@example.com"
                    }
                },
                "event_time": "{{time}}+00:00",
                "type": "{{type}}"
            }"#,
        ),
    Sample::new("coinbase-commerce", "charge:confirmed")
        .id("24934862-d980-46cb-9402-43c81b0cdba6")
        .headers(&[("user-agent", "weipay-webhooks")])
        .json(
            r#"{
                "id": 1,
                "scheduled_for": "{{time}}Z",
                "attempt_number": 1,
                "event": {
                    "id": "{{id}}",
                    "resource": "event",
                    "type": "{{type}}",
                    "api_version": "2018-03-22",
                    "created_at": "{{time}}Z",
                    "data": {
                        "id": "f765421f-2ef1-4d0c-8a1b-9c0d1e2f3a4b",
                        "code": "66BEOV2A",
                        "name": "Note G",
                        "pricing_type": "fixed_price",
                        "pricing": {"local": {"amount": "42.00", "currency": "USD"}},
                        "hosted_url": "https://commerce.coinbase.com/charges/66BEOV2A",
                        "metadata": {},
                        "created_at": "{{time}}Z"
                    }
                }
            }"#,
        ),
    Sample::new("coinbase-cdp", "wallet.activity.detected")
        .id("b1a2c3d4-e5f6-4708-9192-a3b4c5d6e7f8")
        .headers(&[
            ("x-event-id", "{{id}}"),
            ("x-event-type", "{{type}}"),
            ("x-delivery-id", "0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5"),
        ])
        .json(
            r#"{
                "eventId": "{{id}}",
                "eventType": "{{type}}",
                "network": "base-mainnet",
                "timestamp": "{{time}}.{{thousandths}}Z",
                "transactionHash": "0x9f8e7d6c5b4a39281706f5e4d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f0",
                "blockNumber": "36900123",
                "contractAddress": "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
                "eventName": "Transfer",
                "parameters": {"value": "4200000"}
            }"#,
        ),
    Sample::new("adyen-header", "balancePlatform.transfer.updated").json(
        r#"{
            "data": {
                "id": "1W1UG35U8A9J5ZLG",
                "balancePlatform": "ExamplePlatform",
                "accountHolder": {"id": "AH32272223222B5CM4MWJ892H"},
                "amount": {"currency": "EUR", "value": 4200},
                "category": "bank",
                "direction": "outgoing",
                "reference": "Payout 1042",
                "status": "booked"
            },
            "environment": "test",
            "timestamp": "{{time}}Z",
            "type": "{{type}}"
        }"#,
    ),
    Sample::new("lemon-squeezy", "order_created")
        .headers(&[("x-event-name", "{{type}}")])
        .json(
            r#"{
                "meta": {
                    "test_mode": true,
                    "event_name": "{{type}}",
                    "webhook_id": "6f7e8d9c-0b1a-4293-8475-66758493a2b1",
                    "custom_data": {"user_id": "1042"}
                },
                "data": {
                    "type": "orders",
                    "id": "1",
                    "attributes": {
                        "store_id": 1,
                        "customer_id": 1,
                        "identifier": "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10",
                        "order_number": 1,
                        "user_name": "Ada Lovelace",
                        "user_email": "ada@example.com",
                        "currency": "EUR",
                        "total": 4200,
                        "status": "paid",
                        "created_at": "{{time}}.000000Z",
                        "updated_at": "{{time}}.{{thousandths}}000Z"
                    },
                    "relationships": {}
                }
            }"#,
        ),
];

const STRIPE_HEADERS: &[(&str, &str)] = &[
    (
        "user-agent",
        "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    ),
    ("accept", "*/*; q=0.5, application/xml"),
    ("cache-control", "no-cache"),
];
