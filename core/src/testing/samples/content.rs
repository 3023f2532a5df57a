//! Video, sound, streams and sites.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("mux", "video.asset.ready")
        .id("3a56ac3d-33da-4366-855b-f592d898409d")
        .json(
            r#"{
                "type": "{{type}}",
                "object": {"type": "asset", "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002"},
                "id": "{{id}}",
                "environment": {"name": "Production", "id": "j0863n"},
                "data": {
                    "status": "ready",
                    "playback_ids": [{"policy": "public", "id": "a1B2c3D4e5F6g7H8i9J0"}],
                    "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002",
                    "duration": 4.2,
                    "created_at": {{seconds}},
                    "aspect_ratio": "16:9"
                },
                "created_at": "{{time}}.{{thousandths}}000Z",
                "accessor_source": null,
                "accessor": null,
                "request_id": null,
                "attempts": []
            }"#,
        ),
    Sample::new("elevenlabs", "post_call_transcription")
        .json(
            r#"{
                "type": "{{type}}",
                "event_timestamp": {{seconds}},
                "data": {
                    "agent_id": "agent_7101k5zvyjhmfg983brhmhkd98n6",
                    "conversation_id": "conv_2m4p6r8t0v2x4z6b8d0f",
                    "status": "done",
                    "transcript": [
                        {"role": "agent", "message": "Hello, how can I help?", "time_in_call_secs": 0},
                        {"role": "user", "message": "What is note G?", "time_in_call_secs": 3}
                    ],
                    "metadata": {"start_time_unix_secs": {{seconds}}, "call_duration_secs": 22},
                    "analysis": {"call_successful": "success"}
                }
            }"#,
        ),
    Sample::new("sanity", "create")
        .id("1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b")
        .headers(&[
            ("sanity-operation", "{{type}}"),
            ("sanity-transaction-id", "Xb4GzT2mQ8sLwVxYcRdEfG"),
            ("sanity-transaction-time", "{{time}}.{{thousandths}}Z"),
            ("sanity-document-id", "note-g"),
            ("sanity-project-id", "zp7mbokg"),
            ("sanity-dataset", "production"),
            ("sanity-webhook-id", "qC2RzT7yLwVxYcRd"),
        ])
        .json(
            r#"{
                "_createdAt": "{{time}}Z",
                "_id": "note-g",
                "_rev": "Xb4GzT2mQ8sLwVxYcRdEfG",
                "_type": "post",
                "_updatedAt": "{{time}}Z",
                "slug": {"_type": "slug", "current": "note-g"},
                "title": "Note G"
            }"#,
        ),
    Sample::new("webflow", "form_submission").json(
        r#"{
            "triggerType": "{{type}}",
            "payload": {
                "name": "Contact Us",
                "siteId": "65427cf400e02b306eaa049c",
                "data": {"First Name": "Ada", "Last Name": "Lovelace", "email": "ada@example.com"},
                "submittedAt": "{{time}}.{{thousandths}}Z",
                "id": "6321ca84df3949bfc6752327",
                "formId": "65429eadebe8a9f3a30f62d0"
            }
        }"#,
    ),
    Sample::new("twitch", "channel.follow")
        .id("befa7b53-d79d-478f-86b9-120f112b044e")
        .headers(&[
            ("twitch-eventsub-message-type", "notification"),
            ("twitch-eventsub-message-retry", "0"),
            ("twitch-eventsub-subscription-type", "{{type}}"),
            ("twitch-eventsub-subscription-version", "2"),
        ])
        .json(
            r#"{
                "subscription": {
                    "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
                    "status": "enabled",
                    "type": "{{type}}",
                    "version": "2",
                    "cost": 0,
                    "condition": {"broadcaster_user_id": "12826", "moderator_user_id": "12826"},
                    "transport": {"method": "webhook", "callback": "https://example.com/webhooks"},
                    "created_at": "{{time}}.{{thousandths}}000000Z"
                },
                "event": {
                    "user_id": "1337",
                    "user_login": "ada",
                    "user_name": "Ada",
                    "broadcaster_user_id": "12826",
                    "broadcaster_user_login": "twitch",
                    "broadcaster_user_name": "Twitch",
                    "followed_at": "{{time}}.{{thousandths}}000000Z"
                }
            }"#,
        ),
];
