"""Bodies are bytes: nothing is decoded, normalised or interpreted before the signature."""

from __future__ import annotations

from typing import List, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, github, standard, stripe

_MISMATCH = "signature_mismatch"
_NOT_JSON = "payload_not_json"
_BROKEN = b'{"name":"caf\xe9"}'
_REPLACED = b'{"name":"caf\xef\xbf\xbd"}'


def _accepted(
    called: str, about: str, body: bytes, event: Optional[str] = None, says: Optional[str] = None
) -> Case:
    """Under the standard scheme, which puts the body after other parts."""
    return verify_case(
        f"bodies-{called}", about, "accept", scheme="standard",
        secrets=[SAMPLES["standard"].secret], headers=standard(body), body=body, now=NOW,
        event=event, event_says=says,
    )  # fmt: skip


def _other_body(called: str, about: str, signed: bytes, received: bytes) -> Case:
    return verify_case(
        f"bodies-{called}", about, _MISMATCH, scheme="standard",
        secrets=[SAMPLES["standard"].secret], headers=standard(signed), body=received, now=NOW,
    )  # fmt: skip


def _byte_exact() -> List[Case]:
    not_utf8 = "payload_not_utf8"
    replacement = b"$& $1 $$ $` $' \\0 \\1 {body} {id} {{timestamp}} %s {0}"
    large = b'{"type":"bulk","filler":"' + b"0123456789abcdef" * 4096
    large = large[: 64 * 1024 - 2] + b'"}'
    return [
        _accepted("empty", "An empty body is signed like any other.", b"",
                  _NOT_JSON, "the payload is empty"),
        _accepted("invalid-utf-8", "A Latin-1 byte: the signature fits, and parsing fails.",
                  _BROKEN, not_utf8, "byte 12 begins no character"),
        _accepted("replacement-character", "U+FFFD itself is a character like any other.",
                  _REPLACED),
        _other_body("replacement-for-invalid",
                    "A body decoded with replacement is another body: the invalid byte was signed.",
                    _BROKEN, _REPLACED),
        _other_body("invalid-for-replacement",
                    "The invalid byte in place of the U+FFFD that was signed.",
                    _REPLACED, _BROKEN),
        _accepted("all-256-bytes", "Every byte once.", bytes(range(256)),
                  not_utf8, "byte 128 begins no character"),
        _accepted("byte-order-mark", "A byte order mark is signed, and is no JSON.",
                  b'\xef\xbb\xbf{"a":1}', _NOT_JSON, "begins with a byte order mark"),
        _other_body("byte-order-mark-removed", "The byte order mark was removed on the way.",
                    b'\xef\xbb\xbf{"a":1}', b'{"a":1}'),
        _accepted("nul", "A NUL does not end the body.", b'{"a":1}\x00{"b":2}', _NOT_JSON,
                  "is not JSON"),
        _other_body("after-nul", "What comes after a NUL is covered.",
                    b'{"a":1}\x00{"b":2}', b'{"a":1}\x00{"b":3}'),
        _accepted("template-characters",
                  "What looks like a part, a group or a format is text of the body.",
                  b'{"note":"' + replacement.replace(b"\\", b"\\\\") + b'"}'),
        _accepted("bare-template", "The same without any JSON around it.",
                  replacement, _NOT_JSON),
        _accepted("crlf", "CRLF stays CRLF.", b'{\r\n  "a": 1\r\n}\r\n'),
        _other_body("crlf-to-lf", "CRLF became LF on the way.",
                    b'{\r\n  "a": 1\r\n}\r\n', b'{\n  "a": 1\n}\n'),
        _other_body("newline-trimmed", "The last line break was trimmed.",
                    b'{"a":1}\n', b'{"a":1}'),
        _other_body("key-order", "The same object with its keys in another order.",
                    b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
        _other_body("whitespace", "The same object with other spaces.",
                    b'{"a": 1}', b'{"a":1}'),
        _other_body("escapes", "The same string with an escape written out.",
                    b'{"a":"\\u00e9"}', b'{"a":"\xc3\xa9"}'),
        _other_body("number-form", "The same number in another form.",
                    b'{"a":1.0}', b'{"a":1}'),
        _other_body("unicode-normal-form", "The same text in another normal form.",
                    '{"a":"\u00e9"}'.encode(), '{"a":"e\u0301"}'.encode()),
        _other_body("duplicated", "The body twice.", b'{"a":1}', b'{"a":1}{"a":1}'),
        _accepted("64-kib", "A body of 64 KiB.", large),
    ]  # fmt: skip


def _blocks() -> List[Case]:
    """Lengths at which the padding of SHA-256 takes another block."""
    bodies = {length: b'{"a":"' + b"x" * (length - 8) + b'"}' for length in (55, 56, 63, 64, 65)}
    return [
        verify_case(
            f"bodies-{length}-bytes", f"A signed content of {length} bytes.", "accept",
            scheme="github", secrets=[SAMPLES["github"].secret], headers=github(body),
            body=body, now=NOW,
        )
        for length, body in bodies.items()
    ]  # fmt: skip


def _other_schemes() -> List[Case]:
    return [
        verify_case(
            "bodies-github-empty", "An empty body under a scheme that signs the body alone.",
            "accept", scheme="github", secrets=[SAMPLES["github"].secret], headers=github(b""),
            body=b"", now=NOW, event=_NOT_JSON, event_says="the payload is empty",
        ),
        verify_case(
            "bodies-github-invalid-utf-8", "An invalid byte where the body alone is signed.",
            "accept", scheme="github", secrets=[SAMPLES["github"].secret],
            headers=github(_BROKEN), body=_BROKEN, now=NOW, event="payload_not_utf8",
        ),
        verify_case(
            "bodies-github-replacement-for-invalid",
            "A body decoded with replacement, under a scheme that signs the body alone.",
            _MISMATCH, scheme="github", secrets=[SAMPLES["github"].secret],
            headers=github(_BROKEN), body=_REPLACED, now=NOW,
        ),
        verify_case(
            "bodies-stripe-invalid-utf-8", "An invalid byte under a scheme with a timestamp label.",
            "accept", scheme="stripe", secrets=[SAMPLES["stripe"].secret],
            headers=stripe(_BROKEN), body=_BROKEN, now=NOW, event="payload_not_utf8",
        ),
        verify_case(
            "bodies-github-lone-surrogate-bytes", "A surrogate written as three bytes is no UTF-8.",
            "accept", scheme="github", secrets=[SAMPLES["github"].secret],
            headers=github(b'{"a":"\xed\xa0\x80"}'), body=b'{"a":"\xed\xa0\x80"}', now=NOW,
            event="payload_not_utf8", event_says="byte 6 begins no character",
        ),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-bodies.json",
        "verify",
        "Bodies are signed byte for byte, whatever they hold.",
        _byte_exact() + _blocks() + _other_schemes(),
    )
