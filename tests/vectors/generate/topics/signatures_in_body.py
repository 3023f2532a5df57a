"""Signatures in the body, under schemes that are described here: each part, and how bodies are read
before anything is verified."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, List

from casebook import Case, Topic, verify_case
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, Headers, b64, tag

_KEY = TEXT_SECRET.encode()
_MISSING, _MALFORMED = "missing_signature", "malformed_signature"
_MISMATCH = "signature_mismatch"
_PLAIN: Dict[str, Any] = {"signature_field": "proof", "content": "{field:a}.{field:b}"}


def _case(called: str, about: str, want: str, scheme: Dict[str, Any], body: bytes,
          headers: Headers = [], **more: Any) -> Case:  # fmt: skip
    return verify_case(
        f"in-body-{called}", about, want, scheme={"name": "custom", **scheme},
        secrets=more.pop("secrets", [TEXT_SECRET]), headers=headers, body=body, now=NOW, **more,
    )  # fmt: skip


def _body(content: str, rest: str) -> bytes:
    """A body with `rest` behind its signature, which covers `content`."""
    digits = tag(_KEY, content.encode("utf-8")).hex()
    return f'{{"proof":"{digits}"{rest}}}'.encode("utf-8")


def _fields() -> List[Case]:
    def case(called: str, about: str, want: str, content: str, rest: str, **more: Any) -> Case:
        return _case(f"field-{called}", about, want, _PLAIN, _body(content, rest), **more)

    of_a = "the field a of the body, which is signed,"
    nested = {**_PLAIN, "content": "{field:a.b.c}"}
    return [
        case("texts", "Texts are their characters.", "accept", "one.two", ',"a":"one","b":"two"'),
        case("order", "The content has its own order.", "accept", "1.2", ',"b":"2","a":"1"'),
        case("escapes", "Escapes are what they stand for.", "accept", "\u00e9\n\"\\/\U0001f511.2",
             ',"a":"\\u00e9\\n\\"\\\\\\/\\ud83d\\udd11","b":"2"'),
        case("escaped-name", "A name with an escape is that name.", "accept", "1.2",
             ',"\\u0061":"1","b":"2"'),
        case("number", "A number is what is written.", "accept", "1.50e3.-0",
             ',"a":1.50e3,"b":-0'),
        case("booleans", "Booleans are what is written.", "accept", "true.false",
             ',"a":true,"b":false'),
        case("null", "Null is nothing.", "accept", ".2", ',"a":null,"b":2'),
        case("absent", "What is absent is nothing.", "accept", ".2", ',"b":2'),
        case("empty", "An empty text is nothing, too.", "accept", ".2", ',"a":"","b":2'),
        case("part-in-value", "A value that looks like a part is not filled in again.", "accept",
             "{field:b}.2", ',"a":"{field:b}","b":2'),
        case("changed", "Another value.", _MISMATCH, "1.2", ',"a":"1","b":"3"'),
        case("moved", "A value that moved into the other field is another text.", _MISMATCH, "12.",
             ',"a":"1","b":"2"'),
        case("object", "An object has no text.", _MALFORMED, "{}.2", ',"a":{},"b":2',
             says=f"{of_a} is an object or array"),
        case("array", "An array has no text.", _MALFORMED, "[].2", ',"a":[],"b":2'),
        case("lone-surrogate", "Half of a surrogate pair has no bytes.", _MALFORMED, "?.2",
             ',"a":"\\ud83d","b":2', says=f"{of_a} holds a lone surrogate"),
        case("repeated", "A field that stands twice.", _MALFORMED, "1.2", ',"a":"1","b":"2","a":"1"',
             says=f"{of_a} appears more than once"),
        case("repeated-null", "The second is null.", _MALFORMED, "1.2", ',"a":"1","b":"2","a":null'),
        case("repeated-escaped", "The second has another spelling.", _MALFORMED, "1.2",
             ',"a":"1","b":"2","\\u0061":"1"'),
        case("repeated-other", "A field that is not read may stand twice.", "accept", "1.2",
             ',"a":"1","b":"2","c":1,"c":2'),
        case("repeated-deeper", "A name that is read stands for others deeper in the body.",
             "accept", "1.2", ',"a":"1","b":"2","c":{"a":"x","proof":"y"}'),
        _case("field-nested", "A field of an object of an object.", "accept", nested,
              _body("x", ',"a":{"b":{"c":"x"}}')),
        _case("field-nested-parent-repeated", "An object on its way stands twice.", _MALFORMED,
              nested, _body("x", ',"a":{"b":{"c":"x"}},"a":{}'),
              says="the field a.b.c of the body, which is signed, appears more than once"),
        _case("field-nested-parent-scalar", "What should be an object is none.", "accept", nested,
              _body("", ',"a":{"b":"x"}')),
        _case("field-nested-in-array", "A path does not lead into arrays.", "accept", nested,
              _body("", ',"a":[{"b":{"c":"x"}}]')),
    ]  # fmt: skip


#: What Amazon SNS signs, here by a keyed hash.
_LINES: Dict[str, Any] = {
    "signature_field": "Signature", "encoding": "base64",
    "content": "".join(
        f"{{line:{name}}}"
        for name in ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token",
                     "TopicArn", "Type")
    ),
}  # fmt: skip


def _lines() -> List[Case]:
    def case(called: str, about: str, want: str, content: str, **fields: Any) -> Case:
        body = json.dumps({**fields, "Signature": b64(tag(_KEY, content.encode()))}).encode()
        return _case(f"line-{called}", about, want, _LINES, body)

    sent = {"Type": "Notification", "MessageId": "m1", "TopicArn": "arn:1", "Message": "Hello",
            "Timestamp": "2022-07-28T21:23:58.317Z"}  # fmt: skip
    content = ("Message\nHello\nMessageId\nm1\n{}Timestamp\n2022-07-28T21:23:58.317Z\n"
               "TopicArn\narn:1\nType\nNotification\n")  # fmt: skip
    plain = content.format("")
    return [
        case("absent", "Lines of what is not there are left out.", "accept", plain, **sent),
        case("null", "As are those of what is null.", "accept", plain, **sent, Subject=None),
        case("present", "A line of what is there.", "accept", content.format("Subject\nHi\n"),
             **sent, Subject="Hi"),
        case("empty", "An empty text is there.", "accept", content.format("Subject\n\n"), **sent,
             Subject=""),
        case("number", "A number is what is written.", "accept", content.format("Subject\n7\n"),
             **sent, Subject=7),
        case("added", "A field that was added.", _MISMATCH, plain, **sent, Subject="Hi"),
        case("removed", "A field that was taken away.", _MISMATCH,
             content.format("Subject\nHi\n"), **sent),
        case("object", "An object has no text.", _MALFORMED, plain, **sent, Subject={}),
        case("changed", "Another message.", _MISMATCH, plain, **{**sent, "Message": "Bye"}),
    ]  # fmt: skip


def _around() -> List[Case]:
    keyed = {"signature_field": "meta.proof", "algorithm": "hmac-sha256",
             "content": "{before_signature}-{after_signature}"}  # fmt: skip
    md5 = {"signature_field": "proof", "algorithm": "plain-md5",
           "content": "{secret}{before_signature}{after_signature}"}  # fmt: skip
    timed = {**keyed, "timestamp_field": "at"}

    def body(before: str, after: str) -> bytes:
        return (before + tag(_KEY, f"{before}-{after}".encode()).hex() + after).encode()

    before, after = '\r\n{"m\u00e9ta":1,"meta": {"proof"\t:  "', '"},"x":[1]}\n'
    digest = hashlib.md5(_KEY + b'{"proof":""}').hexdigest()
    return [
        _case("around", "The body around the signature.", "accept", keyed, body(before, after)),
        _case("around-before", "A byte before it is another.", _MISMATCH, keyed,
              body(before, after).replace(b"\r\n", b"\n\n")),
        _case("around-after", "A byte behind it is another.", _MISMATCH, keyed,
              body(before, after)[:-1]),
        _case("around-repeated", "A signature that stands twice.", _MALFORMED, keyed,
              body('{"meta":{"proof":"', '","proof":"x"}}')),
        _case("around-fresh", "A time that is covered with the rest.", "accept", timed,
              body('{"meta":{"proof":"', f'"}},"at":{NOW}}}'), gives={"timestamp": NOW}),
        _case("around-old", "An old one.", "timestamp_too_old", timed,
              body('{"meta":{"proof":"', f'"}},"at":{NOW - 301}}}')),
        _case("around-old-wrong", "Without a right signature its age is not told.", _MISMATCH, timed,
              body('{"meta":{"proof":"', f'"}},"at":{NOW - 301}}}').replace(b'"at"', b' "at"')),
        _case("md5", "A plain MD5.", "accept", md5, f'{{"proof":"{digest}"}}'.encode()),
        _case("md5-long", "A digest of another hash.", _MALFORMED, md5,
              f'{{"proof":"{hashlib.sha256(_KEY).hexdigest()}"}}'.encode(),
              says="the field proof of the body holds no 16-byte signature"),
    ]  # fmt: skip


def _items() -> List[Case]:
    scheme = {"signature_items": "list.items", "signature_field": "proof", "content": "{field:n}"}

    def item(n: object, key: bytes = _KEY) -> Dict[str, Any]:
        return {"n": n, "proof": tag(key, str(n).encode()).hex()}

    def body(*items: object) -> bytes:
        return json.dumps({"list": {"items": list(items)}}).encode()

    both = [TEXT_OTHER, TEXT_SECRET]
    other = TEXT_OTHER.encode()
    tricky = b'{"list":{"items":[ %s , %s ]}}' % (
        json.dumps({**item(1), "x": '],[{"\\\\\\"}'}).encode(), json.dumps(item(2)).encode(),
    )  # fmt: skip
    of_event = {**scheme, "event_id": "body:id", "event_type": "body:event.kind", "data": "event"}
    of_event["required"] = ["type"]
    event = {"id": 7, "event": {"kind": "a.b"}}

    def read(called: str, about: str, *items: object, **more: Any) -> Case:
        sent = body(*items).replace(b'{"list"', b'{"id":1,"event":{"kind":"outer"},"list"')
        return _case(f"items-event-{called}", about, "accept", of_event, sent, **more)

    return [
        read("one", "The event is that of the one item.", {**event, **item(1)},
             event={"id": "7", "type": "a.b", "data": '{"kind": "a.b"}', "dedupe_key": "custom:7"}),
        read("several", "Of several items there is no event.", {**event, **item(1)}, item(2),
             event="missing_field", event_says="event.kind"),
        read("absent", "What the item has not is not sought around it.", item(1),
             event="missing_field", event_says="event.kind"),
        read("malformed", "A field of the item that is none.", {**item(1), "event": {"kind": 1}},
             event="malformed_field", event_says="the field event.kind is not a string"),
        _case("items-event-repeated", "A field of the item that stands twice.", "accept", of_event,
              body({**event, **item(1)}).replace(b'"id": 7', b'"id": 7, "id": 7'),
              event="malformed_field", event_says="the field id appears more than once"),
        _case("items-one", "One item.", "accept", scheme, body(item(1))),
        _case("items-64", "As many items as are read.", "accept", scheme, body(*map(item, range(64)))),
        _case("items-65", "One more.", _MALFORMED, scheme, body(*map(item, range(65))),
              says="the field list.items of the body has more than 64 items"),
        _case("items-last-wrong", "The last of many is wrong.", _MISMATCH, scheme,
              body(*map(item, range(9)), {**item(9), "n": 8})),
        _case("items-second-secret", "All items are of the second secret.", "accept", scheme,
              body(item(1), item(2)), secrets=both, gives={"key_index": 1}),
        _case("items-two-secrets", "Items of two secrets are of none.", _MISMATCH, scheme,
              body(item(1), item(2, other)), secrets=both),
        _case("items-punctuation", "Brackets, commas and quotes in texts end no item.", "accept",
              scheme, tricky),
        _case("items-nested", "Arrays and objects within an item.", "accept", scheme,
              body({**item(1), "x": [[1, {"y": [2]}], {}]}, item(2))),
        _case("items-empty", "No items.", _MISSING, scheme, body()),
        _case("items-null", "The array is null.", _MISSING, scheme, b'{"list":{"items":null}}'),
        _case("items-text", "A text in place of the array.", _MISSING, scheme,
              b'{"list":{"items":"[{}]"}}'),
        _case("items-top", "The body is an array itself.", _MISSING, scheme, b"[" + body(item(1)) + b"]",
              says="no signature at list.items"),
        _case("items-malformed-before-missing",
              "Items are read before a signature is decoded.", _MISSING, scheme,
              body({**item(1), "proof": "?"}, {"n": 2})),
        _case("items-repeated-field", "A field that stands twice in an item.", _MALFORMED, scheme,
              body(item(1)).replace(b'"n": 1', b'"n": 1, "n": 1')),
        _case("items-same-name-in-two", "A field of each of two items stands once in each.",
              "accept", scheme, body(item(1), item(1))),
    ]  # fmt: skip


def _bodies() -> List[Case]:
    def case(called: str, about: str, want: str, body: bytes, **more: Any) -> Case:
        return _case(f"body-{called}", about, want, _PLAIN, body, **more)

    good = _body(".", "")
    none = "the body is no JSON object and has no signature at proof"
    listed = {**_PLAIN, "event_id": "header:x-id", "event_type": "body:type"}
    token = {"signature_field": "proof", "algorithm": "token", "content": ""}
    return [
        case("smallest", "A body of nothing but a signature.", "accept", good),
        case("empty", "An empty body.", _MISSING, b"", says=none),
        case("whitespace", "Whitespace.", _MISSING, b" \n"),
        case("array", "An array.", _MISSING, b"[]", says=none),
        case("text", "A text.", _MISSING, b'"proof"'),
        case("cut-short", "A body that is cut short.", _MISSING, good[:-1], says=none),
        case("trailing", "Something behind the object.", _MISSING, good + b"{}"),
        case("byte-order-mark", "A byte order mark.", _MISSING, b"\xef\xbb\xbf" + good),
        case("not-utf8", "A byte that is no UTF-8.", _MISSING, good.replace(b"{", b'{"\xff":1,', 1),
             says=none),
        case("too-deep", "A body of 129 levels.", _MISSING,
             good[:-1] + b',"x":' + b"[" * 128 + b"]" * 128 + b"}"),
        case("deep", "A body of 128 levels.", "accept",
             good[:-1] + b',"x":' + b"[" * 127 + b"]" * 127 + b"}"),
        case("long-number", "A number of 641 digits.", _MISSING,
             good[:-1] + b',"x":' + b"1" * 641 + b"}"),
        case("single-quotes", "What only looks like JSON.", _MISSING, good.replace(b'"', b"'")),
        case("many-names", "Ten thousand names.", "accept",
             good[:-1] + b"".join(b',"k%d":0' % n for n in range(10_000)) + b"}"),
        case("proof-object", "A signature that is an object.", _MALFORMED, b'{"proof":{}}',
             says="the field proof of the body holds no 32-byte signature"),
        case("proof-empty", "An empty signature.", _MALFORMED, b'{"proof":""}'),
        case("proof-spaces", "A signature with a space.", _MALFORMED,
             good.replace(b'":"', b'":" ')),
        case("proof-surrogate", "A signature with half of a surrogate pair.", _MALFORMED,
             b'{"proof":"\\udc00"}'),
        case("proof-in-header", "A header of that name is not looked at.", _MISSING, b'{"a":1}',
             headers=[("proof", "0" * 64)]),
        case("proof-before-fields", "The signature's form is judged last.", _MALFORMED,
             b'{"proof":"?","a":{}}', says="the field a of the body, which is signed, is an object"),
        _case("event-headers", "The event's headers are read all the same.", "accept", listed,
              _body("1.", ',"a":1,"type":"ping"'), [("X-Id", "e1")],
              gives={"id": "e1", "dedupe_key": "custom:e1"}, event={"type": "ping"}),
        _case("event-header-malformed", "They are checked before the body.", "malformed_header",
              listed, b"?", [("x-id", "")]),
        _case("token", "A token in the body.", "accept", token,
              json.dumps({"proof": TEXT_SECRET}).encode()),
        _case("token-of-digest", "The digest of a token is not the token.", _MISMATCH, token,
              json.dumps({"proof": hashlib.sha256(_KEY).hexdigest()}).encode()),
        _case("rotation", "The second of two secrets.", "accept", _PLAIN, good,
              secrets=[TEXT_OTHER, TEXT_SECRET], gives={"key_index": 1}),
        _case("payload", "Of the event's own fields, too, none stands twice.", "accept",
              {**_PLAIN, "event_type": "body:type"}, _body(".", ',"type":"a","type":"b"'),
              event="malformed_field"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-signatures-in-body.json",
        "verify",
        "Signatures in the body: over fields of it, lines, the body around them, or each of several"
        " items, and bodies that are refused before anything is verified.",
        _fields() + _lines() + _around() + _items() + _bodies(),
    )
