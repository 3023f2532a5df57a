"""Vectors that providers and their libraries publish."""

from __future__ import annotations

from casebook import Topic, verify_case

_STANDARD_BODY = b'{"test": 2432232314}'
_STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_STANDARD_ID = ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
_STANDARD_TIME = ("webhook-timestamp", "1614265330")
_SLACK_TRIGGER = "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
_SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
    b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=" + _SLACK_TRIGGER.encode("ascii")
)


def topic() -> Topic:
    cases = [
        verify_case(
            "published-github-docs",
            "The example of GitHub's documentation; its body is no JSON.",
            "accept",
            source="github/docs content/webhooks/using-webhooks/validating-webhook-deliveries.md",
            scheme="github",
            secrets=["It's a Secret to Everybody"],
            headers=[
                (
                    "x-hub-signature-256",
                    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                )
            ],
            body=b"Hello, World!",
            now=1614265330,
            gives={"timestamp": None, "id": None},
            event="payload_not_json",
            event_says="neither JSON nor a form",
        ),
        verify_case(
            "published-octokit-foo",
            "The plain vector of octokit.",
            "accept",
            source="octokit/webhooks-methods.js test/verify.test.ts",
            scheme="github",
            secrets=["mysecret"],
            headers=[
                (
                    "x-hub-signature-256",
                    "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3",
                )
            ],
            body=b'{"foo":"bar"}',
            now=1614265330,
            event={"data": '{"foo":"bar"}', "type": None},
        ),
        verify_case(
            "published-octokit-escapes",
            "Escapes stay as they were sent: the signed text writes \\u001B with a capital B.",
            "accept",
            source="octokit/webhooks-methods.js test/verify.test.ts (#71)",
            scheme="github",
            secrets=["development"],
            headers=[
                (
                    "x-hub-signature-256",
                    "sha256=afecc3caa27548bb90d51a50384cb2868b9a3327b4ad6a01c9bd4ed0f8b0b12c",
                )
            ],
            body=(
                '{"foo":"Foo\\n\\u001B[34mbar: '
                + "\u2665" * 8
                + '\\nthis-is-lost\\u001B[0m\\u001B[2K"}'
            ).encode("utf-8"),
            now=1614265330,
            event={"id": None},
        ),
        verify_case(
            "published-standard-v1",
            "The vector that the Standard Webhooks libraries share.",
            "accept",
            source="standard-webhooks/standard-webhooks libraries/*/test; svix-server worker.rs",
            scheme="standard",
            secrets=[_STANDARD_SECRET],
            headers=[
                _STANDARD_ID,
                _STANDARD_TIME,
                ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ],
            body=_STANDARD_BODY,
            now=1614265330,
            gives={"id": _STANDARD_ID[1], "timestamp": 1614265330},
            event={"type": None, "timestamp": None, "data": None},
        ),
        verify_case(
            "published-standard-v1a",
            "An asymmetric v1a signature alone is of another version to a receiver with a v1 key.",
            "unsupported_signature",
            says="the header webhook-signature holds no v1 signature, only other versions",
            source="svix-webhooks server/svix-server/src/worker.rs test_asymmetric_key_signing",
            scheme="standard",
            secrets=[_STANDARD_SECRET],
            headers=[
                _STANDARD_ID,
                _STANDARD_TIME,
                (
                    "webhook-signature",
                    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXw"
                    "VLPo3mNl8EM+m7TBAg==",
                ),
            ],
            body=_STANDARD_BODY,
            now=1614265330,
        ),
        verify_case(
            "published-svix-docs",
            "The example of Svix's documentation.",
            "accept",
            source="svix/svix-docs content/receiving/verifying-payloads/how-manual.mdx",
            scheme="svix",
            secrets=["whsec_plJ3nmyCDGBKInavdOK15jsl"],
            headers=[
                ("svix-id", "msg_loFOjxBNrRLzqYUf"),
                ("svix-timestamp", "1731705121"),
                ("svix-signature", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="),
            ],
            body=b'{"event_type":"ping","data":{"success":true}}',
            now=1731705121,
            gives={"dedupe_key": "svix:msg_loFOjxBNrRLzqYUf"},
            event={"type": None, "data": '{"success":true}'},
        ),
        verify_case(
            "published-slack",
            "The slash command of Slack's documentation: the body is a form.",
            "accept",
            source="slackapi/python-slack-sdk tests/slack_sdk/signature/test_signature_verifier.py",
            scheme="slack",
            secrets=["8f742231b10e8888abcd99yyyzzz85a5"],
            headers=[
                ("x-slack-request-timestamp", "1531420618"),
                (
                    "x-slack-signature",
                    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
                ),
            ],
            body=_SLACK_BODY,
            now=1531420618,
            gives={"id": None, "dedupe_key": None},
            event={
                "id": _SLACK_TRIGGER,
                "type": "/webhook-collect",
                "dedupe_key": "slack:" + _SLACK_TRIGGER,
                "data": _SLACK_BODY.decode("ascii"),
            },
        ),
    ]
    return Topic(
        "published.json",
        "verify",
        "Vectors published by providers and their libraries; the signatures were not made here.",
        cases,
    )
