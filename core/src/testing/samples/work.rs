//! Calendars, documents, boards, meetings and forms.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("notion", "page.created")
        .id("367cba44-b6f3-4c92-81e7-6a2e9659efd4")
        .json(
            r#"{
                "id": "{{id}}",
                "timestamp": "{{time}}.{{thousandths}}Z",
                "workspace_id": "13950b26-c203-4f3b-b97d-93ec06319565",
                "workspace_name": "Analytical",
                "subscription_id": "29d75c0d-5546-4414-8459-7b7a92f1fc4b",
                "integration_id": "0ef2e755-4912-8096-91c1-00376a88a5ca",
                "type": "{{type}}",
                "authors": [{"id": "c7c11cca-1d73-471d-9b6e-bdef51470190", "type": "person"}],
                "accessible_by": [{"id": "c7c11cca-1d73-471d-9b6e-bdef51470190", "type": "person"}],
                "attempt_number": 1,
                "entity": {"id": "153104cd-477e-809d-8dc4-ff2d96ae3090", "type": "page"},
                "data": {"parent": {"id": "0ef2e755-4912-8096-91c1-00376a88a5cb", "type": "space"}}
            }"#,
        ),
    Sample::new("asana", "changed").json(
        r#"{
            "events": [
                {
                    "user": {"gid": "1200000000000042", "resource_type": "user"},
                    "created_at": "{{time}}.{{thousandths}}Z",
                    "type": "task",
                    "action": "{{type}}",
                    "resource": {
                        "gid": "1204619611402340",
                        "resource_type": "task",
                        "resource_subtype": "default_task"
                    },
                    "parent": null,
                    "change": {"field": "due_at", "action": "changed"}
                }
            ]
        }"#,
    ),
    Sample::new("trello", "updateCard")
        .id("69296f1b2c3d4e5f60718293")
        .content_type("application/json; charset=utf-8")
        .headers(&[("user-agent", "Trello Webhooks"), ("accept", "*/*")])
        .json(
            r#"{
                "model": {
                    "id": "4d5ea62fd76aa1136000000c",
                    "name": "Engine",
                    "desc": "",
                    "closed": false,
                    "url": "https://trello.com/b/nC8QJJoZ/engine"
                },
                "action": {
                    "id": "{{id}}",
                    "idMemberCreator": "4ee7deffe582acdec80000ac",
                    "data": {
                        "board": {"id": "4d5ea62fd76aa1136000000c", "name": "Engine"},
                        "card": {
                            "id": "5d6f7a8b9c0d1e2f3a4b5c6d",
                            "idShort": 42,
                            "name": "Compute Bernoulli numbers",
                            "shortLink": "Ab1Cd2Ef"
                        },
                        "old": {"name": "Compute"}
                    },
                    "type": "{{type}}",
                    "date": "{{time}}.{{thousandths}}Z",
                    "memberCreator": {
                        "id": "4ee7deffe582acdec80000ac",
                        "fullName": "Ada Lovelace",
                        "username": "ada"
                    }
                },
                "webhook": {
                    "id": "69296e0a1b2c3d4e5f607182",
                    "idModel": "4d5ea62fd76aa1136000000c",
                    "active": true,
                    "callbackURL": "https://example.com/webhooks"
                }
            }"#,
        ),
    Sample::new("zoom", "meeting.started")
        .content_type("application/json; charset=utf-8")
        .headers(&[
            ("user-agent", "Zoom Marketplace/1.0a"),
            ("clientid", "o8KK_AAACq6BBEyA70CA"),
        ])
        .json(
            r#"{
                "event": "{{type}}",
                "payload": {
                    "account_id": "o8KK_AAACq6BBEyA70CA",
                    "object": {
                        "duration": 60,
                        "start_time": "{{time}}Z",
                        "timezone": "",
                        "topic": "Note G",
                        "id": "94890226305",
                        "type": 2,
                        "uuid": "4444AAAiAAAAAiAiAiiAii==",
                        "host_id": "ICuPoX4ERtikRcKqkVxunQ"
                    }
                },
                "event_ts": {{milliseconds}}
            }"#,
        ),
    Sample::new("calendly", "invitee.created").json(
        r#"{
            "created_at": "{{time}}.{{thousandths}}000Z",
            "created_by": "https://api.calendly.com/users/AAAAAAAAAAAAAAAA",
            "event": "{{type}}",
            "payload": {
                "cancel_url": "https://calendly.com/cancellations/AAAAAAAAAAAAAAAA",
                "created_at": "{{time}}.{{thousandths}}000Z",
                "email": "ada@example.com",
                "event": "https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2",
                "name": "Ada Lovelace",
                "questions_and_answers": [],
                "rescheduled": false,
                "status": "active",
                "timezone": "Europe/London",
                "uri": "https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2/invitees/AAAAAAAAAAAAAAAA"
            }
        }"#,
    ),
    Sample::new("cal-com", "BOOKING_CREATED").json(
        r#"{
            "triggerEvent": "{{type}}",
            "createdAt": "{{time}}.{{thousandths}}Z",
            "payload": {
                "type": "60min",
                "title": "60min between Ada Lovelace and Alan Turing",
                "startTime": "{{time}}Z",
                "organizer": {"id": 5, "name": "Ada Lovelace", "email": "ada@example.com"},
                "attendees": [
                    {"email": "alan@example.org", "name": "Alan Turing", "timeZone": "Europe/London"}
                ],
                "location": "Calcom HQ",
                "uid": "bFJeNb2uX8ANpT3JL5EfXw",
                "bookingId": 91,
                "status": "ACCEPTED"
            }
        }"#,
    ),
    Sample::new("typeform", "form_response")
        .id("01KB8R4KE1V6R8S0T2V4X6Z8B0")
        .headers(&[("user-agent", "Typeform Webhooks"), ("accept", "*/*")])
        .json(
            r#"{
                "event_id": "{{id}}",
                "event_type": "{{type}}",
                "form_response": {
                    "form_id": "lT4Z3j",
                    "token": "6f3e8a1c9d2b47a0b6e5f1a2c3d4e5f6",
                    "landed_at": "{{time}}Z",
                    "submitted_at": "{{time}}Z",
                    "definition": {
                        "id": "lT4Z3j",
                        "title": "Feedback",
                        "fields": [
                            {"id": "DlXFaesGBpoF", "title": "Your name?", "type": "short_text", "ref": "name"}
                        ]
                    },
                    "answers": [
                        {
                            "type": "text",
                            "text": "Ada Lovelace",
                            "field": {"id": "DlXFaesGBpoF", "type": "short_text", "ref": "name"}
                        }
                    ]
                }
            }"#,
        ),
    Sample::new("docusign", "envelope-completed")
        .headers(&[("x-authorization-digest", "HMACSHA256")])
        .json(
            r#"{
                "event": "{{type}}",
                "apiVersion": "v2.1",
                "uri": "/restapi/v2.1/accounts/8675309a-1b2c-4d3e-8f40-51627384950a/envelopes/3f9a2c1e-6b4d-4e2f-8a1c-9d3b5f7e2a6c",
                "retryCount": 0,
                "configurationId": 271828,
                "generatedDateTime": "{{time}}.{{thousandths}}0000Z",
                "data": {
                    "accountId": "8675309a-1b2c-4d3e-8f40-51627384950a",
                    "userId": "a1b2c3d4-e5f6-4708-9192-a3b4c5d6e7f8",
                    "envelopeId": "3f9a2c1e-6b4d-4e2f-8a1c-9d3b5f7e2a6c"
                }
            }"#,
        ),
    Sample::new("dropbox", "")
        .headers(&[("user-agent", "DropboxWebhooks/1.0")])
        .json(
            r#"{
                "list_folder": {"accounts": ["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]},
                "delta": {"users": [12345678]}
            }"#,
        ),
];
