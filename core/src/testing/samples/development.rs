//! Code, builds and deployments.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("github", "push")
        .id("72d3162e-cc78-11f0-81ab-4c9367dc0958")
        .headers(GITHUB_HEADERS)
        .json(
            r#"{
                "ref": "refs/heads/main",
                "before": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c",
                "after": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
                "repository": {
                    "id": 186853002,
                    "name": "engine",
                    "full_name": "analytical/engine",
                    "private": false,
                    "html_url": "https://github.com/analytical/engine",
                    "default_branch": "main"
                },
                "pusher": {"name": "ada", "email": "ada@example.com"},
                "sender": {"login": "ada", "id": 21031067, "type": "User"},
                "created": false,
                "deleted": false,
                "forced": false,
                "commits": [
                    {
                        "id": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
                        "message": "Add note G",
                        "timestamp": "{{time}}Z",
                        "author": {"name": "Ada Lovelace", "email": "ada@example.com"},
                        "added": ["notes/g.md"],
                        "removed": [],
                        "modified": []
                    }
                ]
            }"#,
        ),
    Sample::new("github", "ping")
        .for_types("ping")
        .id("81f5a2c0-cc78-11f0-9e3d-5d0478ed1a69")
        .headers(GITHUB_HEADERS)
        .json(
            r#"{
                "zen": "Design for failure.",
                "hook_id": 292430182,
                "hook": {
                    "type": "Repository",
                    "id": 292430182,
                    "name": "web",
                    "active": true,
                    "events": ["push"],
                    "config": {
                        "content_type": "json",
                        "insecure_ssl": "0",
                        "secret": "********",
                        "url": "https://example.com/webhooks"
                    }
                },
                "repository": {"id": 186853002, "full_name": "analytical/engine"},
                "sender": {"login": "ada", "id": 21031067, "type": "User"}
            }"#,
        ),
    Sample::new("github", "pull_request")
        .for_types("pull_request")
        .id("93a7b3d1-cc78-11f0-8f4e-6e1589fe2b7a")
        .headers(GITHUB_HEADERS)
        .json(
            r#"{
                "action": "opened",
                "number": 17,
                "pull_request": {
                    "id": 279147437,
                    "number": 17,
                    "state": "open",
                    "title": "Compute Bernoulli numbers",
                    "user": {"login": "ada", "id": 21031067, "type": "User"},
                    "body": "See note G.",
                    "created_at": "{{time}}Z",
                    "updated_at": "{{time}}Z",
                    "head": {"ref": "note-g", "sha": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d"},
                    "base": {"ref": "main", "sha": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"},
                    "draft": false,
                    "merged": false
                },
                "repository": {"id": 186853002, "full_name": "analytical/engine"},
                "sender": {"login": "ada", "id": 21031067, "type": "User"}
            }"#,
        ),
    Sample::new("bitbucket", "repo:push")
        .id("3f5c7e9a-1b2d-4f60-8a7c-9e0f1a2b3c4d")
        .content_type("application/json; charset=utf-8")
        .headers(&[
            ("user-agent", "Bitbucket-Webhooks/2.0"),
            ("x-event-key", "{{type}}"),
            ("x-hook-uuid", "8f7e6d5c-4b3a-4291-8070-615243342516"),
            ("x-attempt-number", "1"),
        ])
        .json(
            r#"{
                "push": {
                    "changes": [
                        {
                            "old": {"type": "branch", "name": "main"},
                            "new": {
                                "type": "branch",
                                "name": "main",
                                "target": {
                                    "type": "commit",
                                    "hash": "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d",
                                    "date": "{{time}}+00:00",
                                    "message": "Add note G\n"
                                }
                            },
                            "created": false,
                            "closed": false,
                            "forced": false
                        }
                    ]
                },
                "repository": {
                    "type": "repository",
                    "full_name": "analytical/engine",
                    "uuid": "{5b4c3d2e-1f00-4f1e-8d3c-4b5a69788796}"
                },
                "actor": {"display_name": "Ada Lovelace", "type": "user", "nickname": "ada"}
            }"#,
        ),
    Sample::new("jira", "jira:issue_created")
        .id("0d4f6a8c-2e1b-4c3d-9f5e-7a8b9c0d1e2f")
        .content_type("application/json;charset=UTF-8")
        .headers(&[("user-agent", "Atlassian Webhook HTTP Client")])
        .json(
            r#"{
                "timestamp": {{milliseconds}},
                "webhookEvent": "{{type}}",
                "issue_event_type_name": "issue_created",
                "user": {
                    "accountId": "5b10a2844c20165700ede21g",
                    "displayName": "Ada Lovelace",
                    "active": true
                },
                "issue": {
                    "id": "10142",
                    "self": "https://example.atlassian.net/rest/api/2/issue/10142",
                    "key": "ENG-482",
                    "fields": {
                        "summary": "The mill jams on long divisions",
                        "issuetype": {"id": "10004", "name": "Bug"},
                        "status": {"id": "10000", "name": "To Do"},
                        "priority": {"id": "3", "name": "Medium"}
                    }
                }
            }"#,
        ),
    Sample::new("linear", "Issue")
        .id("234d1a4e-b617-4388-90fe-adc3633d6b72")
        .content_type("application/json; charset=utf-8")
        .headers(&[
            ("user-agent", "Linear-Webhook"),
            ("linear-event", "{{type}}"),
            ("linear-timestamp", "{{milliseconds}}"),
        ])
        .json(
            r#"{
                "action": "create",
                "actor": {
                    "id": "b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba",
                    "type": "user",
                    "name": "Ada Lovelace",
                    "email": "ada@example.com"
                },
                "createdAt": "{{time}}.{{thousandths}}Z",
                "data": {
                    "id": "539068e2-ae88-4d09-bd75-22eb4a59612f",
                    "createdAt": "{{time}}.{{thousandths}}Z",
                    "updatedAt": "{{time}}.{{thousandths}}Z",
                    "number": 42,
                    "title": "The mill jams on long divisions",
                    "priority": 2,
                    "state": {"id": "aa0e7a5c-7b5c-4d7a-8a0b-0b2d6f2b7a01", "name": "Todo"},
                    "team": {"id": "72b2a2dc-6f4f-4423-9d34-24b5bd10634a", "key": "ENG"}
                },
                "type": "{{type}}",
                "url": "https://linear.app/analytical/issue/ENG-42",
                "organizationId": "0a1b2c3d-4e5f-4607-8192-a3b4c5d6e7f8",
                "webhookTimestamp": {{milliseconds}},
                "webhookId": "000042e3-d123-4980-b49f-8e140eef9329"
            }"#,
        ),
    Sample::new("circleci", "workflow-completed")
        .id("3888f21b-eaa7-48e3-8f3d-75a63bba8895")
        .headers(&[
            ("user-agent", "CircleCI-Webhook/1.0"),
            ("circleci-event-type", "{{type}}"),
        ])
        .json(
            r#"{
                "id": "{{id}}",
                "type": "{{type}}",
                "happened_at": "{{time}}.{{thousandths}}Z",
                "webhook": {"id": "cf8c4fdd-0587-4da1-b4ca-4846e9640af9", "name": "Sample Webhook"},
                "workflow": {
                    "id": "fda08377-fe7e-46b1-8992-3a7aaecac9c3",
                    "name": "build-test-deploy",
                    "status": "success",
                    "created_at": "{{time}}.{{thousandths}}Z",
                    "stopped_at": "{{time}}.{{thousandths}}Z",
                    "url": "https://app.circleci.com/pipelines/github/analytical/engine/17"
                },
                "pipeline": {"id": "1285fe1d-d3a6-44fc-8886-8979558254c4", "number": 17},
                "project": {
                    "id": "84996744-a854-4f5e-aea3-04e2851dc1d2",
                    "name": "engine",
                    "slug": "github/analytical/engine"
                },
                "organization": {"id": "f22b6566-597d-46d5-ba74-99ef5bb3d85c", "name": "analytical"}
            }"#,
        ),
    Sample::new("vercel", "deployment.created")
        .id("5FQ3bE5aQhZ1Vv2c4vXYzP1LhqoT")
        .json(
            r#"{
                "id": "{{id}}",
                "type": "{{type}}",
                "createdAt": {{milliseconds}},
                "region": null,
                "payload": {
                    "team": {"id": "team_LLHUOMOoDlqOp8wPE4kFo9pE"},
                    "user": {"id": "BVc4ifmqYqZ3nXwJ8sR2tU7v"},
                    "project": {"id": "prj_rP0aVbWcXdYeZfGgHhIiJjKkLlMm"},
                    "deployment": {
                        "id": "dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ",
                        "name": "engine",
                        "url": "engine-d4f7a.vercel.app",
                        "meta": {}
                    },
                    "plan": "pro",
                    "target": "production"
                }
            }"#,
        ),
    Sample::new("launchdarkly", "flag")
        .id("69296f1b2c3d4e5f60718293")
        .headers(&[("user-agent", "LaunchDarkly-Webhooks")])
        .json(
            r#"{
                "_id": "{{id}}",
                "date": {{milliseconds}},
                "accesses": [
                    {"action": "updateOn", "resource": "proj/engine:env/production:flag/note-g"}
                ],
                "kind": "{{type}}",
                "name": "Note G",
                "description": "",
                "member": {"_id": "569f183514f4432160000007", "email": "ada@example.com"},
                "titleVerb": "turned on the flag",
                "title": "Ada Lovelace turned on the flag Note G in Production"
            }"#,
        ),
    Sample::new("doppler", "config.secrets.update")
        .headers(&[("user-agent", "Doppler")])
        .json(
            r#"{
                "type": "{{type}}",
                "config": {
                    "name": "prd",
                    "root": true,
                    "locked": false,
                    "environment": "prd",
                    "project": "engine"
                },
                "project": {"id": "engine", "name": "engine"},
                "workplace": {"id": "8a7b6c5d4e3f2a1b0c9d", "name": "Analytical"},
                "diff": {"added": [], "removed": [], "updated": ["DATABASE_URL"]}
            }"#,
        ),
    Sample::new("cursor", "statusChange")
        .id("a4c2e0f8-6d5b-4a39-8877-665544332211")
        .headers(&[
            ("user-agent", "Cursor-Agent-Webhook/1.0"),
            ("x-webhook-event", "{{type}}"),
        ])
        .json(
            r#"{
                "event": "{{type}}",
                "timestamp": "{{time}}Z",
                "id": "bc_7f3a9d2e",
                "status": "FINISHED",
                "source": {"repository": "https://github.com/analytical/engine", "ref": "main"},
                "target": {
                    "url": "https://cursor.com/agents?id=bc_7f3a9d2e",
                    "branchName": "cursor/note-g-1234",
                    "prUrl": "https://github.com/analytical/engine/pull/17"
                },
                "summary": "Added note G"
            }"#,
        ),
];

const GITHUB_HEADERS: &[(&str, &str)] = &[
    ("user-agent", "GitHub-Hookshot/044aadd"),
    ("accept", "*/*"),
    ("x-github-event", "{{type}}"),
    ("x-github-hook-id", "292430182"),
    ("x-github-hook-installation-target-id", "186853002"),
    ("x-github-hook-installation-target-type", "repository"),
];
