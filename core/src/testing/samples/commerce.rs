//! Shops, books, customers.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("shopify", "orders/create")
        .id("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")
        .headers(&[
            ("user-agent", "Shopify-Captain-Hook"),
            ("accept", "*/*"),
            ("x-shopify-topic", "{{type}}"),
            ("x-shopify-shop-domain", "analytical.myshopify.com"),
            ("x-shopify-api-version", "2025-10"),
            ("x-shopify-event-id", "98880550-7158-44d4-b7cd-2c97c8a091b5"),
            ("x-shopify-triggered-at", "{{time}}.{{thousandths}}000000Z"),
        ])
        .json(
            r#"{
                "id": 820982911946154508,
                "admin_graphql_api_id": "gid:\/\/shopify\/Order\/820982911946154508",
                "email": "ada@example.com",
                "created_at": "{{time}}+00:00",
                "currency": "EUR",
                "financial_status": "paid",
                "name": "EN1042",
                "order_number": 1042,
                "total_price": "42.00",
                "customer": {
                    "id": 115310627314723954,
                    "email": "ada@example.com",
                    "first_name": "Ada",
                    "last_name": "Lovelace"
                },
                "line_items": [
                    {
                        "id": 866550311766439020,
                        "title": "Note G",
                        "quantity": 1,
                        "price": "42.00",
                        "sku": "NOTE-G"
                    }
                ]
            }"#,
        ),
    Sample::new("woocommerce", "order.created")
        .headers(&[
            ("user-agent", "WooCommerce/10.3.5 Hookshot (WordPress/6.8.3)"),
            ("x-wc-webhook-source", "https://shop.example.com/"),
            ("x-wc-webhook-topic", "{{type}}"),
            ("x-wc-webhook-resource", "order"),
            ("x-wc-webhook-event", "created"),
            ("x-wc-webhook-id", "7"),
            ("x-wc-webhook-delivery-id", "0c7d1f3a5b9e8d6c4a2f0e1b3d5c7a99"),
        ])
        .json(
            r#"{
                "id": 727,
                "number": "727",
                "order_key": "wc_order_58d2d042d1d",
                "status": "processing",
                "currency": "EUR",
                "date_created": "{{time}}",
                "date_created_gmt": "{{time}}",
                "total": "42.00",
                "billing": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
                "line_items": [
                    {"id": 315, "name": "Note G", "product_id": 93, "quantity": 1, "total": "42.00"}
                ]
            }"#,
        ),
    Sample::new("xero", "UPDATE").json(
        r#"{
            "events": [
                {
                    "resourceUrl": "https://api.xero.com/api.xro/2.0/Invoices/44aa0707-f718-4f1c-8d53-f2da9ca59533",
                    "resourceId": "44aa0707-f718-4f1c-8d53-f2da9ca59533",
                    "tenantId": "e629a03c-7ec2-4913-b94a-3fd8d6b9b3d2",
                    "tenantType": "ORGANISATION",
                    "eventCategory": "INVOICE",
                    "eventType": "{{type}}",
                    "eventDateUtc": "{{time}}.{{thousandths}}"
                }
            ],
            "firstEventSequence": 7,
            "lastEventSequence": 7,
            "entropy": "BBPPNPSRSWOLTFVVRCMB"
        }"#,
    ),
    Sample::new("hubspot-v3", "contact.creation")
        .id("3181526809")
        .content_type("application/json;charset=utf-8")
        .headers(&[HUBSPOT_AGENT, ("accept", "*/*")])
        .json(HUBSPOT_BATCH),
    Sample::new("hubspot-v1", "contact.creation")
        .id("3181526809")
        .content_type("application/json;charset=utf-8")
        .headers(&[HUBSPOT_AGENT, ("accept", "*/*"), ("x-hubspot-signature-version", "v1")])
        .json(HUBSPOT_BATCH),
    Sample::new("hubspot-v2", "contact.creation")
        .id("3181526809")
        .content_type("application/json;charset=utf-8")
        .headers(&[HUBSPOT_AGENT, ("accept", "*/*"), ("x-hubspot-signature-version", "v2")])
        .json(HUBSPOT_BATCH),
    Sample::new("attio", "record.created")
        .id("8e5c0e0f-9d25-4b0a-8a4c-2c7e1f3d5b6a")
        .json(
            r#"{
                "webhook_id": "2d3f0c4a-1b5e-4d6f-8a7b-9c0d1e2f3a4b",
                "events": [
                    {
                        "event_type": "{{type}}",
                        "id": {
                            "workspace_id": "14beef7a-99f7-4534-a87e-70b564330a4c",
                            "object_id": "97052eb9-e65e-443f-a297-f2d9a4a7f795",
                            "record_id": "bf071e1f-6035-429d-b874-d83ea64ea13b"
                        },
                        "actor": {
                            "type": "workspace-member",
                            "id": "50cf242c-7fa3-4cad-87d0-75b1af71c57b"
                        }
                    }
                ]
            }"#,
        ),
];

const HUBSPOT_AGENT: (&str, &str) = (
    "user-agent",
    "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)",
);

const HUBSPOT_BATCH: &str = r#"[
    {
        "eventId": {{id_value}},
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": {{milliseconds}},
        "subscriptionType": "{{type}}",
        "attemptNumber": 0,
        "objectId": 123,
        "changeSource": "CRM",
        "changeFlag": "NEW"
    },
    {
        "eventId": 3816279340,
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": {{milliseconds}},
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 124,
        "propertyName": "email",
        "propertyValue": "ada@example.com",
        "changeSource": "CRM"
    }
]"#;
