"""Which schemes a request's headers fit."""

from __future__ import annotations

from typing import List

from casebook import Case, Headers, Topic
from explainbook import detect_case
from fixtures import NOW, SAMPLES, github, mapped, standard, stripe, svix, with_value, without

_BODY = b"{}"
_OF_STANDARD = [
    "standard", "svix", "dodo-payments", "fathom", "folk", "gitlab", "openai", "polar", "replicate",
]  # fmt: skip


def _case(called: str, about: str, want: List[str], headers: Headers) -> Case:
    return detect_case(f"detect-{called}", about, want, headers=headers)


def topic() -> Topic:
    hub = "x-hub-signature-256"
    cases = [
        _case("none", "No headers.", [], []),
        _case("foreign", "Headers of no scheme.", [], [("Content-Type", "application/json")]),
        _case("github", "All of GitHub's.", ["github", "meta"], github(_BODY)),
        _case("signature-alone", "The header that two schemes have.", ["github", "meta"],
              [pair for pair in github(_BODY) if pair[0].lower() == hub]),
        _case("standard", "Standard Webhooks and its kin.", _OF_STANDARD, standard(_BODY)),
        _case("svix", "Svix and those who deliver by it.", ["svix", "clerk", "fathom", "resend"],
              svix(_BODY)),
        _case("incomplete", "A set that lacks one.", [],
              without(standard(_BODY), "webhook-timestamp")),
        _case("malformed", "A signature of another form.", [],
              mapped(github(_BODY), hub, lambda value: value[:-1])),
        _case("other-version", "A signature of another version.", [],
              with_value(github(_BODY), hub, "sha1=" + "00" * 20)),
        _case("malformed-timestamp", "A timestamp of another form.", [],
              stripe(_BODY, at="yesterday")),
        _case("no-timestamp", "A list without a timestamp.", [],
              [("Stripe-Signature", "v1=" + "00" * 32)]),
        _case("conflicting", "Two values.", [],
              [*github(_BODY), ("x-hub-signature-256", "sha256=" + "00" * 32)]),
        _case("repeated", "One value twice.", ["stripe"], stripe(_BODY) * 2),
        _case("two", "Those of two.", ["github", "meta", "stripe"],
              [*stripe(_BODY), *github(_BODY)]),
        _case("authorization", "Anybody may have that header.", [], [("Authorization", "hush")]),
        _case("token", "A token.", ["gitlab-token"], [("X-Gitlab-Token", "hush")]),
        _case("sha1", "By its prefix.", ["intercom"], [("X-Hub-Signature", "sha1=" + "00" * 20)]),
        _case("sha256", "By its prefix, of three.", ["bitbucket", "jira"],
              [("X-Hub-Signature", "sha256=" + "00" * 32)]),
        _case("milliseconds", "A number that may be either.", ["stripe"],
              stripe(_BODY, at=NOW * 1000)),
        _case("public-key", "A signature by a public key, of any form.", ["discord"],
              [("X-Signature-Ed25519", "00"), ("X-Signature-Timestamp", str(NOW))]),
        _case("jws", "Three parts.", ["plaid"], [("Plaid-Verification", "e30.e30.AA")]),
        _case("jws-parts", "Two parts.", [], [("Plaid-Verification", "e30.AA")]),
        _case("in-body", "Of a signature in the body the headers say nothing.", [],
              [("X-Amz-Sns-Message-Type", "Notification")]),
        *(
            _case(f"sample-{name}", "A request of each.", detected, SAMPLES[name].headers())
            for name, detected in (
                ("slack", ["slack"]),
                ("shopify", ["shopify"]),
                ("sha256", ["sha256", "cursor"]),
            )
        ),
    ]  # fmt: skip
    return Topic(
        "detect.json", "detect", "Which registered schemes a request's headers fit.", cases
    )
