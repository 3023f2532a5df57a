//! Those that sign as Standard Webhooks has it.

use super::Sample;

const SVIX_AGENT: (&str, &str) = (
    "user-agent",
    "Svix-Webhooks/1.84.1 (sender-9YMgn; +https://www.svix.com/http-sender/)",
);

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("standard", "contact.created")
        .id("msg_2nTq8LxPwYc5VbRk0Dm7HsJf3Ag")
        .json(
            r#"{
                "type": "{{type}}",
                "timestamp": "{{time}}.{{thousandths}}Z",
                "data": {
                    "id": "7d1f2b46-0a58-4c6e-9a43-5b0f6c1d8e92",
                    "name": "Ada Lovelace",
                    "email": "ada@example.com"
                }
            }"#,
        ),
    Sample::new("sha256", "invoice.paid")
        .id("evt_4Qm1XkV9tB")
        .json(
            r#"{
                "id": "{{id}}",
                "type": "{{type}}",
                "timestamp": {{seconds}},
                "data": {"invoice": "inv_1042", "amount": 4200, "currency": "EUR"}
            }"#,
        ),
    Sample::new("svix", "invoice.paid")
        .id("msg_2nTq9RzKcWu6YdSm1Fp8JtLg4Bh")
        .headers(&[SVIX_AGENT, ("accept", "*/*")])
        .json(
            r#"{
                "type": "{{type}}",
                "timestamp": "{{time}}.{{thousandths}}Z",
                "data": {"id": "invoice_WF7WtCLFFtd8ubcTgboSFNql", "status": "paid", "attempt": 2}
            }"#,
        ),
    Sample::new("openai", "response.completed")
        .id("evt_68f0a3b1c4d88190a2e5f6071829304b")
        .delivery_id("wh_68f0a3b1d7e08190b3c4d5e6f7081920")
        .headers(&[("user-agent", "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)")])
        .json_as_written(concat!(
            r#"{"id": "{{id}}", "object": "event", "created_at": {{seconds}}, "type": "{{type}}", "#,
            r#""data": {"id": "resp_68f0a3a95e8c819085b6c7d8e9f00112"}}"#,
        )),
    Sample::new("clerk", "user.created")
        .id("msg_2nTqAVbMdXw7ZeTn2Gq9KuMh5Ci")
        .headers(&[SVIX_AGENT, ("accept", "*/*")])
        .json(
            r#"{
                "data": {
                    "created_at": {{milliseconds}},
                    "email_addresses": [
                        {
                            "email_address": "ada@example.com",
                            "id": "idn_2nTqAU4kZbq8sLwVxYcRdEfGhIj",
                            "object": "email_address",
                            "verification": {"status": "verified", "strategy": "email_code"}
                        }
                    ],
                    "first_name": "Ada",
                    "id": "user_2nTqAUo7MzP1aQsBtCuDvEwFxGy",
                    "last_name": "Lovelace",
                    "object": "user",
                    "primary_email_address_id": "idn_2nTqAU4kZbq8sLwVxYcRdEfGhIj",
                    "private_metadata": {},
                    "public_metadata": {},
                    "updated_at": {{milliseconds}}
                },
                "event_attributes": {
                    "http_request": {"client_ip": "203.0.113.7", "user_agent": "Mozilla/5.0"}
                },
                "instance_id": "ins_2nTq0aBcDeFgHiJkLmNoPqRsTuV",
                "object": "event",
                "timestamp": {{milliseconds}},
                "type": "{{type}}"
            }"#,
        ),
    Sample::new("resend", "email.delivered")
        .id("msg_2nTqBWcNeYx8afUo3Hr0LvNi6Dj")
        .headers(&[SVIX_AGENT, ("accept", "*/*")])
        .json(
            r#"{
                "type": "{{type}}",
                "created_at": "{{time}}.{{thousandths}}Z",
                "data": {
                    "created_at": "{{time}}.{{thousandths}}Z",
                    "email_id": "3c9e0f1a-5b72-4d68-8e34-a1b2c3d4e5f6",
                    "from": "Acme <hello@example.com>",
                    "to": ["ada@example.org"],
                    "subject": "Your receipt",
                    "tags": {"category": "receipt"}
                }
            }"#,
        ),
    Sample::new("dodo-payments", "payment.succeeded")
        .id("msg_2nTqCXdOfZy9bgVp4Is1MwOj7Ek")
        .json(
            r#"{
                "business_id": "bus_P3SXLizA6vGmQ9hJ2kT7w",
                "type": "{{type}}",
                "timestamp": "{{time}}.{{thousandths}}000Z",
                "data": {
                    "payload_type": "Payment",
                    "payment_id": "pay_QvXn4rT8yLwZ1cB6dF3gH",
                    "status": "succeeded",
                    "total_amount": 2900,
                    "currency": "USD",
                    "created_at": "{{time}}.{{thousandths}}000Z",
                    "customer": {
                        "customer_id": "cus_8VbRk0Dm7HsJf3AgLxPwY",
                        "email": "ada@example.com",
                        "name": "Ada Lovelace"
                    },
                    "metadata": {}
                }
            }"#,
        ),
    Sample::new("replicate", "succeeded")
        .id("msg_2nTqDYePgAz0chWq5Jt2NxPk8Fl")
        .json(
            r#"{
                "id": "ufawqhfynnddngldkgtslldrkq",
                "model": "acme/hello-world",
                "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
                "input": {"text": "Alice"},
                "logs": "",
                "output": ["https://replicate.delivery/pbxt/9f8e7d6c5b4a/out-0.png"],
                "error": null,
                "status": "{{type}}",
                "created_at": "{{time}}.{{thousandths}}Z",
                "started_at": "{{time}}.{{thousandths}}Z",
                "completed_at": "{{time}}.{{thousandths}}Z",
                "metrics": {"predict_time": 1.42},
                "urls": {
                    "get": "https://api.replicate.com/v1/predictions/ufawqhfynnddngldkgtslldrkq"
                }
            }"#,
        ),
    Sample::new("fathom", "")
        .id("msg_2nTqEZfQhB01diXr6Ku3OyQl9Gm")
        .json(
            r#"{
                "title": "Weekly planning",
                "meeting_title": "Weekly planning",
                "recording_id": 123456789,
                "url": "https://fathom.video/calls/123456789",
                "share_url": "https://fathom.video/share/xyz123",
                "created_at": "{{time}}Z",
                "recorded_by": {"name": "Ada Lovelace", "email": "ada@example.com", "team": "Sales"},
                "calendar_invitees": [
                    {"name": "Alan Turing", "email": "alan@example.org", "is_external": true}
                ],
                "default_summary": {"template_name": "general", "markdown_formatted": "Summary"},
                "action_items": []
            }"#,
        ),
    Sample::new("polar", "order.created")
        .id("5f0b2a9e-7c41-4d38-9b6f-1e2d3c4b5a69")
        .headers(&[("user-agent", "polar.sh webhooks")])
        .json(
            r#"{
                "type": "{{type}}",
                "timestamp": "{{time}}.{{thousandths}}000Z",
                "data": {
                    "id": "c3a1d7e9-2b64-4f08-8d5a-6e7f8091a2b3",
                    "created_at": "{{time}}.{{thousandths}}000Z",
                    "status": "paid",
                    "total_amount": 1900,
                    "currency": "usd",
                    "customer": {
                        "id": "0d9c8b7a-6f5e-4d3c-2b1a-098f7e6d5c4b",
                        "email": "ada@example.com"
                    }
                }
            }"#,
        ),
    Sample::new("gitlab", "Push Hook")
        .id("c2675c66-7e6e-4fe2-9ac3-288534ef34b9")
        .headers(GITLAB_HEADERS)
        .json(GITLAB_PUSH),
    Sample::new("gitlab-token", "Push Hook")
        .id("c2675c66-7e6e-4fe2-9ac3-288534ef34b9")
        .headers(GITLAB_HEADERS)
        .json(GITLAB_PUSH),
    Sample::new("folk", "person.created")
        .id("evt_0b7c6d5e-4f3a-4291-8180-a9b8c7d6e5f4")
        .delivery_id("msg_2nTqFagRiC12ejYs7Lv4PzRm0Hn")
        .json(
            r#"{
                "id": "{{id}}",
                "type": "{{type}}",
                "createdAt": "{{time}}.{{thousandths}}Z",
                "source": "https://api.folk.app/v1/webhooks/wbk_9a8b7c6d-5e4f-4031-9221-b0c1d2e3f4a5",
                "data": {
                    "id": "per_1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b",
                    "url": "https://api.folk.app/v1/people/per_1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b"
                }
            }"#,
        ),
];

const GITLAB_HEADERS: &[(&str, &str)] = &[
    ("user-agent", "GitLab/19.1.0"),
    ("x-gitlab-event", "{{type}}"),
    ("x-gitlab-instance", "https://gitlab.example.com"),
    (
        "x-gitlab-webhook-uuid",
        "02affd2d-2cba-4033-917d-ec22d5dc4b38",
    ),
    (
        "x-gitlab-event-uuid",
        "13792a34-cac6-4fda-95a8-c58e00a3954e",
    ),
    ("idempotency-key", "{{id}}"),
];

const GITLAB_PUSH: &str = r#"{
    "object_kind": "push",
    "event_name": "push",
    "before": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c",
    "after": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
    "ref": "refs/heads/main",
    "checkout_sha": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
    "user_id": 4,
    "user_name": "Ada Lovelace",
    "user_username": "ada",
    "project_id": 15,
    "project": {
        "id": 15,
        "name": "Engine",
        "web_url": "https://gitlab.example.com/analytical/engine",
        "path_with_namespace": "analytical/engine",
        "default_branch": "main"
    },
    "commits": [
        {
            "id": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
            "message": "Add note G\n",
            "timestamp": "{{time}}+00:00",
            "author": {"name": "Ada Lovelace", "email": "ada@example.com"},
            "added": ["notes/g.md"],
            "modified": [],
            "removed": []
        }
    ],
    "total_commits_count": 1
}"#;
