"""Providers whose signature is in the body, signed by hand: no part of the reference is used here."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, List, Mapping, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, b64, tag

_ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
_ADYEN_OTHER = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
_MISSING, _MALFORMED = "missing_signature", "malformed_signature"
_MISMATCH = "signature_mismatch"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _case(name: str, about: str, want: str, body: bytes, secret: str, **more: Any) -> Case:
    return verify_case(
        f"provider-{name.replace('--', '-')}", about, want, scheme=name.partition("--")[0], secrets=[secret],
        headers=[], body=body, **{"now": NOW, **more},
    )  # fmt: skip


# Mailgun

_TOKEN = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"


def _mailgun_body(at: object = NOW, token: str = _TOKEN, key: str = TEXT_SECRET,
                  **changed: object) -> bytes:  # fmt: skip
    signature: Dict[str, object] = {
        "token": token, "timestamp": str(at),
        "signature": tag(key.encode(), f"{at}{token}".encode()).hex(), **changed,
    }  # fmt: skip
    event = {"id": "e1", "event": "delivered", "timestamp": 1521472262.908181}
    return _json({"signature": signature, "event-data": event})


def _mailgun() -> List[Case]:
    def case(called: str, about: str, want: str, body: bytes, secret: str = TEXT_SECRET,
             **more: Any) -> Case:  # fmt: skip
        return _case(f"mailgun--{called}", about, want, body, secret, **more)

    of_signature = "the field signature.signature of the body"
    of_go = _mailgun_body(
        123456789, "token", signature="be636525fcbffba547491ce8a6ff04cbfbf0811aa7031db14147de41be62ffe0"
    )
    return [
        case("valid", "What Mailgun sends.", "accept", _mailgun_body(),
             gives={"id": None, "dedupe_key": None, "timestamp": NOW},
             event={"id": "e1", "type": "delivered", "dedupe_key": f"mailgun:{_TOKEN}"}),
        case("of-its-library", "The key, time and token of mailgun-go's own test.", "accept", of_go,
             "WEBHOOK_SIGNING_KEY", now=123456789),
        case("event-not-covered", "The event is not covered by the signature.", "accept",
             _mailgun_body().replace(b"delivered", b"complained"), event={"type": "complained"}),
        case("wrong-secret", "Another secret.", _MISMATCH, _mailgun_body(), TEXT_OTHER),
        case("other-token", "Another token.", _MISMATCH,
             _mailgun_body(token="1" * 50,
                           signature=tag(TEXT_SECRET.encode(), f"{NOW}{_TOKEN}".encode()).hex())),
        case("other-time", "Another time.", _MISMATCH,
             _mailgun_body(timestamp=str(NOW + 1))),
        case("tampered-signature", "Another signature.", _MISMATCH,
             _mailgun_body(signature="0" * 64)),
        case("stale", "An old delivery.", "timestamp_too_old", _mailgun_body(NOW - 301),
             says="the timestamp is 301 s old"),
        case("ahead", "A delivery from the future.", "timestamp_too_new", _mailgun_body(NOW + 301)),
        case("cut-elsewhere", "Time and token cut at another place are another time.",
             "timestamp_too_old",
             _mailgun_body(str(NOW)[:-1], str(NOW)[-1] + _TOKEN)),
        case("time-as-number", "The time as a number is what is written.", "accept",
             _mailgun_body(timestamp=NOW), gives={"timestamp": NOW}),
        case("time-with-fraction", "A time that is no whole number.", "malformed_timestamp",
             _mailgun_body(f"{NOW}.5"),
             says="the body has no timestamp at signature.timestamp that is a Unix time"),
        case("no-signature", "Without the signature.", _MISSING, _mailgun_body(signature=None),
             says="the body has no signature at signature.signature; is this another"),
        case("no-object-of-signature", "Without what has the signature.", _MISSING,
             b'{"event-data":{"id":"e1"}}'),
        case("malformed-signature", "What is no signature.", _MALFORMED, _mailgun_body(signature="?"),
             says=f"{of_signature} holds no 32-byte signature in canonical lower-case hexadecimal"),
        case("upper-case", "A signature in upper case.", _MALFORMED,
             _mailgun_body(signature=tag(TEXT_SECRET.encode(), f"{NOW}{_TOKEN}".encode()).hex().upper())),
        case("two-signatures", "Two objects of a signature.", _MALFORMED,
             _mailgun_body().replace(b'"event-data":', b'"signature":{},"event-data":'),
             says=f"{of_signature}, which is signed, appears more than once"),
        case("form", "A form, as inbound routes send.", _MISSING,
             f"timestamp={NOW}&token=t&signature={'0' * 64}".encode(),
             says="the body is no JSON object and has no signature at signature.signature"),
        case("empty", "No body.", _MISSING, b""),
    ]  # fmt: skip


# Adyen

_ITEM: Dict[str, Any] = {
    "amount": {"value": 1130, "currency": "EUR"}, "pspReference": "7914073381342284",
    "eventCode": "AUTHORISATION", "eventDate": "2019-05-06T17:15:34.121+02:00",
    "merchantAccountCode": "TestMerchant", "merchantReference": "TestPayment-1407325143704",
    "success": "true",
}  # fmt: skip
#: As Adyen's documentation has it.
_ITEM_SIGNED = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="
_REFUND: Dict[str, Any] = {
    **_ITEM, "pspReference": "8814073381342285", "originalReference": "7914073381342284",
    "eventCode": "REFUND",
}  # fmt: skip
_REFUND_CONTENT = (
    "8814073381342285:7914073381342284:TestMerchant:TestPayment-1407325143704:1130:EUR:REFUND:true"
)


def _adyen_tag(content: str, key: str = _ADYEN_KEY) -> str:
    return b64(tag(bytes.fromhex(key), content.encode()))


def _adyen_body(*items: Mapping[str, Any]) -> bytes:
    listed = [{"NotificationRequestItem": item} for item in items]
    return _json({"live": "false", "notificationItems": listed})


def _signed(item: Mapping[str, Any], signature: Optional[object]) -> Dict[str, Any]:
    return {**item, "additionalData": {"hmacSignature": signature}}


def _adyen() -> List[Case]:
    def case(called: str, about: str, want: str, body: bytes, secret: str = _ADYEN_KEY,
             **more: Any) -> Case:  # fmt: skip
        return _case(f"adyen--{called}", about, want, body, secret, **more)

    good = _signed(_ITEM, _ITEM_SIGNED)
    refund = _signed(_REFUND, _adyen_tag(_REFUND_CONTENT))
    of_signature = "the field NotificationRequestItem.additionalData.hmacSignature of the body"
    changed = [
        case(f"other-{field}", f"Another {field}.", _MISMATCH, _adyen_body({**good, field: value}))
        for field, value in (
            ("pspReference", "1"), ("originalReference", "1"), ("merchantAccountCode", "1"),
            ("merchantReference", "1"), ("amount", {"value": 1131, "currency": "EUR"}),
            ("eventCode", "CAPTURE"), ("success", "false"),
        )
    ]  # fmt: skip
    return [
        case("valid", "What Adyen sends.", "accept", _adyen_body(good),
             gives={"id": None, "dedupe_key": None, "timestamp": None},
             event={"id": None, "type": "AUTHORISATION", "timestamp": None,
                    "dedupe_key": "adyen:7914073381342284:AUTHORISATION"}),
        case("escaped-signature", "A signature with escaped slashes.", "accept",
             _adyen_body(good).replace(b"cmt/I", b"cmt\\/I").replace(b"Cmt/I", b"Cmt\\/I")),
        case("two-items", "Two items, each with its own signature: the event has no type.", "accept",
             _adyen_body(good, refund), event={"id": None, "type": None, "dedupe_key": None}),
        case("second-item-tampered", "The second item is another.", _MISMATCH,
             _adyen_body(good, {**refund, "success": "false"})),
        case("first-item-tampered", "The first item is another.", _MISMATCH,
             _adyen_body({**good, "success": "false"}, refund)),
        case("second-item-of-other-secret", "Each item is of one of two secrets.", _MISMATCH,
             _adyen_body(good, _signed(_REFUND, _adyen_tag(_REFUND_CONTENT, _ADYEN_OTHER)))),
        case("swapped-signatures", "The signatures of two items in the other order.", _MISMATCH,
             _adyen_body(_signed(_ITEM, _adyen_tag(_REFUND_CONTENT)), _signed(_REFUND, _ITEM_SIGNED))),
        case("second-item-unsigned", "The second item has no signature.", _MISSING,
             _adyen_body(good, _REFUND)),
        case("null-field", "A field that is null is as one that is absent.", "accept",
             _adyen_body({**good, "originalReference": None})),
        case("success-as-boolean", "A boolean is what is written.", "accept",
             _adyen_body({**good, "success": True})),
        case("value-as-text", "An amount as text is its characters.", "accept",
             _adyen_body({**good, "amount": {"value": "1130", "currency": "EUR"}})),
        case("not-covered", "All but eight fields are not covered.", "accept",
             _adyen_body({**good, "eventDate": "2030-01-01T00:00:00Z", "reason": "changed"})),
        case("wrong-secret", "Another secret.", _MISMATCH, _adyen_body(good), _ADYEN_OTHER),
        case("tampered-signature", "Another signature.", _MISMATCH,
             _adyen_body(_signed(_ITEM, "d" + _ITEM_SIGNED[1:]))),
        case("33-bytes", "A signature of 44 characters that are 33 bytes.", _MALFORMED,
             _adyen_body(_signed(_ITEM, "A" * 44)),
             says=f"{of_signature} holds no 32-byte signature in canonical base64"),
        case("no-signature", "Without the signature.", _MISSING, _adyen_body(_ITEM),
             says="has no signature at NotificationRequestItem.additionalData.hmacSignature"),
        case("malformed-signature", "What is no signature.", _MALFORMED,
             _adyen_body(_signed(_ITEM, 7))),
        case("no-items", "An array without items.", _MISSING, _adyen_body(),
             says="the body has nothing at notificationItems that could be signed"),
        case("other-body", "A body without the array.", _MISSING, b'{"live":"false"}'),
        case("items-no-array", "An object in place of the array.", _MISSING,
             b'{"notificationItems":{"NotificationRequestItem":{}}}'),
        case("bare-item", "An item without its wrapping.", _MISSING,
             _json({"notificationItems": [good]})),
        case("item-no-object", "An item that is no object.", _MISSING,
             _json({"notificationItems": [{"NotificationRequestItem": good}, 7]}),
             says="the body is no JSON object and has no signature at NotificationRequestItem"),
        case("repeated-amount", "A covered field in two objects of its name.", _MALFORMED,
             _adyen_body(good).replace(b'"amount":', b'"amount":{"value":1},"amount":'),
             says="NotificationRequestItem.amount.value of the body, which is signed, appears more"),
        case("repeated-items", "Two arrays of items.", _MALFORMED,
             _adyen_body(good).replace(b'{"live"', b'{"notificationItems":[],"live"')),
        *changed,
    ]  # fmt: skip


# Figma

_FIGMA = {"event_type": "FILE_UPDATE", "timestamp": "2023-11-14T22:13:10Z", "webhook_id": "22"}


def _figma() -> List[Case]:
    def case(called: str, about: str, want: str, body: bytes, secret: str = TEXT_SECRET,
             **more: Any) -> Case:  # fmt: skip
        return _case(f"figma--{called}", about, want, body, secret, **more)

    good = _json({**_FIGMA, "passcode": TEXT_SECRET})
    return [
        case("valid", "What Figma sends.", "accept", good, gives={"timestamp": None},
             event={"id": None, "type": "FILE_UPDATE", "timestamp": NOW - 10}),
        case("not-covered", "A passcode says nothing of the rest.", "accept",
             good.replace(b"UPDATE", b"DELETE"), event={"type": "FILE_DELETE"}),
        case("wrong-secret", "Another secret.", _MISMATCH, good, TEXT_OTHER),
        case("other-passcode", "Another passcode.", _MISMATCH,
             _json({**_FIGMA, "passcode": TEXT_SECRET + " "})),
        case("no-passcode", "Without a passcode.", _MISSING, _json(_FIGMA),
             says="the body has no signature at passcode"),
        case("null-passcode", "A passcode that is null.", _MISSING,
             _json({**_FIGMA, "passcode": None})),
        case("empty-passcode", "An empty passcode.", _MALFORMED, _json({**_FIGMA, "passcode": ""}),
             says="the field passcode of the body holds no token"),
        case("passcode-no-text", "A passcode that is a number.", _MALFORMED,
             _json({**_FIGMA, "passcode": 12345}), "12345"),
        case("two-passcodes", "Two passcodes.", _MALFORMED,
             good.replace(b'{"event', b'{"passcode":"x","event')),
        case("beyond-ascii", "A passcode beyond ASCII.", "accept",
             _json({**_FIGMA, "passcode": "Schl\u00fcssel \U0001f511"}), "Schl\u00fcssel \U0001f511"),
        case("not-json", "A body that is no JSON.", _MISSING, b"passcode=" + TEXT_SECRET.encode()),
    ]  # fmt: skip


# Unisender Go

_API_KEY = "6mjstx9gwi7qj8eni6m77hfiiw6aifmss154y4ze"


def _unisender_body(after: str, key: str = _API_KEY, before: str = '{"auth":"') -> bytes:
    digest = hashlib.md5(f"{before}{key}{after}".encode()).hexdigest()
    return f"{before}{digest}{after}".encode()


def _md5_padding(length: int) -> bytes:
    """What MD5 adds to a message of this length."""
    return b"\x80" + b"\0" * ((55 - length) % 64) + (length * 8).to_bytes(8, "little")


def _unisender() -> List[Case]:
    def case(called: str, about: str, want: str, body: bytes, secret: str = _API_KEY,
             **more: Any) -> Case:  # fmt: skip
        return _case(f"unisender-go--{called}", about, want, body, secret, **more)

    after = '","event_name":"transactional_email_status","event_data":{"job_id":"j1"}}'
    good = _unisender_body(after)
    whole = len('{"auth":"' + _API_KEY + after)
    unquoted = '{"auth":7,"event_name":"a"}'
    escaped = good.replace(good[9:41], b"\\u%04x" % good[9] + good[10:41])
    return [
        case("valid", "What Unisender Go sends.", "accept", good,
             gives={"timestamp": None}, event={"type": "transactional_email_status"}),
        case("last-field", "The digest in another place.", "accept",
             _unisender_body('"}', before='{"event_name":"a","auth": "')),
        case("space-before", "Whitespace around the object is covered.", "accept",
             _unisender_body('"} \n', before='\n {"auth":"')),
        case("escaped", "A digest with an escape is what it stands for.", "accept", escaped),
        case("key-inside", "The key in the body is no digest.", _MALFORMED,
             f'{{"auth":"{_API_KEY}{after}'.encode(),
             says="the field auth of the body holds no 16-byte signature in canonical lower-case"),
        case("wrong-secret", "Another secret.", _MISMATCH, good, "6" * 40),
        case("tampered-after", "Another body behind the digest.", _MISMATCH,
             good.replace(b"j1", b"j2")),
        case("tampered-before", "Another body before the digest.", _MISMATCH,
             good.replace(b'{"auth"', b'{ "auth"')),
        case("tampered-signature", "Another digest.", _MISMATCH,
             good.replace(good[9:41], b"0" * 32)),
        case("digest-twice", "The digest elsewhere in the body stays what it is.", _MISMATCH,
             good.replace(b'"j1"', b'"' + good[9:41] + b'"')),
        case("no-signature", "Without the digest.", _MISSING, b'{"event_name":"a"}'),
        case("malformed-signature", "A digest in upper case.", _MALFORMED,
             good.replace(good[9:41], good[9:41].upper())),
        case("one-character", "A digest of one character.", _MALFORMED,
             good.replace(good[9:41], b"a")),
        case("no-text", "A digest that is a number.", _MALFORMED, unquoted.encode()),
        case("two-digests", "Two digests.", _MALFORMED,
             good.replace(b',"event_name"', b',"auth":"x","event_name"')),
        case("extended", "A body that was seen, lengthened as MD5 allows.", _MISSING,
             _unisender_body(after + "x") + _md5_padding(whole),
             says="the body is no JSON object and has no signature at auth"),
        case("trailing-text", "A body with text behind the object.", _MISSING, good + b"x"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "providers-in-body.json",
        "verify",
        "Providers whose signature is in the body: what they send, and what is refused.",
        _mailgun() + _adyen() + _figma() + _unisender(),
    )
