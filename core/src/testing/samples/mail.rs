//! Mail, of those that sign in the body or by public keys.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("mailgun", "delivered")
        .id("Ase7i2zsRYeDXztHGENqRA")
        .delivery_id("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a697887")
        .headers(&[("user-agent", "mailgun/treq-25.5.0")])
        .json(
            r#"{
                "signature": {
                    "token": "{{delivery_id}}",
                    "timestamp": "{{seconds}}",
                    "signature": ""
                },
                "event-data": {
                    "event": "{{type}}",
                    "timestamp": {{seconds}}.{{thousandths}},
                    "id": "{{id}}",
                    "log-level": "info",
                    "recipient": "ada@example.com",
                    "tags": ["receipt"],
                    "message": {
                        "headers": {
                            "to": "Ada Lovelace <ada@example.com>",
                            "message-id": "20251129.1@mail.example.org",
                            "from": "hello@example.org",
                            "subject": "Your receipt"
                        },
                        "attachments": [],
                        "size": 111
                    },
                    "user-variables": {}
                }
            }"#,
        ),
    Sample::new("sendgrid", "delivered")
        .id("ZGVsaXZlcmVkLTAtMTA0Mg")
        .headers(&[("user-agent", "SendGrid Event API")])
        .json_as_written(concat!(
            r#"[{"email":"ada@example.com","timestamp":{{seconds}},"smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>","#,
            r#""event":"{{type}}","category":["receipt"],"sg_event_id":"{{id}}","#,
            r#""sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0","response":"250 OK"},"#,
            "\r\n",
            r#"{"email":"alan@example.com","timestamp":{{seconds}},"event":"open","#,
            r#""sg_event_id":"b3Blbi0wLTEwNDM","sg_message_id":"14c5d75ce93.dfd.64b469","#,
            r#""useragent":"Mozilla/5.0","ip":"203.0.113.7"}]"#,
            "\r\n",
        )),
    Sample::new("unisender-go", "transactional_email_status").json(
        r#"{
            "auth": "",
            "event_name": "{{type}}",
            "event_data": {
                "job_id": "1a3Q2V-0000OZ-S0",
                "email": "ada@example.com",
                "status": "sent",
                "event_time": "2025-11-29 21:00:00"
            }
        }"#,
    ),
];
