"""What looks like one cause and is another, and what says nothing."""

from __future__ import annotations

from typing import Any, List

from casebook import Case
from explainbook import explain_case
from fixtures import NOW, TEXT_SECRET, b64, github, slack, tag, with_value

LIKELY, PROVEN = "likely", "proven"
_BODY = b'{"n":1}'


def cases() -> List[Case]:
    """Each says what must not be blamed."""

    def case(called: str, about: str, want: Any, scheme: str, headers: Any, body: bytes = _BODY,
             secret: str = TEXT_SECRET, **more: Any) -> Case:  # fmt: skip
        return explain_case(
            f"explain-misleading-{called}", about, want, scheme=scheme, secrets=[secret],
            headers=headers, body=body, now=NOW, **more,
        )  # fmt: skip

    hub = "x-hub-signature-256"
    basic = ("Authorization", "Basic dXNlcjpwYXNz")
    sha1 = [("X-Hub-Signature", "sha1=" + tag(TEXT_SECRET.encode(), _BODY, "sha1").hex())]
    older = {"header": hub, "expected": "sha256", "found": "sha1"}
    form = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    twilio = [("X-Twilio-Signature", b64(bytes(20)))]
    called = "https://hooks.example/twilio"
    renamed = [
        (name.replace("-", "_"), value) for name, value in slack(_BODY) if "signature" in name.lower()
    ]
    dropped = ("header_dropped", PROVEN)
    return [
        case("authorization", "An Authorization header is no sign of Okta.", [dropped], "github",
             [basic], gives={"header": hub}),
        case("older-signature", "Of two signatures the older alone is not Intercom's.",
             [("signature_version", LIKELY)], "github", sha1, gives=older),
        case("older-signature-of-meta", "Nor is it in Meta's.", [("signature_version", LIKELY)],
             "meta", sha1, gives=older),
        case("form-as-json", "A form that was parsed and written as JSON lacks no digest in its URL.",
             [("form_rewritten", LIKELY)], "twilio", [form, *twilio], b'{"From":"+14155551234"}',
             url=called, gives={"signed": "form"}),
        case("empty-get", "A GET has no body.", [], "twilio", twilio, b"", method="GET", url=called),
        case("empty-head", "Nor has a HEAD.", [], "trello",
             [("X-Trello-Webhook", b64(bytes(20)))], b"", method="HEAD", url=called),
        case("empty-post", "A POST has.", [("body_empty", LIKELY)], "twilio", twilio, b"",
             method="POST", url=called),
        case("empty-token", "A token does not cover the body.", [], "gitlab-token",
             [("X-Gitlab-Token", "another")], b""),
        case("decoded-token", "Whatever is in it.", [], "telegram",
             [("X-Telegram-Bot-Api-Secret-Token", "another")], '{"text":"\ufffd"}'.encode()),
        case("decoded-mailgun", "A signature in the body that covers two fields of it.", [],
             "mailgun", [],
             ('{"signature":{"timestamp":"%d","token":"t","signature":"%s"},"x":"\ufffd"}'
              % (NOW, "00" * 32)).encode()),
        case("renamed-and-gone", "One header has another name, another is gone.",
             [("header_renamed", LIKELY), dropped], "slack", renamed,
             gives={"header": "x-slack-signature", "found": "x_slack_signature",
                    "how": "underscores"}),
        case("other-scheme-alone", "What is proven to be another scheme's has no name changed.",
             [("other_scheme", PROVEN)], "coinbase-commerce",
             [("X-WC-Webhook-Signature", b64(tag(TEXT_SECRET.encode(), _BODY)))],
             gives={"scheme": "woocommerce", "secret": 0}),
        case("form-of-header", "A defect of form, which no other secret or body mends.", [], "github",
             with_value(github(_BODY), hub, "")),
        case("form-of-signature", "Nor one of the signature's.", [], "github",
             with_value(github(_BODY), hub, "sha256=" + "0" * 63)),
        case("other-proxies", "Of several proxies the first, with a space behind the comma.",
             [("url_differs", PROVEN)], "square",
             [("X-Square-HmacSha256-Signature",
               b64(tag(TEXT_SECRET.encode(), b"https://hooks.example/square" + _BODY))),
              ("X-Forwarded-Host", "hooks.example, inner")],
             url="https://10.0.0.7/square", gives={"host": "x-forwarded-host"}),
    ]  # fmt: skip
