"""Signing where the signature is in the body, for those who test their handlers."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List

from casebook import Case, Topic, sign_body_case
from fixtures import MSG, NOW, TEXT_OTHER, TEXT_SECRET, b64, tag

_KEY = TEXT_SECRET.encode()
_MISSING, _MALFORMED = "missing_signature", "malformed_signature"
_HEX_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"


def _mailgun(token: str) -> str:
    return tag(_KEY, f"{NOW}{token}".encode()).hex()


def _adyen(content: str) -> str:
    return b64(tag(bytes.fromhex(_HEX_KEY), content.encode()))


def _providers() -> List[Case]:
    def case(called: str, about: str, want: Any, scheme: str, body: bytes, **more: Any) -> Case:
        return sign_body_case(
            f"sign-body-{called}", about, want, scheme=scheme, body=body,
            **{"secrets": [TEXT_SECRET], "now": NOW, **more},
        )  # fmt: skip

    event = b'"event-data": {"id": "e1"}'
    sent = f'{{"signature":"{_mailgun(MSG)}","token":"{MSG}","timestamp":"{NOW}"}}'.encode()
    old = b'"signature":{"timestamp":1,"token":"t","signature":"0"}'
    signed_again = f'"signature":{{"timestamp":"{NOW}","token":"t","signature":"{_mailgun("t")}"}}'
    adyen: Dict[str, Any] = {"secrets": [_HEX_KEY]}
    item = b'{"pspReference":"p1","amount":{"value":5,"currency":"EUR"},"success":true%s}'
    first, second = _adyen("p1::::5:EUR::true"), _adyen("p1:::m:5:EUR::true")
    around = hashlib.md5(b'{"auth":"%s","n":1}' % _KEY).hexdigest()
    return [
        case("mailgun", "Mailgun: time, token and signature are added.",
             b'{"signature":' + sent + b"," + event + b"}", "mailgun", b"{" + event + b"}",
             message_id=MSG),
        case("mailgun-again", "What is there is replaced, and without an id the token stays.",
             b"{" + event + b"," + signed_again.encode() + b"}", "mailgun",
             b"{" + event + b"," + old + b"}"),
        case("mailgun-empty", "An empty object.",
             f'{{"signature":{{"signature":"{_mailgun("")}","timestamp":"{NOW}"}}}}'.encode(),
             "mailgun", b"{}"),
        case("adyen", "Adyen: each item is signed, and what stands between them is not kept.",
             b'{"notificationItems" : [{"NotificationRequestItem":{"additionalData":'
             b'{"hmacSignature":"%s"},%s},{"NotificationRequestItem": {"additionalData":'
             b'{"hmacSignature":"%s","x":"y"},%s}]}'
             % (first.encode(), (item % b"")[1:], second.encode(),
                (item % b',"merchantReference":"m"')[1:]),
             "adyen",
             b'{"notificationItems" : [ {"NotificationRequestItem":%s} , {"NotificationRequestItem": '
             b'{"additionalData":{"x":"y"},%s}]}'
             % (item % b"", (item % b',"merchantReference":"m"')[1:]), **adyen),
        case("adyen-no-items", "Adyen: there are no items.", _MISSING, "adyen",
             b'{"notificationItems":[]}', says="nothing at notificationItems that could be", **adyen),
        case("adyen-other-body", "Adyen: there is no array.", _MISSING, "adyen", b"{}", **adyen),
        case("figma", "Figma: the passcode.",
             f'{{"passcode":"{TEXT_SECRET}","event_type":"PING"}}'.encode(), "figma",
             b'{"event_type":"PING"}', message_id=MSG),
        case("figma-escaped", "A passcode that needs escapes.",
             '{"passcode":"a\\"b\\\\c\u00e9"}'.encode(), "figma", b"{}", secrets=['a"b\\c\u00e9']),
        case("figma-first-secret", "The first of two secrets signs.",
             f'{{"passcode":"{TEXT_OTHER}"}}'.encode(), "figma", b"{}",
             secrets=[TEXT_OTHER, TEXT_SECRET]),
        case("unisender-go", "Unisender Go: the digest.",
             f'{{"auth":"{around}","n":1}}'.encode(), "unisender-go", b'{"n":1}'),
        case("unisender-go-again", "In the place of another.",
             f'{{"auth":"{around}","n":1}}'.encode(), "unisender-go", b'{"auth":7,"n":1}'),
        case("header-scheme", "Where the signature is in a header the body stays as it is.",
             b"any \xff bytes", "github", b"any \xff bytes"),
    ]  # fmt: skip


def _described() -> List[Case]:
    scheme = {"name": "custom", "signature_field": "a.b.c", "content": "{field:n}"}
    proof = tag(_KEY, b"7").hex()

    def case(called: str, about: str, want: Any, body: str, parts: Dict[str, Any] = scheme,
             **more: Any) -> Case:  # fmt: skip
        if isinstance(want, list):
            want = want[0].replace("PROOF", proof).encode()
        return sign_body_case(
            f"sign-body-{called}", about, want, scheme=parts, secrets=[TEXT_SECRET],
            body=body.encode(), now=NOW, **more,
        )  # fmt: skip

    items = {"name": "custom", "signature_items": "l", "signature_field": "p",
             "content": "{field:n}"}  # fmt: skip
    named = {**scheme, "dedupe": "body:n"}
    by_name = tag(_KEY, MSG.encode()).hex()
    return [
        case("whole-way", "All objects on the way are added.",
             ['{"a":{"b":{"c":"PROOF"}},"n":7}'], '{"n":7}'),
        case("part-of-way", "The innermost object on the way gets it first.",
             ['{"n":7,"a":{"b":{"c":"PROOF"},"x":1}}'], '{"n":7,"a":{"x":1}}'),
        case("whitespace", "Whitespace stays.", ['\n{ "n": 7, "a": {"b":{"c":"PROOF"} } }\r\n'],
             '\n{ "n": 7, "a": { } }\r\n'),
        case("null-on-way", "What is null on the way becomes an object.",
             ['{"a":{"b":{"c":"PROOF"}},"n":7}'], '{"a":null,"n":7}'),
        case("text-on-way", "As does a text.", ['{"a":{"b":{"c":"PROOF"}},"n":7}'],
             '{"a":{"b":"x"},"n":7}'),
        case("object-in-place", "An object in the place of the signature is replaced.",
             ['{"a":{"b":{"c":"PROOF"}},"n":7}'], '{"a":{"b":{"c":{"d":[1]}}},"n":7}'),
        case("dedupe", "The id is the delivery's identity, if that is covered.",
             f'{{"n":"{MSG}","a":{{"b":{{"c":"{by_name}"}}}}}}'.encode(),
             '{"n":7,"a":{"b":{}}}', named, message_id=MSG),
        case("dedupe-uncovered", "If it is not, the body stays as it is.",
             ['{"a":{"b":{"c":"PROOF"}},"m":1,"n":7}'], '{"m":1,"n":7}',
             {**scheme, "dedupe": "body:m"}, message_id=MSG),
        case("repeated", "A signature that stands twice.", _MALFORMED,
             '{"a":{"b":{"c":"","c":""}},"n":7}',
             says="the field a.b.c of the body, which is signed, appears more than once"),
        case("repeated-way", "What is on the way to it stands twice.", _MALFORMED,
             '{"a":{},"a":{},"n":7}'),
        case("repeated-covered", "What it covers stands twice.", _MALFORMED, '{"n":7,"n":7}',
             says="the field n of the body"),
        case("covered-object", "What it covers has no text.", _MALFORMED, '{"n":{}}'),
        case("not-json", "A body that is no JSON.", _MISSING, "n=7",
             says="the body is no JSON object and has no signature at a.b.c"),
        case("array", "A body that is an array.", _MISSING, "[]"),
        case("item-no-object", "An item that is no object.", _MISSING, '{"l":[7]}', items),
        case("items-repeated", "The array stands twice.", _MALFORMED, '{"l":[{}],"l":[]}', items),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "sign-body.json",
        "sign_body",
        "Bodies with the signature in them, for schemes that have it there.",
        _providers() + _described(),
    )
