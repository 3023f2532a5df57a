//! Errors, alerts, metrics and identities.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("sentry", "issue")
        .id("7d0e5f2a9c4b4e1d8f6a3b2c1d0e9f8a")
        .headers(&[
            ("sentry-hook-resource", "{{type}}"),
            ("sentry-hook-timestamp", "{{seconds}}"),
        ])
        .json(
            r#"{
                "action": "created",
                "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
                "data": {
                    "issue": {
                        "id": "1170820242",
                        "shortId": "ENGINE-7",
                        "title": "ZeroDivisionError: division by zero",
                        "culprit": "mill.divide",
                        "level": "error",
                        "status": "unresolved",
                        "project": {"id": "1", "name": "engine", "slug": "engine"},
                        "count": "1",
                        "userCount": 0,
                        "firstSeen": "{{time}}.{{thousandths}}000Z",
                        "lastSeen": "{{time}}.{{thousandths}}000Z"
                    }
                },
                "actor": {"type": "application", "id": "sentry", "name": "Sentry"}
            }"#,
        ),
    Sample::new("pagerduty", "incident.triggered")
        .id("5ac64822-4adc-4fda-ade0-410becf0de4f")
        .headers(&[
            ("user-agent", "PagerDuty-Webhook/V3.0"),
            ("accept", "application/json"),
        ])
        .json(
            r#"{
                "event": {
                    "id": "{{id}}",
                    "event_type": "{{type}}",
                    "resource_type": "incident",
                    "occurred_at": "{{time}}.{{thousandths}}Z",
                    "agent": {
                        "id": "PLH1HKV",
                        "self": "https://api.pagerduty.com/services/PLH1HKV",
                        "summary": "Engine",
                        "type": "service_reference"
                    },
                    "client": null,
                    "data": {
                        "id": "PGR0VU2",
                        "type": "incident",
                        "html_url": "https://analytical.pagerduty.com/incidents/PGR0VU2",
                        "number": 2,
                        "status": "triggered",
                        "title": "The mill has stopped",
                        "urgency": "high",
                        "assignees": [{"id": "PTUXL6G", "summary": "Ada", "type": "user_reference"}]
                    }
                }
            }"#,
        ),
    Sample::new("grafana", "firing")
        .headers(&[("user-agent", "Grafana")])
        .json(
            r#"{
                "receiver": "webhook",
                "status": "{{type}}",
                "alerts": [
                    {
                        "status": "firing",
                        "labels": {"alertname": "High temperature", "room": "mill"},
                        "annotations": {"summary": "The mill is hot"},
                        "startsAt": "{{time}}Z",
                        "endsAt": "0001-01-01T00:00:00Z",
                        "generatorURL": "https://grafana.example.com/alerting/1afz29v7z/edit",
                        "fingerprint": "c6eadffa33fcdf37",
                        "values": {"B": 44.23, "C": 1}
                    }
                ],
                "groupLabels": {"alertname": "High temperature"},
                "commonLabels": {"room": "mill"},
                "commonAnnotations": {},
                "externalURL": "https://grafana.example.com/",
                "version": "1",
                "groupKey": "{}:{alertname=\"High temperature\"}",
                "truncatedAlerts": 0,
                "orgId": 1,
                "title": "[FIRING:1] High temperature",
                "state": "alerting",
                "message": "**Firing**"
            }"#,
        ),
    Sample::new("statsig", "statsig::config_change").json(
        r#"{
            "data": [
                {
                    "user": {"name": "Ada Lovelace", "email": "ada@example.com"},
                    "timestamp": {{milliseconds}},
                    "eventName": "{{type}}",
                    "metadata": {
                        "type": "Gate",
                        "name": "note_g",
                        "description": "- Updated rule rollout from 100.00% to 10.00%",
                        "environment": "production"
                    }
                }
            ]
        }"#,
    ),
    Sample::new("workos", "dsync.user.updated")
        .id("event_07FKJ843CVE8F7BXQSPFH0M53V")
        .headers(&[("user-agent", "WorkOS")])
        .json(
            r#"{
                "id": "{{id}}",
                "event": "{{type}}",
                "data": {
                    "id": "directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7",
                    "object": "directory_user",
                    "directory_id": "directory_01ECAZ4NV9QMV47GW873HDCX74",
                    "organization_id": "org_01EZTR6WYX1A0DSE2CYMGXQ24Y",
                    "first_name": "Ada",
                    "last_name": "Lovelace",
                    "state": "active"
                },
                "created_at": "{{time}}.{{thousandths}}Z"
            }"#,
        ),
    Sample::new("okta", "com.okta.event_hook")
        .id("3d5a7c9e-1f2b-4d6e-8a0c-2e4f6a8b0c1d")
        .headers(&[
            ("user-agent", "Okta-Hooks/1.0"),
            ("accept", "application/json"),
        ])
        .json(
            r#"{
                "eventType": "{{type}}",
                "eventTypeVersion": "1.0",
                "cloudEventsVersion": "0.1",
                "source": "https://example.okta.com/api/v1/eventHooks/who8tsqyrhCdmetzx135",
                "eventId": "{{id}}",
                "data": {
                    "events": [
                        {
                            "uuid": "cb76bb62-cc78-11f0-a1d2-ebcb8e8e51a3",
                            "published": "{{time}}.{{thousandths}}Z",
                            "eventType": "user.lifecycle.create",
                            "version": "0",
                            "displayMessage": "Create Okta user",
                            "severity": "INFO",
                            "actor": {
                                "id": "00uttidj01jqL21aM1d6",
                                "type": "User",
                                "alternateId": "ada@example.com",
                                "displayName": "Ada Lovelace"
                            },
                            "outcome": {"result": "SUCCESS"}
                        }
                    ]
                },
                "eventTime": "{{time}}.{{thousandths}}Z",
                "contentType": "application/json"
            }"#,
        ),
    Sample::new("checkr", "report.completed")
        .id("627e1b2cd4bd4e5e9e2f3a4b")
        .json(
            r#"{
                "id": "{{id}}",
                "object": "event",
                "type": "{{type}}",
                "created_at": "{{time}}Z",
                "webhook_url": "https://example.com/webhooks",
                "data": {
                    "object": {
                        "id": "4722c07dd9a10c3985ae432a",
                        "object": "report",
                        "status": "complete",
                        "result": "clear",
                        "candidate_id": "e44aa283528e6fde7d542194"
                    }
                },
                "account_id": "f5ed6dd8a3b7c9e1d2f40a6b"
            }"#,
        ),
];
