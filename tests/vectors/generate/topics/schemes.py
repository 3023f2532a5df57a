"""Schemes at construction: unknown names, every reason of a malformed description, and limits."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case, Topic, construct_case
from fixtures import SAMPLES, TEXT_SECRET
from topics import schemes_in_body
from topics.provider_samples import provider_samples

_BAD, _UNKNOWN = "malformed_scheme", "unknown_scheme"
_SIGNATURE = {"signature": "x-signature"}
_TIMED = {"signature": "x-signature", "timestamp": "x-time"}
_WITH_ID = {"signature": "x-signature", "id": "x-id"}

_HEADER_NAME = "a header name is not lower-case letters, digits and - (1 to 64)"
_TWICE = "a header set names one header for two parts"
_ID_OF_PROOF = "its event id is the header of the signature or the timestamp"
_PREFIX = "its prefix does not end in = or , after a label of 1 to 16 letters, digits, _ and -"
_LABEL_NEEDS = "a timestamp label needs a separator and a prefix that ends in ="
_LABEL = "its timestamp label is not 1 to 16 letters, digits, _ and -"
_BRACES = "its content has an unknown part or an unmatched brace"
_SOURCE = "an event source is not id, header:NAME, body:PATH or joined:PATH,PATH"
_PATH = "a body path is not 1 to 4 names joined by dots"
_REQUIRES = "it requires an event id or type that it has no source for"
_TIME_WORDS = "seconds, milliseconds, rfc3339, seconds-or-rfc3339"


def _described(**parts: Any) -> Dict[str, Any]:
    return {"name": "custom", "headers": _SIGNATURE, **parts}


def _bad(called: str, about: str, reason: str, **parts: Any) -> Case:
    return construct_case(
        f"scheme-{called}", about, _BAD, says=f"the scheme is malformed: {reason}",
        scheme=_described(**parts), secrets=[TEXT_SECRET],
    )  # fmt: skip


def _good(called: str, about: str, **parts: Any) -> Case:
    return construct_case(
        f"scheme-{called}", about, "accept", scheme=_described(**parts), secrets=[TEXT_SECRET]
    )


def _names() -> List[Case]:
    secrets = {sample.scheme: sample.secret for sample in provider_samples()}
    says = "no scheme is registered under this name; names are lower-case, such as standard"
    unknown = (
        ("nonsense", "nonsense"), ("empty", ""), ("capital", "Stripe"), ("upper-case", "GITHUB"),
        ("space", "stripe "), ("constructor", "constructor"), ("proto", "__proto__"), ("to-string", "toString"),
    )  # fmt: skip
    cases = [
        construct_case(
            f"scheme-unknown-{called}", f"No scheme has the name {name!r}.", _UNKNOWN, says=says,
            scheme=name, secrets=[TEXT_SECRET],
        )
        for called, name in unknown
    ] + [
        construct_case(
            f"scheme-registered-{name}", "A registered scheme.", "accept",
            scheme=name, secrets=[sample.secret],
        )
        for name, sample in SAMPLES.items()
    ] + [
        construct_case(
            f"scheme-alias-{alias}", f"Another name of {name}.", "accept",
            scheme=alias, secrets=[SAMPLES[name].secret],
        )
        for alias, name in (
            ("facebook", "meta"), ("instagram", "meta"), ("messenger", "meta"),
            ("threads", "meta"), ("whatsapp", "meta"), ("github-enterprise", "github"),
            ("standard-webhooks", "standard"),
        )
    ] + [
        construct_case(
            f"scheme-alias-{alias}", f"Another name of {name}.", "accept",
            scheme=alias, secrets=[secrets[name]],
        )
        for alias, name in (
            ("dodo", "dodo-payments"), ("bitbucket-cloud", "bitbucket"),
            ("bitbucket-data-center", "bitbucket"), ("bitbucket-server", "bitbucket"),
            ("jira-cloud", "jira"), ("docusign-connect", "docusign"),
            ("lemonsqueezy", "lemon-squeezy"), ("calcom", "cal-com"),
            ("paddle-billing", "paddle"), ("twitch-eventsub", "twitch"),
            ("hubspot", "hubspot-v3"), ("grafana-alerting", "grafana"),
            ("mailchimp-transactional", "mandrill"),
        )
    ]  # fmt: skip
    return cases + [
        construct_case(
            "scheme-unknown-before-secrets", "The scheme is looked at before the secrets.",
            _UNKNOWN, scheme="nonsense", secrets=[],
        ),
        construct_case(
            "scheme-malformed-before-secrets", "A malformed scheme is reported before a secret.",
            _BAD, scheme=_described(content="{id}"), secrets=[""],
        ),
    ]  # fmt: skip


def _handshakes() -> List[Case]:
    needs = "its handshake needs hmac-sha256 (zoom-url-validation) or a token (okta-verification)"
    token: Any = {"algorithm": "token", "content": ""}
    anywhere = (
        "slack-url-verification", "meta-verification", "twitch-callback-verification",
        "discord-ping", "sns-confirmation", "dropbox-challenge", "asana-hook-secret",
        "notion-verification-token", "mailersend-test", "head-probe", "get-probe",
    )  # fmt: skip
    return [
        *(_good(f"handshake-{word}", "A handshake that goes with every algorithm.",
                handshake=word, algorithm="hmac-sha512") for word in anywhere),
        *(_good(f"answers-{word}", "A form of answers.", answers=word)
          for word in ("described", "empty", "described-400")),
        _good("handshake-zoom", "Zoom's is answered by HMAC-SHA-256.", handshake="zoom-url-validation"),
        _good("handshake-okta", "Okta's is known by its token.", handshake="okta-verification", **token),
        _bad("handshake-zoom-sha1", "And not by another.", needs, handshake="zoom-url-validation",
             algorithm="hmac-sha1"),
        _bad("handshake-zoom-token", "A token answers nothing.", needs,
             handshake="zoom-url-validation", **token),
        _bad("handshake-okta-hmac", "A key is not sent.", needs, handshake="okta-verification"),
        _bad("handshake-after-content", "What is signed comes first.",
             "its content does not cover the body", handshake="okta-verification", content=""),
        _bad("handshake-before-secret-prefix", "The secret's prefix comes later.", needs,
             handshake="okta-verification", secret_prefix="x_"),
    ]  # fmt: skip


def _words() -> List[Case]:
    return [
        _bad("word-algorithm", "An algorithm without its hmac-.",
             "algorithm is not one of hmac-sha256, hmac-sha1, hmac-sha512, plain-sha256, plain-md5, token", algorithm="sha256"),
        _bad("word-algorithm-md5", "An algorithm that is not offered.",
             "algorithm is not one of", algorithm="hmac-md5"),
        _bad("word-encoding", "An encoding that is not offered.",
             "encoding is not one of hex, hex-upper, hex-any-case, base64, base64url", encoding="base32"),
        _bad("word-encoding-case", "Words compare with regard to case.",
             "encoding is not one of", encoding="HEX"),
        _bad("word-key", "A key form that is not offered.",
             "key is not one of text, base64, hex, base64-or-text, base64-and-text", key="utf8"),
        _bad("word-timestamp-format", "A form of timestamps that is not offered.",
             f"timestamp_format is not one of {_TIME_WORDS}", timestamp_format="iso8601"),
        _bad("word-payload", "A payload that is not offered.",
             "payload is not one of json, json-batch, form, json-or-form", payload="xml"),
        _bad("word-event-time-format", "A form of the event's time that is not offered.",
             f"event_time_format is not one of {_TIME_WORDS}", event_time_format="unix"),
        _bad("word-required", "A field that cannot be required.",
             "required is not one of id, type", required=["id", "time"]),
        _bad("word-handshake", "An unknown handshake.", "handshake is not one of slack-url-verification, "
             "meta-verification, zoom-url-validation, twitch-callback-verification, discord-ping, "
             "sns-confirmation, dropbox-challenge, okta-verification, asana-hook-secret, "
             "notion-verification-token, mailersend-test, head-probe, get-probe", handshake="echo"),
        _bad("word-answers", "An unknown form of answers.",
             "answers is not one of described, empty, described-400", answers="none"),
        _bad("word-empty", "An empty word.", "key is not one of", key=""),
        _bad("word-before-name", "Words are checked before everything else.",
             "required is not one of", name="", required=["x"]),
        _bad("word-order", "Of two wrong words the algorithm is first.",
             "algorithm is not one of", required=["x"], encoding="x", algorithm="x"),
    ]  # fmt: skip


def _name_and_headers() -> List[Case]:
    name = "its name is not 1 to 64 of a-z, 0-9 and -"
    none = "it names no signature header"
    sets = [{"signature": f"x-signature-{n}"} for n in range(5)]
    return [
        _bad("name-empty", "An empty name.", name, name=""),
        _bad("name-capital", "A capital letter.", name, name="Custom"),
        _bad("name-underscore", "An underscore.", name, name="my_scheme"),
        _bad("name-non-ascii", "A letter beyond ASCII.", name, name="caf\u00e9"),
        _bad("name-newline", "A line break at the end.", name, name="custom\n"),
        _bad("name-65", "65 characters.", name, name="a" * 65),
        _good("name-64", "64 characters.", name="a" * 64),
        _good("name-of-hyphens", "Hyphens and digits anywhere.", name="-9-"),
        _bad("headers-none", "No header set.", none, headers=[]),
        _bad("headers-empty-signature", "An empty name of the signature header.", none,
             headers={"signature": ""}),
        _bad("headers-second-empty", "An empty name in the second set.", none,
             headers=[sets[0], {"signature": ""}]),
        _bad("headers-five", "Five header sets.", "it has more than 4 header sets", headers=sets),
        _good("headers-four", "Four header sets.", headers=sets[:4]),
        _bad("header-capital", "A header name with capitals.", _HEADER_NAME,
             headers={"signature": "X-Signature"}),
        _bad("header-underscore", "A header name with an underscore.", _HEADER_NAME,
             headers={"signature": "x_signature"}),
        _bad("header-space", "A header name with a space.", _HEADER_NAME,
             headers={"signature": "x signature"}),
        _bad("header-65", "A header name of 65 characters.", _HEADER_NAME,
             headers={"signature": "x" * 65}),
        _good("header-64", "A header name of 64 characters.", headers={"signature": "x" * 64}),
        _bad("header-empty-id", "An empty name of the id header.", _HEADER_NAME,
             headers={"signature": "x-signature", "id": ""}),
        _bad("header-timestamp", "A malformed name of the timestamp header.", _HEADER_NAME,
             headers={"signature": "x-signature", "timestamp": "Date"},
             content="{timestamp}{body}"),
        _bad("header-source-capital", "A header source with capitals.", _HEADER_NAME,
             event_id="header:X-Id"),
        _bad("header-source-empty", "A header source without a name.", _HEADER_NAME,
             dedupe="header:"),
        _bad("header-second-set", "A malformed name in the second set.", _HEADER_NAME,
             headers=[sets[0], {"signature": "X"}]),
        _bad("sets-differ", "The second set has no id.",
             "its header sets do not have the same parts",
             headers=[_WITH_ID, {"signature": "y-signature"}]),
        _bad("sets-differ-in-timestamp", "One set has an id, the other a timestamp.",
             "its header sets do not have the same parts", headers=[_WITH_ID, _TIMED],
             content="{id}{body}"),
        _good("sets-null-part", "A part that is null is a part that is not there.",
              headers=[_SIGNATURE, {"signature": "y-signature", "id": None}]),
        _bad("set-id-is-signature", "One header for the signature and the id.", _TWICE,
             headers={"signature": "x-proof", "id": "x-proof"}),
        _bad("set-timestamp-is-signature", "One header for the signature and the timestamp.", _TWICE,
             headers={"signature": "x-proof", "timestamp": "x-proof"}, content="{timestamp}{body}"),
        _bad("set-timestamp-is-id", "One header for the id and the timestamp.", _TWICE,
             headers={"signature": "x-proof", "id": "x-one", "timestamp": "x-one"},
             content="{timestamp}{body}"),
        _bad("set-second-names-twice", "One header for two parts, in the second set.", _TWICE,
             headers=[_WITH_ID, {"signature": "x-proof", "id": "x-proof"}]),
        _good("sets-share-a-header", "Two sets with the same id header.",
              headers=[_WITH_ID, {"signature": "y-signature", "id": _WITH_ID["id"]}]),
        _bad("event-id-is-signature", "The signature's header as the event id.", _ID_OF_PROOF,
             event_id="header:x-signature"),
        _bad("event-id-is-second-signature", "The second set's signature header as the event id.",
             _ID_OF_PROOF, headers=sets[:2], event_id=["body:id", f"header:{sets[1]['signature']}"]),
        _bad("event-id-is-timestamp", "The timestamp's header as the event id.", _ID_OF_PROOF,
             headers=_TIMED, content="{timestamp}{body}", event_id=f"header:{_TIMED['timestamp']}"),
        _good("dedupe-is-signature", "The signature's header as the dedupe key.",
              dedupe="header:x-signature"),
        _bad("name-before-headers", "The name is checked before the headers.", name,
             name="", headers=[]),
    ]  # fmt: skip


def _signature_parts() -> List[Case]:
    label = {"prefix": "v1=", "separator": ",", "content": "{timestamp}{body}"}
    separator = "its separator is not a space, a comma or a semicolon"
    ends = "its separator also ends its prefix"
    both = "it has both a timestamp header and a timestamp label"
    return [
        _bad("prefix-no-end", "A prefix without = or , at its end.", _PREFIX, prefix="sha256"),
        _bad("prefix-colon", "A prefix that ends in a colon.", _PREFIX, prefix="sha256:"),
        _bad("prefix-only-equals", "A prefix without a label.", _PREFIX, prefix="="),
        _bad("prefix-of-17", "A label of 17 characters.", _PREFIX, prefix="a" * 17 + "="),
        _bad("prefix-space", "A space in the prefix.", _PREFIX, prefix="v 1="),
        _bad("prefix-dot", "A dot in the prefix.", _PREFIX, prefix="v1.0="),
        _bad("prefix-two-ends", "Two = at the end.", _PREFIX, prefix="v1=="),
        _bad("prefix-newline", "A line break after the prefix.", _PREFIX, prefix="v1=\n"),
        _good("prefix-of-16", "A label of 16 characters.", prefix="a" * 16 + "="),
        _good("prefix-comma", "A prefix that ends in a comma.", prefix="v1,", separator=" "),
        _bad("separator-pipe", "A separator that is not offered.", separator, separator="|"),
        _bad("separator-empty", "An empty separator is not null.", separator, separator=""),
        _bad("separator-two", "A separator of two characters.", separator, separator=",;"),
        _good("separator-and-space", "A space after the separator.", prefix="v1=", separator=", "),
        _bad("separator-two-spaces", "A space after a space.", separator, separator="  "),
        _bad("separator-space-first", "A space before the separator.", separator, separator=" ,"),
        _bad("separator-and-space-ends-prefix", "The separator would split the prefix.", ends,
             prefix="v1,", separator=", "),
        _bad("separator-ends-prefix", "The separator would split the prefix.", ends,
             prefix="v1,", separator=","),
        _good("separator-semicolon", "A semicolon.", prefix="v1=", separator=";"),
        _bad("label-no-separator", "A label without a separator.", _LABEL_NEEDS,
             prefix="v1=", timestamp_label="t", content="{timestamp}{body}"),
        _bad("label-no-prefix", "A label without a prefix.", _LABEL_NEEDS,
             separator=",", timestamp_label="t", content="{timestamp}{body}"),
        _bad("label-comma-prefix", "A label beside a prefix that ends in a comma.", _LABEL_NEEDS,
             prefix="v1,", separator=" ", timestamp_label="t", content="{timestamp}{body}"),
        _bad("label-empty", "An empty label.", _LABEL, timestamp_label="", **label),
        _bad("label-of-17", "A label of 17 characters.", _LABEL, timestamp_label="t" * 17, **label),
        _bad("label-with-equals", "A label with its equals sign.", _LABEL,
             timestamp_label="t=", **label),
        _bad("label-of-signatures", "The label of the signatures.",
             "its timestamp label is also the label of its signatures",
             timestamp_label="v1", **label),
        _bad("label-and-header", "A label and a header.", both,
             timestamp_label="t", headers=_TIMED, **label),
        _good("label-of-16", "A label of 16 characters.", timestamp_label="t" * 16, **label),
        _bad("prefix-before-separator", "The prefix is checked before the separator.", _PREFIX,
             prefix="v1", separator="|"),
        _bad("separator-before-label", "The separator is checked before the label.", separator,
             prefix="v1=", separator="|", timestamp_label=""),
    ]  # fmt: skip


def _content() -> List[Case]:
    no_body = "its content does not cover the body"
    no_id = "its content has the id but no id header is named"
    no_timestamp = "its content has the timestamp but no timestamp is named"
    uncovered = "it names a timestamp that its content does not cover"
    return [
        _bad("content-unknown-part", "A part that is not offered.", _BRACES,
             content="{body}{host}"),
        _bad("content-part-case", "Parts compare with regard to case.", _BRACES, content="{Body}"),
        _bad("content-part-space", "A space in the braces.", _BRACES, content="{ body }"),
        _bad("content-empty-part", "Nothing in the braces.", _BRACES, content="{}{body}"),
        _bad("content-open-brace", "A brace that is never closed.", _BRACES, content="{body}{"),
        _bad("content-close-brace", "A brace that was never opened.", _BRACES, content="{body}}"),
        _bad("content-three-braces", "Two braces are one literal; the third is unmatched.", _BRACES,
             content="{body}}}}"),
        _bad("content-empty", "An empty content.", no_body, content=""),
        _bad("content-no-body", "The URL alone.", no_body, content="{url}"),
        _bad("content-escaped-body", "Doubled braces: the text {body}, not the body.", no_body,
             content="{{body}}"),
        _bad("content-no-id-header", "An id without a header.", no_id, content="{id}.{body}"),
        _bad("content-no-timestamp", "A timestamp without a header or label.", no_timestamp,
             content="{timestamp}.{body}"),
        _bad("content-17-parts", "Seventeen parts.", "its content has more than 16 parts",
             content="{body}." * 8 + "{body}"),
        _good("content-16-parts", "Sixteen parts, eight of them literal.", content="{body}." * 8),
        _good("content-method-and-url", "Method and URL need no header.",
              content="{method} {url}\n{body}"),
        _bad("timestamp-header-uncovered", "A timestamp header that is not signed.", uncovered,
             headers=_TIMED, content="{body}"),
        _bad("timestamp-label-uncovered", "A timestamp label that is not signed.", uncovered,
             prefix="v1=", separator=",", timestamp_label="t"),
        _good("id-uncovered", "An id header that is not signed is allowed.", headers=_WITH_ID),
        _bad("content-body-before-id", "A missing body is reported before a missing id header.",
             no_body, content="{id}{timestamp}"),
        _bad("label-before-content", "The label is checked before the content.", _LABEL_NEEDS,
             timestamp_label="t", content="{x"),
    ]  # fmt: skip


def _other_proofs() -> List[Case]:
    token = "a token has content, or a key that is not text"
    secret = "its content has the secret and its algorithm is keyed, or the other way round"
    twice = "it names a further signature header twice"
    no_body = "its content does not cover the body"
    two_times = "it has a timestamp in the body and another, or a body that nothing covers"
    names = [f"x-signature-{number}" for number in range(16)]
    plain = {"algorithm": "plain-sha256", "content": "{secret}{body}"}
    return [
        _good("token", "A token.", algorithm="token", content=""),
        _bad("token-content", "A token with content.", token, algorithm="token"),
        _bad("token-key", "A token whose key is base64.", token,
             algorithm="token", content="", key="base64"),
        _bad("token-timestamp", "A token beside a timestamp, which it does not cover.",
             "it names a timestamp that its content does not cover",
             algorithm="token", content="", headers=_TIMED),
        construct_case(
            "scheme-token-secret", "A token that no header carries.", "malformed_secret",
            says="the secret is a token and holds a character that no header carries",
            scheme=_described(algorithm="token", content=""), secrets=["caf\u00e9"],
        ),
        construct_case(
            "scheme-token-control", "A token with a tab.", "malformed_secret",
            scheme=_described(algorithm="token", content=""), secrets=["a\tb"],
        ),
        _good("plain-hash", "A plain hash over secret and body.", **plain),
        _bad("plain-hash-no-secret", "A plain hash without the secret.", secret,
             algorithm="plain-sha256"),
        _bad("keyed-hash-with-secret", "A keyed hash with the secret.", secret,
             content="{secret}{body}"),
        _bad("plain-hash-no-body", "A plain hash of the secret alone.", no_body,
             algorithm="plain-sha256", content="{secret}"),
        _good("further-15", "Fifteen further headers.", further_signatures=names[:15]),
        _bad("further-16", "Sixteen.", "it has more than 15 further signature headers",
             further_signatures=names),
        _good("further-one", "One as a text.", further_signatures="x-signature-2"),
        _bad("further-capital", "A further header with capitals.", _HEADER_NAME,
             further_signatures=["X-Signature-2"]),
        _bad("further-twice", "A further header twice.", twice,
             further_signatures=["x-a", "x-b", "x-a"]),
        _bad("further-is-signature", "The header of the signature.", twice,
             further_signatures=["x-signature"]),
        _bad("further-is-timestamp", "The header of the timestamp.", twice,
             headers=_TIMED, content="{timestamp}{body}",
             further_signatures=[_TIMED["timestamp"]]),
        _good("body-time", "A timestamp in the body.", timestamp_field="a.b"),
        _bad("body-time-and-header", "And one in a header.", two_times,
             timestamp_field="a", headers=_TIMED, content="{timestamp}{body}"),
        _bad("body-time-of-token", "A body that nothing covers.", two_times,
             timestamp_field="a", algorithm="token", content=""),
        _bad("body-time-of-form", "A body that may be a form.",
             "it has a timestamp in a body that may be no JSON",
             timestamp_field="a", payload="json-or-form"),
        _bad("body-time-path", "A path of five names.", _PATH, timestamp_field="a.b.c.d.e"),
        _bad("body-time-empty", "An empty path.", _PATH, timestamp_field=""),
        _good("url-form", "A form of the URL.", url_form="either-port", content="{url}{body}"),
        _bad("url-form-uncovered", "A form of a URL that is not signed.",
             "it has a form of the URL, which its content does not cover", url_form="either-port"),
        _bad("word-url-form", "A form that is not offered.",
             "url_form is not one of as-given, either-port, partly-decoded", url_form="decoded"),
        _good("form", "The form of the body.", payload="form", content="{form}"),
        _bad("form-of-json", "The form of JSON.",
             "its content has the form of a payload that is none", content="{form}"),
        _bad("form-of-batch", "The form of a batch.",
             "its content has the form of a payload that is none",
             content="{form}", payload="json-batch"),
        _good("body-digest", "A digest of the body in the URL.", payload="json-or-form",
              content="{url}{form}", body_digest_parameter="sha"),
        _bad("body-digest-no-url", "In a URL that is not signed.",
             "it has a digest of the body in a URL, or for a form, that its content does not cover",
             payload="json-or-form", content="{form}", body_digest_parameter="sha"),
        _bad("body-digest-of-body", "Of a body that is signed itself.",
             "it has a digest of the body in a URL, or for a form, that its content does not cover",
             content="{url}{body}", body_digest_parameter="sha"),
        _bad("body-digest-empty", "A parameter without a name.",
             "it has a digest of the body in a URL, or for a form, that its content does not cover",
             payload="form", content="{url}{form}", body_digest_parameter=""),
        _good("both-keys", "Base64 and text.", key="base64-and-text", secret_prefix="whsec_"),
        _bad("both-keys-no-prefix", "Without a prefix.",
             "a key that is base64 or text needs a secret prefix", key="base64-and-text"),
        _good("two-forms", "A key that is base64 or text.",
              key="base64-or-text", secret_prefix="whsec_"),
        _bad("two-forms-no-prefix", "Without a prefix nothing tells which.",
             "a key that is base64 or text needs a secret prefix", key="base64-or-text"),
    ]  # fmt: skip


def _secret_and_events() -> List[Case]:
    return [
        _bad("secret-prefix-text", "A prefix of a secret that is text.",
             "a secret prefix needs a base64 or hex key", secret_prefix="whsec_"),
        _bad("source-unknown", "A source that is not offered.", _SOURCE, event_id="query:id"),
        _bad("source-empty", "An empty source.", _SOURCE, event_type=""),
        _bad("source-bare-path", "A path without body:.", _SOURCE, event_type="type"),
        _bad("source-body-word", "The word body alone.", _SOURCE, event_type="body"),
        _bad("source-header-word", "The word header alone.", _SOURCE, event_time="header"),
        _bad("source-capital", "A capital in the kind.", _SOURCE, dedupe="Body:id"),
        _bad("source-joined-alone", "One path alone is joined to nothing.", _SOURCE,
             dedupe="joined:a"),
        _bad("source-joined-empty", "A joined path that is empty.", _PATH, dedupe="joined:a,"),
        _bad("source-joined-five", "Five joined paths.",
             "a joined event source has more than 4 paths", event_id="joined:a,b,c,d,e"),
        _good("source-joined-four", "Four joined paths.", event_id="joined:a.b,c,d,e"),
        _bad("source-id-no-header", "The id of a scheme without an id header.",
             "it has the event source id but no id header", event_id="id"),
        _bad("source-dedupe-id-no-header", "The same for dedupe.",
             "it has the event source id but no id header", dedupe=["body:id", "id"]),
        _bad("source-five", "Five sources.", "an event field has more than 4 sources",
             event_id=[f"body:a{n}" for n in range(5)]),
        _good("source-four", "Four sources.", event_id=[f"body:a{n}" for n in range(4)]),
        _bad("path-empty", "An empty path.", _PATH, event_id="body:"),
        _bad("path-empty-name", "An empty name in a path.", _PATH, event_type="body:a..b"),
        _bad("path-leading-dot", "A dot before the path.", _PATH, event_type="body:.a"),
        _bad("path-trailing-dot", "A dot after the path.", _PATH, event_time="body:a."),
        _bad("path-five", "Five names.", _PATH, dedupe="body:a.b.c.d.e"),
        _good("path-four", "Four names.", dedupe="body:a.b.c.d"),
        _good("path-any-characters", "Names hold any characters but dots.",
              event_id="body:event id:\u00e9"),
        _bad("data-empty", "An empty path of the data.", _PATH, data=""),
        _bad("data-five", "Five names of the data.", _PATH, data="a.b.c.d.e"),
        _bad("required-id", "A required id without a source.", _REQUIRES, required=["id"]),
        _bad("required-type", "A required type without a source.", _REQUIRES,
             event_id="body:id", required=["id", "type"]),
        _good("required-both", "Both are required and have sources.",
              event_id="body:id", event_type="header:x-type", required=["id", "type"]),
        _bad("secret-prefix-before-sources", "The secret's prefix is checked before the sources.",
             "a secret prefix needs a base64 or hex key", secret_prefix="x", event_id="x"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "construct-schemes.json",
        "construct",
        "Schemes by name and by description: every reason of malformed_scheme, in its order.",
        _names() + _words() + _handshakes() + _name_and_headers() + _signature_parts() + _content()
        + _other_proofs() + schemes_in_body.cases() + _secret_and_events(),
    )  # fmt: skip
