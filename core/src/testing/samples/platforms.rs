//! Platforms, of those that sign in the body or by public keys.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("discord", "APPLICATION_AUTHORIZED")
        .headers(&[("user-agent", "Discord-Webhook/1.0 (+https://discord.com)")])
        .json(
            r#"{
                "version": 1,
                "application_id": "1234560123453231555",
                "type": 1,
                "event": {
                    "type": "{{type}}",
                    "timestamp": "{{time}}.{{thousandths}}000",
                    "data": {
                        "integration_type": 1,
                        "scopes": ["applications.commands"],
                        "user": {"id": "1044789999999999999", "username": "ada", "global_name": "Ada"}
                    }
                }
            }"#,
        ),
    Sample::new("highlevel", "ContactCreate")
        .id("4f0c1a52-9f3e-4b68-8f3d-1c2d3e4f5a6b")
        .json(HIGHLEVEL_CONTACT),
    Sample::new("highlevel-rsa", "ContactCreate")
        .id("4f0c1a52-9f3e-4b68-8f3d-1c2d3e4f5a6b")
        .json(HIGHLEVEL_CONTACT),
    Sample::new("sns", "Notification")
        .id("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324")
        .content_type("text/plain; charset=UTF-8")
        .headers(&[
            ("user-agent", "Amazon Simple Notification Service Agent"),
            ("x-amz-sns-message-type", "{{type}}"),
            ("x-amz-sns-message-id", "{{id}}"),
            ("x-amz-sns-topic-arn", "arn:aws:sns:us-west-2:123456789012:MyTopic"),
        ])
        .json_as_written(
            r#"{
  "Type" : "{{type}}",
  "MessageId" : "{{id}}",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Subject" : "My First Message",
  "Message" : "Hello world!",
  "Timestamp" : "{{time}}.{{thousandths}}Z",
  "SignatureVersion" : "2",
  "Signature" : "",
  "SigningCertURL" : "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
  "UnsubscribeURL" : "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe"
}"#,
        ),
    Sample::new("fal", "OK")
        .id("123e4567-e89b-42d3-a456-426614174000")
        .headers(&[("x-fal-webhook-user-id", "github|1042")])
        .json(
            r#"{
                "request_id": "{{id}}",
                "gateway_request_id": "{{id}}",
                "status": "{{type}}",
                "payload": {
                    "images": [
                        {
                            "url": "https://fal.media/files/note-g.png",
                            "content_type": "image/png",
                            "width": 1024,
                            "height": 1024
                        }
                    ],
                    "seed": 196619188014358660
                }
            }"#,
        ),
    Sample::new("netlify", "ready")
        .id("69296f1b2c3d4e5f60718293")
        .headers(&[("x-netlify-event", "deploy_created")])
        .json(
            r#"{
                "id": "{{id}}",
                "site_id": "0d3a9d2f-ef94-4380-93df-27ee400e2048",
                "state": "{{type}}",
                "name": "engine",
                "url": "https://engine.netlify.app",
                "branch": "main",
                "context": "production",
                "created_at": "{{time}}.{{thousandths}}Z",
                "updated_at": "{{time}}.{{thousandths}}Z"
            }"#,
        ),
    Sample::new("fusionauth", "user.create.complete")
        .id("e502168a-b469-45d9-a079-fd45f83e0406")
        .json(
            r#"{
                "event": {
                    "applicationIds": [],
                    "createInstant": {{milliseconds}},
                    "id": "{{id}}",
                    "info": {"ipAddress": "203.0.113.7", "userAgent": "Mozilla/5.0"},
                    "tenantId": "e872a880-b14f-6d62-c312-cb40f22af465",
                    "type": "{{type}}",
                    "user": {
                        "active": true,
                        "email": "ada@example.com",
                        "id": "00000000-0000-0001-0000-000000000000",
                        "verified": true
                    }
                }
            }"#,
        ),
    Sample::new("figma", "FILE_UPDATE").json(
        r#"{
            "event_type": "{{type}}",
            "file_key": "zH24Ge4lETuGu2iHXfnmLY",
            "file_name": "Engine",
            "passcode": "",
            "protocol_version": "2",
            "retries": 0,
            "timestamp": "{{time}}Z",
            "webhook_id": "22"
        }"#,
    ),
];

const HIGHLEVEL_CONTACT: &str = r#"{
    "type": "{{type}}",
    "timestamp": "{{time}}.{{thousandths}}Z",
    "webhookId": "{{id}}",
    "locationId": "ve9EPM428h8vShlRW1KT",
    "id": "nmFmQEsNgz6AVpgLVUJ0",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.com",
    "dateAdded": "{{time}}.{{thousandths}}Z"
}"#;
