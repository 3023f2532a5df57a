"""Why requests are refused, and what would make them pass."""

from __future__ import annotations

import base64
import json
from typing import Any, List, Optional, Sequence, Tuple, Union

from casebook import Case, Disagreement, Headers, Topic
from explainbook import explain_case
from fixtures import (
    NOW,
    SAMPLES,
    STANDARD_OTHER,
    STANDARD_SECRET,
    STRIPE_SECRET,
    TEXT_OTHER,
    TEXT_SECRET,
    b64,
    github,
    mapped,
    sha256_equals,
    shopify,
    slack,
    standard,
    stripe,
    stripe_v1,
    svix,
    tag,
    with_value,
    without,
)
from reference.explain_text import SUGGESTIONS
from topics import explanations_bounded, explanations_misleading, explanations_public_keys

PROVEN, LIKELY = "proven", "likely"
Want = Union[str, Sequence[Tuple[str, str]]]

_VALUE = {"id": "évt 1/2", "type": "a<b>&c", "data": {"empty": {}, "list": [1, 2.50, None, []]}}
_BODY = json.dumps(_VALUE, separators=(",", ":"), ensure_ascii=False).encode()


def _case(
    called: str,
    about: str,
    want: Want,
    *,
    scheme: Any = "github",
    secrets: Sequence[str] = (TEXT_SECRET,),
    headers: Optional[Headers] = None,
    signed: bytes = _BODY,
    body: Optional[bytes] = None,
    now: int = NOW,
    **more: Any,
) -> Case:
    """`want` alone is a proven finding. The headers are GitHub's for what was signed, if there are
    none."""
    return explain_case(
        f"explain-{called}",
        about,
        [(want, PROVEN)] if isinstance(want, str) else want,
        scheme=scheme,
        secrets=secrets,
        headers=github(signed) if headers is None else headers,
        body=signed if body is None else body,
        now=now,
        **more,
    )


def _bodies() -> List[Case]:
    layouts = {
        "compact": json.dumps(_VALUE, separators=(",", ":"), ensure_ascii=False),
        "spaced": json.dumps(_VALUE, ensure_ascii=False),
        "indent-2": json.dumps(_VALUE, indent=2, ensure_ascii=False),
        "indent-4": json.dumps(_VALUE, indent=4, ensure_ascii=False),
    }
    cases = [
        _case(
            f"body-{layout}", f"The body was written again; what was signed is {layout}.",
            "body_reserialised", signed=text.encode(),
            body=layouts["spaced" if layout == "compact" else "compact"].encode(),
            gives={"layout": layout.replace("-", "_"), "escapes": "kept"},
        )
        for layout, text in layouts.items()
    ]  # fmt: skip
    ascii_ = json.dumps(_VALUE, separators=(",", ":"))
    html = layouts["compact"]
    for character in "<>&":
        html = html.replace(character, f"\\u{ord(character):04x}")
    escapes = {
        "ascii": ascii_,
        "slashes": layouts["compact"].replace("/", "\\/"),
        "ascii_slashes": ascii_.replace("/", "\\/"),
        "html": html,
    }
    cases += [
        _case(f"body-{escapes.replace('_', '-')}", "The body was written with other escapes.",
              "body_reserialised", signed=text.encode(), body=_BODY,
              gives={"layout": "compact", "escapes": escapes})
        for escapes, text in escapes.items()
    ]  # fmt: skip
    cases += [
        _case("body-plain", "What was signed has no escapes that need not be.",
              "body_reserialised", body=html.encode(),
              gives={"layout": "compact", "escapes": "plain"}),
        _case("body-python-default", "As Python's json.dumps writes it.", "body_reserialised",
              signed=json.dumps(_VALUE).encode(), body=_BODY,
              gives={"layout": "spaced", "escapes": "ascii"}),
        _case("body-php-pretty", "As PHP's JSON_PRETTY_PRINT writes it.", "body_reserialised",
              signed=json.dumps(_VALUE, indent=4).replace("/", "\\/").encode(), body=_BODY,
              gives={"layout": "indent_4", "escapes": "ascii_slashes"}),
        _case("body-array", "An array at the top.", "body_reserialised",
              signed=b'[1, {"a": [ ]}]'.replace(b"[ ]", b"[]"), body=b'[1,{"a":[]}]'),
        _case("body-whitespace-inside", "Whitespace that no writer makes.", "body_reserialised",
              signed=b'{"a":[{},"x y"]}', body=b' { "a" : [ { } ,\t"x y" ]\r\n} ',
              gives={"layout": "compact", "escapes": "kept"}),
        _case("body-surrogates", "A pair of escapes is one character.", "body_reserialised",
              signed='{"a":"\U0001f600"}'.encode(), body=b'{"a":"\\ud83d\\ude00"}',
              gives={"layout": "compact", "escapes": "plain"}),
        _case("body-lone-surrogate", "Half of a pair is kept, or nothing is tried.",
              "body_reserialised", signed=b'{"a": "\\ud83d"}', body=b'{"a":"\\ud83d"}',
              gives={"layout": "spaced", "escapes": "kept"}),
        _case("body-controls", "Characters that are always escaped.", "body_reserialised",
              signed=b'{"a":"\\b\\f\\n\\r\\t\\u0001\\"\\\\"}',
              body=b'{"a":"\\u0008\\u000C\\u000a\\u000D\\u0009\\u0001\\u0022\\u005c"}',
              gives={"layout": "compact", "escapes": "plain"}),
        _case("body-no-json", "What is no JSON is not written again.", [],
              signed=b'{"a":1,}', body=b'{"a": 1, }'),
        _case("body-number-changed", "A number that was changed cannot be known.", [],
              signed=b'{"a":1.0}', body=b'{"a":1}'),
        _case("body-keys-sorted", "An order that was changed cannot be known.", [],
              signed=b'{"b":1,"a":2}', body=b'{"a":2,"b":1}'),
        _case("body-lf-added", "A line break at the end.", "trailing_newline",
              body=_BODY + b"\n", gives={"change": "added", "newline": "lf"}),
        _case("body-crlf-added", "A line break of Windows.", "trailing_newline",
              body=_BODY + b"\r\n", gives={"change": "added", "newline": "crlf"}),
        _case("body-lf-added-to-cr", "A line break after the carriage return that was signed.",
              "trailing_newline", signed=_BODY + b"\r", body=_BODY + b"\r\n",
              gives={"change": "added", "newline": "lf"}),
        _case("body-lf-lost", "A line break that was stripped.", "trailing_newline",
              signed=_BODY + b"\n", body=_BODY, gives={"change": "lost", "newline": "lf"}),
        _case("body-crlf-lost", "One of Windows that was stripped.", "trailing_newline",
              signed=_BODY + b"\r\n", body=_BODY, gives={"change": "lost", "newline": "crlf"}),
        _case("body-bom-added", "A byte order mark that was not sent.", "byte_order_mark",
              body=b"\xef\xbb\xbf" + _BODY, gives={"change": "added"}),
        _case("body-bom-lost", "A byte order mark that was stripped.", "byte_order_mark",
              signed=b"\xef\xbb\xbf" + _BODY, body=_BODY, gives={"change": "lost"}),
        _case("body-lf-to-crlf", "Line breaks became those of Windows.", "line_endings",
              signed=b'{\n  "a": 1\n}', body=b'{\r\n  "a": 1\r\n}', gives={"signed": "lf"}),
        _case("body-crlf-to-lf", "Line breaks of Windows were converted.", "line_endings",
              signed=b'{\r\n  "a": 1\r\n}', body=b'{\n  "a": 1\n}', gives={"signed": "crlf"}),
        _case("body-base64", "The body is base64, as of a gateway.", "body_is_base64",
              body=base64.b64encode(_BODY), gives={}),
        _case("body-json-string", "The body is a text in JSON.", "body_is_json_string",
              body=json.dumps(_BODY.decode()).encode(), gives={}),
        _case("body-latin-1-read", "UTF-8 was read as Latin-1.", "body_recoded",
              body=_BODY.decode("latin-1").encode(), gives={"fault": "decoded_as_latin_1"}),
        _case("body-latin-1-written", "Text was written in Latin-1.", "body_recoded",
              body=_BODY.decode().encode("latin-1"), gives={"fault": "encoded_as_latin_1"}),
        _case("body-replaced", "Bytes were replaced by U+FFFD.", [("body_decoded", LIKELY)],
              body=_BODY.decode("ascii", "replace").encode(), gives={"count": 2}),
        _case("body-empty", "The body was read before.", [("body_empty", LIKELY)], body=b""),
    ]  # fmt: skip
    forms = {
        "plus": (b"a=x+y&b=%C3%A9~*", b"a=x%20y&b=%C3%A9~*"),
        "percent_20": (b"b=x%20y&a=%C3%A9~*", b"b=x+y&a=%C3%A9~*"),
        "upper_hex": (b"b=%C3%A9~&a=%2Fa", b"b=%c3%a9~&a=%2fa"),
        "lower_hex": (b"b=%c3%a9~&a=%2fa", b"b=%C3%A9~&a=%2Fa"),
        "browser": (b"b=x+y%7E&a=*%2F", b"b=x%20y~&a=%2A/"),
        "browser_percent_20": (b"b=x%20y%7E&a=*%2F", b"b=x+y~&a=%2A/"),
        "sorted": (b"a=1&b=2&c=", b"c=&b=2&a=1"),
    }
    cases += [
        _case(f"form-{how.replace('_', '-')}", "A form was written again.", "form_rewritten",
              scheme="github", signed=signed, body=body, gives={"signed": how})
        for how, (signed, body) in forms.items()
    ]  # fmt: skip
    return cases


def _secrets() -> List[Case]:
    key = bytes(range(32))
    texts = {
        "text": (b64(key), b64(key).encode(), {"key": "base64", "secret_prefix": "whsec_"}),
        "text_without_prefix": (
            STANDARD_SECRET, STANDARD_SECRET[6:].encode(), {"key": "base64", "secret_prefix": "whsec_"}
        ),
        "base64": (STANDARD_SECRET, key, {}),
        "base64url": ("v1,whsec_" + "_-8", b"\xff\xef", {}),
        "hex": (key.hex(), key, {}),
        "text_with_whsec_prefix": ("abc", b"whsec_abc", {}),
        "text_with_line_break": (TEXT_SECRET, TEXT_SECRET.encode() + b"\n", {}),
        "without_quotes": (f'"{TEXT_SECRET}"', TEXT_SECRET.encode(), {}),
        "base64_text": ("abc", base64.b64encode(b"abc"), {}),
        "base64_text_with_whsec_prefix": ("abc", b"whsec_" + base64.b64encode(b"abc"), {}),
        "hex_text": ("abc", b"616263", {}),
        "hex_upper_text": ("jkl", b"6A6B6C", {}),
    }  # fmt: skip
    cases = []
    for form, (secret, used, keys) in texts.items():
        scheme = {"name": "x", "headers": {"signature": "x-sig"}, "prefix": "sha256=", **keys}
        cases.append(
            _case(f"secret-{form.replace('_', '-')}", "The sender uses another form of the secret.",
                  "secret_form", scheme=scheme, secrets=[secret],
                  headers=[("X-Sig", "sha256=" + tag(used, _BODY).hex())],
                  gives={"secret": 0, "form": form})
        )  # fmt: skip
    return [
        *cases,
        _case("secret-of-several", "Of several, it is another form of the second.", "secret_form",
              secrets=[TEXT_OTHER, f"'{TEXT_SECRET}'"],
              gives={"secret": 1, "form": "without_quotes"}),
        _case("secret-token", "Another form of a token.", "secret_form", scheme="gitlab-token",
              headers=[("X-Gitlab-Token", "hush"), ("X-Gitlab-Event-UUID", "1")],
              secrets=['"hush"'], gives={"secret": 0, "form": "without_quotes"}),
        _case("secret-hex-key", "A key that is hexadecimal, used as its text.", "secret_form",
              scheme="adyen-header", secrets=["00ff"],
              headers=[("HmacSignature", b64(tag(b"00ff", _BODY)))],
              gives={"secret": 0, "form": "text"}),
        _case("secret-stale", "Another form, and stale.",
              [("secret_form", PROVEN), ("clock_skew", PROVEN)], scheme="stripe",
              secrets=[f"'{STRIPE_SECRET}'"], headers=stripe(_BODY), now=NOW + 1_000),
        _case("secret-wrong", "Another secret.", [], secrets=[TEXT_OTHER]),
        _case("accepted", "Nothing is wrong.", [], secrets=[TEXT_OTHER, TEXT_SECRET]),
    ]  # fmt: skip


def _times() -> List[Case]:
    def stale(called: str, about: str, want: Want, at: Any, **more: Any) -> Case:
        return _case(f"time-{called}", about, want, scheme="standard", secrets=[STANDARD_SECRET],
                     headers=standard(_BODY, at=at), **more)  # fmt: skip

    skew = ("clock_skew", PROVEN)
    zone = ("time_zone", LIKELY)
    unit = ("timestamp_unit", LIKELY)
    milliseconds = {
        "name": "x",
        "headers": {"signature": "x-sig", "timestamp": "x-time"},
        "content": "{timestamp}{body}",
        "timestamp_format": "milliseconds",
    }

    def in_milliseconds(called: str, want: Want, at: int) -> Case:
        signature = tag(b"hush", str(at).encode() + _BODY).hex()
        return _case(f"time-{called}", "Milliseconds are the scheme's unit.", want,
                     scheme=milliseconds, secrets=["hush"],
                     headers=[("x-time", str(at)), ("x-sig", signature)])  # fmt: skip

    return [
        stale("old", "Too old.", "clock_skew", NOW - 301,
              gives={"seconds": 301, "tolerance": 300, "direction": "past"}),
        stale("new", "Too new.", "clock_skew", NOW + 301,
              gives={"seconds": 301, "tolerance": 300, "direction": "future"}),
        stale("zone-past", "Two hours, nearly.", [skew, zone], NOW - 7_200 + 60),
        stale("zone-future", "Fourteen hours.", [skew, zone], NOW + 14 * 3_600),
        stale("no-zone-slack", "Two hours and more than a minute.", "clock_skew", NOW - 7_261),
        stale("no-zone-half", "Half an hour is no zone.", "clock_skew", NOW - 1_800),
        stale("no-zone-far", "Fifteen hours are no zone.", "clock_skew", NOW - 15 * 3_600),
        stale("milliseconds", "Milliseconds for seconds.", [skew, unit], NOW * 1_000 + 5),
        stale("microseconds", "Microseconds for seconds.", [skew, unit], NOW * 10**6),
        stale("nanoseconds", "Nanoseconds for seconds.", [skew, unit], NOW * 10**9),
        stale("now-milliseconds", "The clock is in milliseconds.", [skew, ("clock_unit", LIKELY)],
              NOW, now=NOW * 1_000),
        stale("now-microseconds", "The clock is in microseconds.", [skew, ("clock_unit", LIKELY)],
              NOW, now=NOW * 10**6),
        stale("now-zero", "The clock is at nothing.", [skew], NOW, now=0),
        stale("own-tolerance", "By the webhook's tolerance.", "clock_skew", NOW - 11,
              tolerance=(10, None)),
        in_milliseconds("in-seconds", [skew, unit], NOW),
        in_milliseconds("in-microseconds", [skew, unit], NOW * 10**6),
        in_milliseconds("in-nanoseconds", [skew, unit], NOW * 10**9),
        in_milliseconds("fraction", "clock_skew", NOW * 1_000 - 300_001),
        stale("form-rfc3339", "RFC 3339 for seconds.", [("timestamp_form", LIKELY)],
              "2023-11-14T22:13:20Z", gives={"expected": "seconds", "found": "rfc3339"}),
        stale("form-fraction", "A fraction.", [("timestamp_form", LIKELY)], f"{NOW}.5",
              gives={"expected": "seconds", "found": "fraction"}),
        stale("form-none", "No time at all.", [], "yesterday"),
        _case("time-form-label", "In the signature's header.", [("timestamp_form", LIKELY)],
              scheme="stripe", secrets=[STRIPE_SECRET],
              headers=stripe(_BODY, at="2023-11-14T22:13:20Z")),
        _case("time-form-no-label", "No timestamp at all.", [], scheme="stripe",
              secrets=[STRIPE_SECRET], headers=[("Stripe-Signature", stripe_v1(_BODY))]),
        *(
            _case(f"time-form-{found}", "A number where RFC 3339 is the form.",
                  [("timestamp_form", LIKELY)],
                  scheme={**milliseconds, "timestamp_format": "rfc3339"}, secrets=["hush"],
                  headers=[("x-time", at), ("x-sig", "00" * 32)],
                  gives={"expected": "rfc3339", "found": found})
            for found, at in (("seconds", "1700000000"), ("milliseconds", "1700000000123"))
        ),
    ]  # fmt: skip


def _headers() -> List[Case]:
    signature = "x-hub-signature-256"
    value = sha256_equals(_BODY)

    def renamed(called: str, about: str, name: str, how: str) -> Case:
        return _case(f"header-{called}", about, "header_renamed", headers=[(name, value)],
                     gives={"header": signature, "found": name.lower(), "how": how})  # fmt: skip

    standard_headers = standard(_BODY)
    as_cgi = [(f"HTTP_{name.upper()}".replace("-", "_"), text) for name, text in standard_headers]
    return [
        renamed("underscores", "Underscores for dashes.", "X_Hub_Signature_256", "underscores"),
        renamed("cgi", "As CGI names it.", "HTTP_X_HUB_SIGNATURE_256", "prefix"),
        renamed("redirect", "As Apache names it.", "REDIRECT_HTTP_X_HUB_SIGNATURE_256", "prefix"),
        renamed("forwarded", "A proxy's prefix.", "X-Forwarded-X-Hub-Signature-256", "prefix"),
        renamed("no-x", "Without its X.", "Hub-Signature-256", "x_prefix"),
        renamed("misspelt", "With two faults.", "X-Hub-Signatur-255", "spelling"),
        _case("header-misspelt-more", "With three faults.", "header_dropped",
              headers=[("X-Hub-Signatu-255", value)], gives={"header": signature}),
        _case("header-added-x", "With an X.", [("header_renamed", PROVEN)] * 3, scheme="standard",
              secrets=[STANDARD_SECRET],
              headers=[(f"X-{name}", text) for name, text in standard_headers],
              gives={"header": "webhook-signature", "found": "x-webhook-signature",
                     "how": "x_prefix"}),
        _case("header-all-cgi", "All of a set, as CGI names them.", [("header_renamed", PROVEN)] * 3,
              scheme="standard", secrets=[STANDARD_SECRET], headers=as_cgi),
        _case("header-cgi-stale", "Renamed, and stale.",
              [("header_renamed", PROVEN)] * 3 + [("clock_skew", PROVEN)], scheme="standard",
              secrets=[STANDARD_SECRET], headers=as_cgi, now=NOW + 400),
        _case("header-renamed-mismatch", "Renamed, and of another secret.",
              [("header_renamed", LIKELY)], secrets=[TEXT_OTHER],
              headers=[("X_Hub_Signature_256", value)]),
        _case("header-dropped", "One of a set is gone.", "header_dropped", scheme="standard",
              secrets=[STANDARD_SECRET], headers=without(standard_headers, "webhook-timestamp"),
              gives={"header": "webhook-timestamp"}),
        _case("header-nearest-set", "Of the set that is nearest.", "header_dropped", scheme="svix",
              secrets=[STANDARD_SECRET], headers=without(standard_headers, "webhook-id"),
              gives={"header": "webhook-id"}),
        _case("header-none", "None at all.", [("header_dropped", PROVEN)] * 3, scheme="standard",
              secrets=[STANDARD_SECRET], headers=[("Content-Type", "application/json")]),
        _case("header-strange-names", "Names that are no names are not repeated.", "header_dropped",
              headers=[("X Hub Signature 256", value), ("x-hub-signature-256\u00e9", value)]),
        _case("header-repeated", "A second value; the last is right.", "header_repeated",
              headers=[("X-Hub-Signature-256", "sha256=00"), ("x-hub-signature-256", value)],
              gives={"header": signature, "instance": 1}),
        _case("header-repeated-wrong", "Two values, neither of which is right.", "header_repeated",
              headers=[("X-Hub-Signature-256", "sha256=00"), ("x-hub-signature-256", "sha256=11")],
              gives={"header": signature}),
        _case("header-empty", "An empty header: the message says all.", [],
              headers=[("X-Hub-Signature-256", "")]),
        _case("scheme-other", "GitHub's headers at a webhook of Stripe.", "other_scheme",
              scheme="stripe", headers=github(_BODY), gives={"scheme": "github", "secret": 0}),
        _case("scheme-other-second", "By the second secret.", "other_scheme", scheme="stripe",
              secrets=[TEXT_OTHER, TEXT_SECRET], headers=slack(_BODY),
              gives={"scheme": "slack", "secret": 1}),
        _case("scheme-other-likely", "Whose secret is not given.", [("other_scheme", LIKELY)],
              scheme="stripe", secrets=[TEXT_OTHER], headers=shopify(_BODY),
              gives={"scheme": "shopify"}),
        _case("scheme-same-headers", "Two schemes have the same headers.", "other_scheme",
              scheme={"name": "x", "headers": {"signature": signature}, "prefix": "sha256=",
                      "content": "x{body}"},
              gives={"scheme": "github", "secret": 0}),
        _case("scheme-svix-at-standard", "Svix's headers at Standard Webhooks.", "other_scheme",
              scheme="standard", secrets=[STANDARD_SECRET], headers=svix(_BODY)),
        _case("scheme-of-signature", "The same header, another algorithm.", "other_scheme",
              scheme="bitbucket",
              headers=[("X-Hub-Signature",
                        "sha1=" + tag(TEXT_SECRET.encode(), _BODY, "sha1").hex())],
              gives={"scheme": "intercom", "secret": 0}),
    ]  # fmt: skip


def _signatures() -> List[Case]:
    digest = tag(TEXT_SECRET.encode(), _BODY)

    def written(called: str, about: str, value: str, gives: Any, **more: Any) -> Case:
        return _case(f"signature-{called}", about, "signature_encoding",
                     headers=[("X-Hub-Signature-256", value)],
                     gives={"header": "x-hub-signature-256", "expected": "hex", **gives},
                     **more)  # fmt: skip

    odd = b"\xfb" * 32  # in base64 with characters that base64url has not
    urlsafe = base64.urlsafe_b64encode(odd).decode()
    version = [("signature_version", LIKELY)]
    named = "webhook-signature"
    return [
        written("upper-case", "In capitals.", "sha256=" + digest.hex().upper(),
                {"found": "hex-upper"}),
        written("mixed-case", "In both cases.", "sha256=" + digest.hex().replace("a", "A"),
                {"found": "hex-mixed"}),
        written("base64", "In base64.", "sha256=" + b64(digest), {"found": "base64"}),
        written("base64-unpadded", "In base64 without padding.",
                "sha256=" + b64(digest).rstrip("="), {"found": "base64-unpadded"}),
        written("no-prefix", "Without its prefix.", digest.hex(),
                {"found": "hex", "prefix": "missing"}),
        written("other-prefix", "With another prefix.", "v1=" + digest.hex(),
                {"found": "hex", "prefix": "unexpected"}),
        _case("signature-prefix", "With a prefix where there is none.", "signature_encoding",
              scheme="shopify",
              headers=with_value(shopify(_BODY), "x-shopify-hmac-sha256", "sha256=" + digest.hex()),
              gives={"header": "x-shopify-hmac-sha256", "expected": "base64", "found": "hex",
                     "prefix": "unexpected"}),
        _case("signature-in-list", "In a list.", "signature_encoding", scheme="standard",
              secrets=[STANDARD_SECRET],
              headers=mapped(standard(_BODY), named, lambda value: "v1a,AAAA " + value[3:])),
        _case("signature-in-labelled-list", "Beside a timestamp.", "signature_encoding",
              scheme="stripe", secrets=[STRIPE_SECRET],
              headers=mapped(stripe(_BODY), "stripe-signature",
                             lambda value: value[:-64] + value[-64:].upper())),
        _case("signature-encoding-mismatch", "Another form, of another secret.",
              [("signature_encoding", LIKELY)], secrets=[TEXT_OTHER],
              headers=[("X-Hub-Signature-256", "sha256=" + b64(digest))]),
        *(
            _case(f"signature-{found}", "A form that fits no secret.",
                  [("signature_encoding", LIKELY)],
                  headers=[("X-Hub-Signature-256", "sha256=" + text)],
                  gives={"header": "x-hub-signature-256", "expected": "hex", "found": found})
            for found, text in (("base64url", urlsafe.rstrip("=")), ("base64url-padded", urlsafe))
        ),
        _case("signature-asymmetric", "Of the version with a public key.", version,
              scheme="standard", secrets=[STANDARD_OTHER],
              headers=with_value(standard(_BODY), named, "v1a," + b64(bytes(64))),
              gives={"header": named, "expected": "v1", "found": "v1a"}),
        _case("signature-v0", "Of an older version.", version, scheme="stripe",
              secrets=[STRIPE_SECRET],
              headers=[("Stripe-Signature", f"t={NOW},v0=" + "00" * 32)],
              gives={"header": "stripe-signature", "expected": "v1", "found": "v0"}),
        _case("signature-sha1", "Of another algorithm.", version,
              headers=[("X-Hub-Signature-256", "sha1=" + "00" * 20)],
              gives={"header": "x-hub-signature-256", "expected": "sha256", "found": "sha1"}),
        _case("signature-length", "Of another length.", version, scheme="shopify",
              headers=[("X-Shopify-Hmac-Sha256", b64(bytes(64)))],
              gives={"header": "x-shopify-hmac-sha256", "expected": "hmac-sha256",
                     "found": "sha512"}),
        _case("signature-unknown-label", "A label that is not repeated.", [],
              headers=[("X-Hub-Signature-256", "hush=AAAA")]),
        _case("signature-cut", "Cut short.", [],
              headers=[("X-Hub-Signature-256", "sha256=" + digest.hex()[:-1])]),
    ]  # fmt: skip


def _calls() -> List[Case]:
    called = "https://hooks.example/square?a=1"
    body = b'{"merchant_id":"M"}'

    def square(
        name: str, about: str, want: Want, url: Optional[str], signed: str = called,
        more: Sequence[Tuple[str, str]] = (), **gives: Any,
    ) -> Case:  # fmt: skip
        signature = b64(tag(TEXT_SECRET.encode(), signed.encode() + body))
        return _case(f"url-{name}", about, want, scheme="square", signed=body, url=url,
                     headers=[("X-Square-HmacSha256-Signature", signature), *more],
                     gives=gives or None)  # fmt: skip

    signs_method = {
        "name": "x", "headers": {"signature": "x-sig"}, "content": "{method}{url}{body}",
    }  # fmt: skip

    def method(name: str, want: Want, given: Optional[str], used: str, **gives: Any) -> Case:
        signature = tag(b"hush", (used + called).encode() + body).hex()
        return _case(f"method-{name}", "The method is signed.", want, scheme=signs_method,
                     secrets=["hush"], headers=[("x-sig", signature)], signed=body, url=called,
                     method=given, gives=gives or None)  # fmt: skip

    differs = "url_differs"
    inner = "http://10.0.0.7:8080/square?a=1"
    twilio = "https://hooks.example/twilio"
    return [
        square("scheme", "HTTP within, HTTPS without.", differs, called.replace("https", "http"),
               scheme="https"),
        square("scheme-http", "The other way round.", differs, called,
               called.replace("https", "http"), scheme="http"),
        square("port-added", "A port that was not called.", differs,
               called.replace("example", "example:8443"), port="none"),
        square("port-443", "A port that was called.", differs, called,
               called.replace("example", "example:443"), port="443"),
        square("port-80", "The port of HTTP.", differs, called,
               called.replace("example", "example:80"), port="80"),
        square("port-forwarded", "A port that the proxy says.", differs, called,
               called.replace("example", "example:8443"), [("X-Forwarded-Port", "8443")],
               port="x-forwarded-port"),
        square("scheme-and-port", "Two at once.", differs, "http://hooks.example:3000/square?a=1",
               scheme="https", port="none"),
        square("host", "The host that the proxy says, and HTTPS.", differs, inner,
               more=[("X-Forwarded-Host", "hooks.example,inner"), ("Host", "inner")],
               scheme="https", host="x-forwarded-host"),
        square("host-header", "The host of the request.", differs, "https://inner/square?a=1",
               more=[("Host", "hooks.example")], host="host"),
        square("slash-added", "A slash at the end.", differs, called.replace("?", "/?"),
               path="without_slash"),
        square("slash-lost", "A slash that was signed.", differs, "https://hooks.example?a=1",
               "https://hooks.example/?a=1", path="with_slash"),
        square("query-added", "A query that was not signed.", differs, called,
               "https://hooks.example/square", query="none"),
        square("path", "The path before the proxy rewrote it.", differs, "https://hooks.example/",
               more=[("X-Original-URI", "/square?a=1")], path="x-original-uri"),
        square("all", "Scheme, host and path.", differs, "http://inner:80/",
               more=[("X-Forwarded-Host", "hooks.example"), ("X-Original-URI", "/square?a=1")],
               scheme="https", host="x-forwarded-host", path="x-original-uri"),
        square("relative", "A path alone.", differs, "/square?a=1",
               more=[("Host", "hooks.example")], scheme="https", host="host"),
        square("relative-no-host", "A path alone, and no host.", [], "/square?a=1"),
        square("no-url", "What is no URL.", [], "hooks.example/square"),
        square("missing", "The URL is not passed.", "context_missing", None, part="url"),
        _case("url-query-lost", "The digest of JSON is in the query.", [("url_query_lost", LIKELY)],
              scheme="twilio", signed=body, url=twilio,
              headers=[("X-Twilio-Signature", b64(bytes(20)))],
              gives={"parameter": "bodySHA256"}),
        method("lower", "method_differs", "post", "POST", signed="upper_case"),
        method("upper", "method_differs", "POST", "post", signed="lower_case"),
        method("other", "method_differs", "GET", "PUT", signed="PUT"),
        method("missing", "context_missing", None, "POST", part="method"),
        method("unknown", [], "GET", "BREW"),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [
        *_bodies(), *_secrets(), *_times(), *_headers(), *_signatures(), *_calls(),
        *explanations_public_keys.cases(),
        *explanations_bounded.cases(),
        *explanations_misleading.cases(),
        *(
            _case(f"wrong-secret-{scheme}", "Another secret of each scheme.", [], scheme=scheme,
                  secrets=[sample.other_secret], headers=sample.headers(), signed=sample.body)
            for scheme, sample in SAMPLES.items()
        ),
    ]  # fmt: skip
    found = {
        finding["code"] for case in cases for finding in case.fields["expect"]["findings"]
    }
    if found != set(SUGGESTIONS):
        raise Disagreement(f"codes without a case: {sorted(set(SUGGESTIONS) - found)}")
    return Topic(
        "explain.json",
        "explain",
        "Why a request is refused, and what would make it pass.",
        cases,
    )
