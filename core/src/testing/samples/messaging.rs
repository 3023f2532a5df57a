//! Chats, calls, texts and mail.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("slack", "app_mention")
        .id("Ev09ABCDEF1G")
        .headers(SLACK_HEADERS)
        .json(
            r#"{
                "token": "XXYYZZ",
                "team_id": "T123ABC456",
                "api_app_id": "A123ABC456",
                "event": {
                    "type": "{{type}}",
                    "user": "U123ABC456",
                    "text": "<@U0LAN0Z89> is everything a river?",
                    "ts": "{{seconds}}.000100",
                    "channel": "C123ABC456",
                    "event_ts": "{{seconds}}.000100"
                },
                "type": "event_callback",
                "event_id": "{{id}}",
                "event_time": {{seconds}},
                "authorizations": [
                    {"enterprise_id": null, "team_id": "T123ABC456", "user_id": "U0LAN0Z89", "is_bot": true}
                ]
            }"#,
        ),
    Sample::new("slack", "/weather")
        .for_types("/")
        .id("10042000001.123456789012.0f1e2d3c4b5a69788796a5b4c3d2e1f0")
        .headers(SLACK_HEADERS)
        .form(&[
            ("token", "XXYYZZ"),
            ("team_id", "T123ABC456"),
            ("team_domain", "analytical"),
            ("channel_id", "C123ABC456"),
            ("channel_name", "general"),
            ("user_id", "U123ABC456"),
            ("user_name", "ada"),
            ("command", "{{type}}"),
            ("text", "94070 & 60°"),
            ("api_app_id", "A123ABC456"),
            ("is_enterprise_install", "false"),
            ("response_url", "https://hooks.slack.com/commands/T123ABC456/1042/abcdef"),
            ("trigger_id", "{{id}}"),
        ]),
    Sample::new("slack", "block_actions")
        .for_types("block_actions")
        .headers(SLACK_HEADERS)
        .form(&[(
            "payload",
            concat!(
                r#"{"type":"{{type}}","user":{"id":"U123ABC456","username":"ada","#,
                r#""team_id":"T123ABC456"},"api_app_id":"A123ABC456","token":"XXYYZZ","#,
                r#""trigger_id":"10042000002.123456789012.1f2e3d4c5b6a79880796a5b4c3d2e1f0","#,
                r#""team":{"id":"T123ABC456","domain":"analytical"},"#,
                r#""channel":{"id":"C123ABC456","name":"general"},"#,
                r#""response_url":"https:\/\/hooks.slack.com\/actions\/T123ABC456\/1042\/abcdef","#,
                r#""actions":[{"action_id":"approve","block_id":"b1","type":"button","#,
                r#""value":"1042","action_ts":"{{seconds}}.000200"}]}"#,
            ),
        )]),
    Sample::new("meta", "whatsapp_business_account")
        .headers(META_HEADERS)
        .json(
            r#"{
                "object": "{{type}}",
                "entry": [
                    {
                        "id": "102290129340398",
                        "changes": [
                            {
                                "value": {
                                    "messaging_product": "whatsapp",
                                    "metadata": {
                                        "display_phone_number": "15550783881",
                                        "phone_number_id": "106540352242922"
                                    },
                                    "contacts": [
                                        {"profile": {"name": "Zo\u00eb Rivers"}, "wa_id": "16505551234"}
                                    ],
                                    "messages": [
                                        {
                                            "from": "16505551234",
                                            "id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
                                            "timestamp": "{{seconds}}",
                                            "text": {"body": "Does it come in another color? \ud83c\udfa8"},
                                            "type": "text"
                                        }
                                    ]
                                },
                                "field": "messages"
                            }
                        ]
                    }
                ]
            }"#,
        ),
    Sample::new("meta", "page")
        .for_types("page")
        .headers(META_HEADERS)
        .json(
            r#"{
                "object": "{{type}}",
                "entry": [
                    {
                        "time": {{milliseconds}},
                        "id": "106540352242922",
                        "messaging": [
                            {
                                "sender": {"id": "5551234567890123"},
                                "recipient": {"id": "106540352242922"},
                                "timestamp": {{milliseconds}},
                                "message": {
                                    "mid": "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP",
                                    "text": "Caf\u00e9 open today?"
                                }
                            }
                        ]
                    }
                ]
            }"#,
        ),
    Sample::new("line", "message")
        .id("01KB8R0FZ7Q2M4N6P8R0T2V4X6")
        .content_type("application/json; charset=utf-8")
        .headers(&[("user-agent", "LineBotWebhook/2.0")])
        .json(
            r#"{
                "destination": "U8e742f61d673b39c7fff3cecb7536ef0",
                "events": [
                    {
                        "type": "{{type}}",
                        "message": {"type": "text", "id": "444573844083572737", "text": "こんにちは"},
                        "webhookEventId": "{{id}}",
                        "deliveryContext": {"isRedelivery": false},
                        "timestamp": {{milliseconds}},
                        "source": {"type": "user", "userId": "U4af4980629aabbccddeeff0011223344"},
                        "replyToken": "38ef843bde154d9b91c21320ffd17a0f",
                        "mode": "active"
                    }
                ]
            }"#,
        ),
    Sample::new("telegram", "").id("873290015").json(
        r#"{
            "update_id": {{id_value}},
            "message": {
                "message_id": 42,
                "from": {
                    "id": 1111111,
                    "is_bot": false,
                    "first_name": "Ada",
                    "username": "ada",
                    "language_code": "en"
                },
                "chat": {"id": 1111111, "first_name": "Ada", "username": "ada", "type": "private"},
                "date": {{seconds}},
                "text": "\/start",
                "entities": [{"offset": 0, "length": 6, "type": "bot_command"}]
            }
        }"#,
    ),
    Sample::new("twilio", "")
        .id("2b1a0f9e-8d7c-4b6a-9584-73625140f3e2")
        .content_type(TWILIO_FORM)
        .headers(TWILIO_HEADERS)
        .form(TWILIO_MESSAGE)
        .content_type(TWILIO_FORM),
    Sample::new("twilio", "call")
        .for_types("call")
        .id("3c2b1a0f-9e8d-4c7b-8a95-84736251403f")
        .headers(TWILIO_HEADERS)
        .form(&[
            ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", "CA0123456789abcdef0123456789abcdef"),
            ("CallStatus", "ringing"),
            ("Called", "+18005551212"),
            ("Caller", "+14155551234"),
            ("Direction", "inbound"),
            ("From", "+14155551234"),
            ("To", "+18005551212"),
        ])
        .content_type(TWILIO_FORM),
    Sample::new("twilio-shared-key", "")
        .id("2b1a0f9e-8d7c-4b6a-9584-73625140f3e2")
        .content_type(TWILIO_FORM)
        .headers(&[
            ("user-agent", "TwilioProxy/1.1"),
            ("accept", "*/*"),
            (
                "x-twilio-webhooks-signature-settings",
                "key=WK0123456789abcdef0123456789abcdef,algorithm=HMAC_SHA256",
            ),
        ])
        .form(TWILIO_MESSAGE)
        .content_type(TWILIO_FORM),
    Sample::new("mandrill", "send")
        .id("6f0b8e2a4d1c4f3e9a7b5c6d8e0f1a2b")
        .headers(&[("user-agent", "Mandrill-Webhook/1.0"), ("accept", "*/*")])
        .form(&[(
            "mandrill_events",
            concat!(
                r#"[{"event":"{{type}}","msg":{"ts":{{seconds}},"subject":"Your receipt","#,
                r#""email":"ada@example.com","sender":"hello@example.org","tags":["receipt"],"#,
                r#""opens":[],"clicks":[],"state":"sent","metadata":{"order":"1042"},"#,
                r#""_id":"{{id}}"},"_id":"{{id}}","ts":{{seconds}}},"#,
                r#"{"event":"open","msg":{"ts":{{seconds}},"email":"alan@example.com","#,
                r#""state":"sent"},"_id":"7a1c9f3b5e2d4a4fab8c6d7e9f0a1b2c","ts":{{seconds}}}]"#,
            ),
        )]),
    Sample::new("mailersend", "activity.sent")
        .id("69296f1b2c3d4e5f60718293")
        .json(
            r#"{
                "type": "{{type}}",
                "domain_id": "yv69oxl5kl785kw2",
                "created_at": "{{time}}.{{thousandths}}000Z",
                "webhook_id": "2351ndgwr4zqx8ko",
                "url": "https:\/\/example.com\/webhooks",
                "data": {
                    "object": "activity",
                    "id": "{{id}}",
                    "type": "sent",
                    "created_at": "{{time}}.{{thousandths}}000Z",
                    "email": {
                        "object": "email",
                        "id": "62f114f8165fe0d8db0288e5",
                        "from": "hello@example.org",
                        "subject": "Your receipt",
                        "status": "sent",
                        "tags": null,
                        "message": {"object": "message", "id": "62fb66bef54a112e920b5493"},
                        "recipient": {"object": "recipient", "email": "ada@example.com"}
                    },
                    "morph": null
                }
            }"#,
        ),
    Sample::new("intercom", "conversation.user.created")
        .id("notif_5f27a9e0-0e33-4a1e-8f7c-2b6d4a9c11f0")
        .content_type("application/json; charset=utf-8")
        .json(
            r#"{
                "type": "notification_event",
                "app_id": "a86dr8yl",
                "data": {
                    "type": "notification_event_data",
                    "item": {
                        "type": "conversation",
                        "id": "215469283140042",
                        "created_at": {{seconds}},
                        "updated_at": {{seconds}},
                        "state": "open",
                        "read": false
                    }
                },
                "links": {},
                "id": "{{id}}",
                "topic": "{{type}}",
                "delivery_status": "pending",
                "delivery_attempts": 1,
                "delivered_at": 0,
                "first_sent_at": {{seconds}},
                "created_at": {{seconds}},
                "self": null
            }"#,
        ),
    Sample::new("zendesk", "zen:event-type:ticket.status_changed")
        .id("01KB8R2HC9S4P6Q8R0T2V4X6Z8")
        .content_type("application/json; charset=utf-8")
        .headers(&[
            ("user-agent", "Zendesk Webhook"),
            ("x-zendesk-account-id", "129231"),
            ("x-zendesk-webhook-id", "01EZ1D2E3F4G5H6J7K8M9N0P1Q"),
        ])
        .json(
            r#"{
                "account_id": 129231,
                "detail": {
                    "id": "1042",
                    "subject": "The mill jams",
                    "status": "OPEN",
                    "priority": "HIGH",
                    "requester_id": "8447388090494",
                    "updated_at": "{{time}}Z"
                },
                "event": {"current": "OPEN", "previous": "NEW"},
                "id": "cbe4028c-7239-495d-b020-f22348516046",
                "subject": "zen:ticket:1042",
                "time": "{{time}}.{{thousandths}}000000Z",
                "type": "{{type}}",
                "zendesk_event_version": "2022-11-06"
            }"#,
        ),
];

const SLACK_HEADERS: &[(&str, &str)] = &[
    ("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
    ("accept", "*/*"),
];

const META_HEADERS: &[(&str, &str)] = &[("user-agent", "facebookexternalua"), ("accept", "*/*")];

const TWILIO_FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

const TWILIO_HEADERS: &[(&str, &str)] = &[("user-agent", "TwilioProxy/1.1"), ("accept", "*/*")];

const TWILIO_MESSAGE: &[(&str, &str)] = &[
    ("ToCountry", "US"),
    ("ToState", "CA"),
    ("SmsMessageSid", "SM0123456789abcdef0123456789abcdef"),
    ("NumMedia", "0"),
    ("SmsSid", "SM0123456789abcdef0123456789abcdef"),
    ("SmsStatus", "received"),
    ("FromCity", ""),
    ("Body", "It's 9 & a ½ — ok?"),
    ("To", "+18005551212"),
    ("NumSegments", "1"),
    ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
    ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
    ("From", "+14155551234"),
    ("ApiVersion", "2010-04-01"),
];
