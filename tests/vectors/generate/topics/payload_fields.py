"""The fields of the event: which source gives them, and what they may be."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Union

from casebook import Case, Topic, verify_case
from fixtures import MSG, NOW, SAMPLES, TEXT_SECRET, sha256_equals

_BAD = "malformed_field"
_MISSING = "missing_field"
Stated = Union[str, Mapping[str, Any]]


def _case(
    case_id: str, about: str, event: Stated, scheme: str, text: str, says: Optional[str] = None
) -> Case:
    sample = SAMPLES[scheme]
    body = text.encode("utf-8")
    return verify_case(
        f"payload-{case_id}", about, "accept", scheme=scheme, secrets=[sample.secret],
        headers=sample.signed(body, secret=sample.secret), body=body, now=NOW,
        event=event, event_says=says,
    )  # fmt: skip


def _custom(
    case_id: str,
    about: str,
    event: Stated,
    parts: Mapping[str, Any],
    text: str,
    says: Optional[str] = None,
) -> Case:
    scheme: Dict[str, Any] = {
        "name": "custom", "headers": {"signature": "x-signature"}, "prefix": "sha256=", **parts,
    }  # fmt: skip
    body = text.encode("utf-8")
    return verify_case(
        f"payload-{case_id}", about, "accept", scheme=scheme, secrets=[TEXT_SECRET],
        headers=[("x-signature", sha256_equals(body))], body=body, now=NOW,
        event=event, event_says=says,
    )  # fmt: skip


def _ids() -> List[Case]:
    def stripe(called: str, about: str, event: Stated, value: str,
               says: Optional[str] = None) -> Case:  # fmt: skip
        return _case(
            f"id-{called}", about, event, "stripe", f'{{"id":{value},"type":"ping"}}', says
        )

    wrong = "the field id is not a string or integer"
    none = "the payload has no id"
    return [
        stripe("string", "A string.", {"id": "evt_1", "dedupe_key": "stripe:evt_1"}, '"evt_1"'),
        stripe("escaped-string", "Escapes are unescaped.",
               {"id": "\u00e9/\U0001f511"}, '"\\u00e9\\/\\ud83d\\udd11"'),
        stripe("string-with-control", "An escaped control character is a character.",
               {"id": "a\0b", "dedupe_key": "stripe:a\0b"}, '"a\\u0000b"'),
        stripe("string-of-spaces", "Spaces are not trimmed.", {"id": "  "}, '"  "'),
        stripe("integer", "An integer, as it is written.", {"id": "42"}, "42"),
        stripe("negative-integer", "A negative integer.", {"id": "-42"}, "-42"),
        stripe("minus-zero", "Minus zero, as it is written.", {"id": "-0"}, "-0"),
        stripe("large-integer", "An integer that no double holds.",
               {"id": "820982911946154508123"}, "820982911946154508123"),
        stripe("fraction", "A number with a fraction.", _BAD, "1.0", wrong),
        stripe("exponent", "A number with an exponent.", _BAD, "1e3", wrong),
        stripe("true", "true.", _BAD, "true", wrong),
        stripe("object", "An object.", _BAD, '{"id":"evt_1"}', wrong),
        stripe("array", "An array.", _BAD, '["evt_1"]', wrong),
        stripe("empty", "An empty string.", _BAD, '""', "the field id is empty"),
        stripe("lone-surrogate", "A lone surrogate has no UTF-8 form.", _BAD, '"evt_\\ud800"',
               "the field id holds a lone surrogate"),
        stripe("null-required", "null is as good as absent.", _MISSING, "null", none),
        _case("id-absent-required", "An id that Stripe's scheme requires is absent.", _MISSING,
              "stripe", '{"type":"ping"}', none),
        _case("id-null-next-source", "null: the next source gives the id.",
              {"id": MSG}, "sha256", '{"id":null,"type":"ping"}'),
        _case("id-malformed-no-next-source", "A malformed id is not passed over.", _BAD,
              "sha256", '{"id":false,"type":"ping"}', wrong),
        _case("id-empty-no-next-source", "An empty id is not passed over.", _BAD,
              "sha256", '{"id":"","type":"ping"}', "the field id is empty"),
        _case("id-slack-second-source", "Slack's trigger_id where there is no event_id.",
              {"id": "12.ab", "dedupe_key": "slack:12.ab"}, "slack", '{"trigger_id":"12.ab"}'),
    ]  # fmt: skip


def _types() -> List[Case]:
    def standard(called: str, about: str, event: Stated, value: str,
                 says: Optional[str] = None) -> Case:  # fmt: skip
        return _case(f"type-{called}", about, event, "standard", f'{{"type":{value}}}', says)

    wrong = "the field type is not a string"
    return [
        standard("string", "A string with an escape.", {"type": "a/b"}, '"a\\/b"'),
        standard("null", "null is as good as absent.", {"type": None}, "null"),
        standard("integer", "An integer is no type.", _BAD, "7", wrong),
        standard("array", "An array.", _BAD, '["ping"]', wrong),
        standard("false", "false.", _BAD, "false", wrong),
        standard("empty", "An empty string.", _BAD, '""', "the field type is empty"),
        standard("lone-surrogate", "A lone surrogate.", _BAD, '"\\udfff"',
                 "the field type holds a lone surrogate"),
        _case("type-required-sha256", "A required type is absent.", _MISSING, "sha256",
              '{"id":"evt_1"}', "the payload has no type"),
        _case("type-required-null", "A required type is null.", _MISSING, "stripe",
              '{"id":"evt_1","type":null}', "the payload has no type"),
        _case("type-case-sensitive", "Names of fields compare with regard to case.", _MISSING,
              "sha256", '{"Type":"ping"}', "the payload has no type"),
        _case("type-name-escaped", "A name that is written with an escape is the same name.",
              {"type": "ping"}, "sha256", '{"t\\u0079pe":"ping"}'),
        _case("type-slack-inner", "Slack's inner type wins over the outer one.",
              {"type": "message"}, "slack", '{"type":"event_callback","event":{"type":"message"}}'),
        _case("type-slack-inner-null", "An inner type that is null is passed over.",
              {"type": "event_callback"}, "slack",
              '{"type":"event_callback","event":{"type":null}}'),
        _case("type-slack-path-through-string", "A path through a string is absent.",
              {"type": "event_callback"}, "slack", '{"type":"event_callback","event":"message"}'),
        _case("type-slack-path-through-array", "A path through an array is absent.",
              {"type": "event_callback"}, "slack",
              '{"type":"event_callback","event":[{"type":"message"}]}'),
        _case("type-slack-dotted-name", "A field named with the dot is not the path.",
              {"type": "event_callback"}, "slack",
              '{"event.type":"message","type":"event_callback"}'),
        _case("type-slack-inner-malformed", "An inner type that is malformed is not passed over.",
              _BAD, "slack", '{"type":"event_callback","event":{"type":1}}',
              "the field event.type is not a string"),
        _case("type-nested-elsewhere", "A type inside data is not the event's.",
              {"type": None, "data": '{"type":"x"}'}, "standard", '{"data":{"type":"x"}}'),
    ]  # fmt: skip


def _times() -> List[Case]:
    def in_seconds(called: str, about: str, event: Stated, value: str,
                   says: Optional[str] = None) -> Case:  # fmt: skip
        parts = {"event_type": "body:type", "event_time": "body:created"}
        text = f'{{"type":"ping","created":{value}}}'
        return _custom(f"time-{called}", about, event, parts, text, says)

    def either(called: str, about: str, event: Stated, value: str,
               says: Optional[str] = None) -> Case:  # fmt: skip
        text = f'{{"id":"evt_1","type":"ping","created":{value}}}'
        return _case(f"time-either-{called}", about, event, "stripe", text, says)

    def standard(called: str, about: str, event: Stated, value: str,
                 says: Optional[str] = None) -> Case:  # fmt: skip
        return _case(
            f"time-{called}", about, event, "standard", f'{{"timestamp":{value}}}', says
        )  # fmt: skip

    def milliseconds(called: str, about: str, event: Stated, value: str,
                     says: Optional[str] = None) -> Case:  # fmt: skip
        parts = {"event_time": "body:at", "event_time_format": "milliseconds"}
        return _custom(f"time-{called}", about, event, parts, f'{{"at":{value}}}', says)

    seconds = "the field created is not a Unix time in whole seconds"
    neither = "the field created is not a Unix time in whole seconds or an RFC 3339 time"
    millis = "the field at is not a Unix time in whole milliseconds"
    rfc3339 = "the field timestamp is not an RFC 3339 time"
    return [
        in_seconds("seconds", "An integer of seconds.", {"timestamp": 1699999990}, "1699999990"),
        in_seconds("seconds-zero", "Zero.", {"timestamp": 0}, "0"),
        in_seconds("seconds-null", "null is as good as absent.", {"timestamp": None}, "null"),
        in_seconds("seconds-nineteen-digits", "Nineteen digits.", {"type": "ping"},
                   "9999999999999999999"),
        in_seconds("seconds-twenty-digits", "Twenty digits.", _BAD, "10000000000000000000", seconds),
        in_seconds("seconds-negative", "A negative integer.", _BAD, "-1", seconds),
        in_seconds("seconds-minus-zero", "Minus zero.", _BAD, "-0", seconds),
        in_seconds("seconds-fraction", "A fraction.", _BAD, "1699999990.5", seconds),
        in_seconds("seconds-zero-fraction", "A fraction of zero.", _BAD, "1699999990.0", seconds),
        in_seconds("seconds-exponent", "An exponent.", _BAD, "17e8", seconds),
        in_seconds("seconds-string", "A string of digits.", _BAD, '"1699999990"', seconds),
        in_seconds("seconds-empty-string", "An empty string.", _BAD, '""', seconds),
        in_seconds("seconds-true", "true.", _BAD, "true", seconds),
        in_seconds("seconds-rfc3339", "An RFC 3339 time.", _BAD, '"2023-11-14T22:13:20Z"', seconds),
        in_seconds("no-freshness", "The event's time is data: it is never checked against the clock.",
                   {"timestamp": 1}, "1"),
        milliseconds("milliseconds", "An integer of milliseconds.",
                     {"timestamp": 1699999999.875}, "1699999999875"),
        milliseconds("milliseconds-whole", "A whole second.", {"timestamp": NOW}, f"{NOW}000"),
        milliseconds("milliseconds-fraction", "A fraction of a millisecond.", _BAD,
                     "1699999999875.5", millis),
        milliseconds("milliseconds-string", "A string.", _BAD, '"1699999999875"', millis),
        standard("rfc3339", "With nine digits of fraction and an offset.",
                 {"timestamp": NOW + 0.25}, '"2023-11-14T23:13:20.250000000+01:00"'),
        standard("rfc3339-escaped", "Escapes are unescaped first.",
                 {"timestamp": NOW}, '"2023-11-14T22:13:20\\u005a"'),
        standard("rfc3339-number", "Seconds where RFC 3339 is wanted.", _BAD, str(NOW), rfc3339),
        standard("rfc3339-empty", "An empty string.", _BAD, '""', rfc3339),
        standard("rfc3339-no-offset", "No offset.", _BAD, '"2023-11-14T22:13:20"', rfc3339),
        standard("rfc3339-no-such-day", "February 30.", _BAD, '"2023-02-30T00:00:00Z"', rfc3339),
        standard("rfc3339-lone-surrogate", "A lone surrogate.", _BAD,
                 '"2023-11-14T22:13:20Z\\ud800"', rfc3339),
        standard("rfc3339-object", "An object.", _BAD, "{}", rfc3339),
        either("seconds", "Seconds, where either form is read.", {"timestamp": 1699999990},
               "1699999990"),
        either("rfc3339", "RFC 3339, as Stripe's thin events have it.",
               {"id": "evt_1", "timestamp": NOW + 0.25}, '"2023-11-14T22:13:20.25Z"'),
        either("digits", "A string of seconds.", {"timestamp": 1699999990}, '"1699999990"'),
        either("fraction", "A fraction of a second as a number.", _BAD, "1699999990.5", neither),
        either("date", "A date without a time.", _BAD, '"2023-11-14"', neither),
        either("empty", "An empty string.", _BAD, '""', neither),
        either("true", "true.", _BAD, "true", neither),
        either("array", "An array.", _BAD, "[1699999990]", neither),
        either("lone-surrogate", "A lone surrogate.", _BAD, '"1699999990\\ud800"', neither),
        _case("time-not-in-svix", "A scheme without an event time does not look at it.",
              {"timestamp": None}, "svix", '{"timestamp":"yesterday"}'),
    ]  # fmt: skip


def _data() -> List[Case]:
    def standard(called: str, about: str, data: Optional[str], text: str) -> Case:
        return _case(f"data-{called}", about, {"data": data}, "standard", text)

    nested = {"data": "payload.items.first"}
    return [
        standard("object-with-spaces", "Spaces inside the value are kept, those around it not.",
                 '{ "a" : 1 }', '{"data" :  { "a" : 1 }  ,"type":"ping"}'),
        standard("string", "A string.", '"x"', '{"data":"x"}'),
        standard("number", "A number.", "1.50", '{"data":1.50}'),
        standard("array", "An array.", "[1, 2]", '{"data":[1, 2]}'),
        standard("false", "false.", "false", '{"data":false}'),
        standard("null", "null is as good as absent.", None, '{"data":null}'),
        standard("absent", "Absent.", None, '{"type":"ping"}'),
        standard("duplicate-keys-inside", "Names that repeat inside the data are the reader's.",
                 '{"a":1,"a":2}', '{"data":{"a":1,"a":2}}'),
        standard("non-ascii", "Characters of several bytes.", '"\u00e9\U0001f511"',
                 '{"x":"\u2665","data":"\u00e9\U0001f511"}'),
        _case("data-whole-payload", "The whole payload without the whitespace around it.",
              {"data": '{ "a": 1 }'}, "github", ' \r\n{ "a": 1 }\n\n'),
        _custom("data-path", "A path of three names.", {"data": "[7]"}, nested,
                '{"payload":{"items":{"first":[7]}}}'),
        _custom("data-path-absent", "A path through a number is absent.", {"data": None}, nested,
                '{"payload":{"items":5}}'),
        _custom("data-path-twice", "A name on the path repeats.", _BAD, nested,
                '{"payload":{"items":{},"items":{"first":1}}}',
                "the field payload.items appears more than once"),
        _custom("data-path-of-four", "A path of four names.", {"data": "1"},
                {"data": "a.b.c.d"}, '{"a":{"b":{"c":{"d":1}}}}'),
    ]  # fmt: skip


def _duplicates() -> List[Case]:
    def twice(field: str) -> str:
        return f"the field {field} appears more than once"

    return [
        _case("duplicate-type", "type twice, with one value.", _BAD, "standard",
              '{"type":"ping","type":"ping"}', twice("type")),
        _case("duplicate-id", "id twice.", _BAD, "stripe",
              '{"id":"evt_1","type":"ping","id":"evt_2"}', twice("id")),
        _case("duplicate-id-escaped", "id twice, once as \\u0069d.", _BAD, "stripe",
              '{"id":"evt_1","type":"ping","\\u0069d":"evt_2"}', twice("id")),
        _case("duplicate-type-escaped-both", "type twice, both with escapes.", _BAD, "standard",
              '{"\\u0074ype":"ping","typ\\u0065":"pong"}', twice("type")),
        _case("duplicate-data", "data twice.", _BAD, "standard",
              '{"data":{"a":1},"data":{"a":2}}', twice("data")),
        _case("duplicate-time", "The time twice.", _BAD, "stripe",
              '{"id":"e","type":"t","created":1,"created":1}', twice("created")),
        _case("duplicate-null", "null twice is twice.", _BAD, "standard",
              '{"type":null,"type":null}', twice("type")),
        _case("duplicate-null-and-value", "null and a value.", _BAD, "standard",
              '{"type":null,"type":"ping"}', twice("type")),
        _case("duplicate-outer-of-path", "The outer name of a path twice.", _BAD, "slack",
              '{"event":{"type":"a"},"event":{}}', twice("event")),
        _case("duplicate-outer-of-path-scalars", "The outer name twice, and no object.", _BAD,
              "slack", '{"type":"x","event":1,"event":2}', twice("event")),
        _case("duplicate-inner-of-path", "The inner name of a path twice.", _BAD, "slack",
              '{"event":{"type":"a","type":"b"}}', twice("event.type")),
        _case("duplicate-untried-source", "A source that is not tried is not checked.",
              {"type": "a"}, "slack",
              '{"event":{"type":"a"},"type":"x","type":"y","command":1,"command":2}'),
        _case("duplicate-elsewhere", "Names that repeat outside the envelope are no error.",
              {"type": "ping"}, "standard", '{"type":"ping","note":1,"note":2}'),
        _case("duplicate-inside-data", "A name of the envelope that repeats inside data.",
              {"type": "ping"}, "standard", '{"type":"ping","data":{"type":1,"type":2}}'),
        _case("duplicate-other-case", "Names that differ in case are different names.",
              {"type": "ping"}, "standard", '{"type":"ping","TYPE":"pong"}'),
        _custom("duplicate-dedupe", "The name that dedupe reads repeats.", _BAD,
                {"dedupe": "body:delivery"}, '{"delivery":"a","delivery":"b"}', twice("delivery")),
    ]  # fmt: skip


def _order() -> List[Case]:
    def joined(called: str, about: str, event: Stated, text: str,
               says: Optional[str] = None) -> Case:  # fmt: skip
        parts = {"dedupe": ["joined:a.b,c", "body:id"]}
        return _custom(f"dedupe-joined{called}", about, event, parts, text, says)

    return [
        _case("order-id-before-type", "The id is looked at before the type.", _BAD, "stripe",
              '{"type":1,"id":[]}', "the field id is not"),
        _case("order-missing-id-before-type", "A missing id is reported before a malformed type.",
              _MISSING, "stripe", '{"type":1}', "the payload has no id"),
        _case("order-type-before-time", "The type is looked at before the time.", _BAD, "stripe",
              '{"created":"x","type":1,"id":"e"}', "the field type is not a string"),
        _case("order-time-before-data", "The time is looked at before the data.", _BAD, "stripe",
              '{"id":"e","type":"t","data":1,"data":2,"created":"x"}', "the field created is not"),
        _custom("order-data-before-dedupe", "The data is looked at before dedupe.", _BAD,
                {"data": "data", "dedupe": "body:delivery"},
                '{"delivery":[],"data":1,"data":2}', "the field data appears more than once"),
        _custom("dedupe-malformed", "What dedupe reads follows the rules of an id.", _BAD,
                {"dedupe": "body:delivery"}, '{"delivery":1.5}',
                "the field delivery is not a string or integer"),
        joined("", "Two fields with a colon between them.",
               {"id": None, "dedupe_key": "custom:x:y:12"}, '{"a":{"b":"x:y"},"c":12}'),
        joined("-absent", "One of two is not there: the next source counts.",
               {"dedupe_key": "custom:7"}, '{"a":{"b":"x"},"id":7}'),
        joined("-null", "One of two is null.", {"dedupe_key": None}, '{"a":{"b":null},"c":1}'),
        joined("-malformed", "Each is as an id is.", _BAD, '{"a":{"b":"x"},"c":""}',
               "the field c is empty"),
        joined("-malformed-unread", "What follows one that is absent is not read.",
               {"dedupe_key": None}, '{"c":1.5}'),
        joined("-repeated", "One stands twice.", _BAD, '{"a":{"b":"x"},"a":1,"c":1}',
               "the field a appears more than once"),
        _custom("joined-id", "An id and a type of several fields.",
                {"id": "1:2", "type": "a:1", "dedupe_key": "custom:1:2"},
                {"event_id": "joined:x,y", "event_type": "joined:t,x"}, '{"x":1,"y":2,"t":"a"}'),
        _custom("joined-id-required", "An id that is required, of several fields.", _MISSING,
                {"event_id": "joined:x,y", "required": ["id"]}, '{"x":1}', "the payload has no x"),
        _custom("dedupe-integer", "An integer identity.", {"dedupe_key": "custom:12"},
                {"dedupe": ["body:delivery", "body:id"]}, '{"delivery":null,"id":12}'),
        _custom("dedupe-none-present", "No source of the identity is present.",
                {"dedupe_key": None}, {"dedupe": ["body:delivery", "body:id"]}, "{}"),
        _custom("required-message-first-body-source",
                "Of several sources the first in the body is named.", _MISSING,
                {"event_type": ["header:x-type", "body:meta.type", "body:type"],
                 "required": ["type"]}, "{}", "the payload has no meta.type"),
    ]  # fmt: skip


def _echo(challenge: str) -> Dict[str, Any]:
    headers = [
        ["content-type", "text/plain; charset=utf-8"], ["cache-control", "no-store"],
        ["x-content-type-options", "nosniff"],
    ]  # fmt: skip
    return {
        "answer": {"status": 200, "headers": headers, "body": challenge}, "needs_consent": False,
        "secret": None, "confirmation_url": None, "topic": None,
    }  # fmt: skip


def _challenges() -> List[Case]:
    def slack(called: str, about: str, event: Stated, text: str,
              says: Optional[str] = None) -> Case:  # fmt: skip
        return _case(f"challenge-{called}", about, event, "slack", text, says)

    def challenge(called: str, about: str, event: Stated, value: str,
                  says: Optional[str] = None) -> Case:  # fmt: skip
        text = f'{{"type":"url_verification","challenge":{value}}}'
        return slack(called, about, event, text, says)

    none, odd = "the payload has no challenge", "is not 1 to 1024 visible ASCII characters"
    published = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
    return [
        challenge("published", "The challenge that Slack's documentation shows.",
                  {"type": "url_verification", "handshake": _echo(published)}, f'"{published}"'),
        challenge("escaped", "Escapes are unescaped.", {"handshake": _echo("a/b")}, '"a\\/b"'),
        challenge("longest", "1024 characters.", {"handshake": _echo("c" * 1024)}, f'"{"c" * 1024}"'),
        challenge("too-long", "1025 characters.", _BAD, f'"{"c" * 1025}"', odd),
        challenge("empty", "An empty one.", _BAD, '""', odd),
        challenge("space", "One with a space.", _BAD, '"a b"', odd),
        challenge("line-break", "One with a line break.", _BAD, '"a\\r\\nb"', odd),
        challenge("beyond-ascii", "One beyond ASCII.", _BAD, '"\\u00e9"', odd),
        challenge("number", "A number.", _BAD, "7", "the field challenge is not a string"),
        challenge("lone-surrogate", "A lone surrogate.", _BAD, '"\\ud800"',
                  "the field challenge holds a lone surrogate"),
        challenge("null", "null is as good as absent.", _MISSING, "null", none),
        slack("absent", "None.", _MISSING, '{"type":"url_verification"}', none),
        slack("twice", "Two.", _BAD,
              '{"type":"url_verification","challenge":"a","challenge":"b"}',
              "the field challenge appears more than once"),
        slack("other-type", "An event of another type may have such a field.",
              {"type": "message"}, '{"type":"message","challenge":7}'),
        slack("form", "A form is no handshake.", {"data": "type=url_verification&challenge=a"},
              "type=url_verification&challenge=a"),
        _case("challenge-other-scheme", "Another scheme has no such handshake.",
              {"type": "url_verification"}, "standard",
              '{"type":"url_verification","challenge":7}'),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "payload-fields.json",
        "verify",
        "Verified JSON as an event: sources, forms of id, type, time and data, repeated names.",
        _ids() + _types() + _times() + _data() + _duplicates() + _challenges() + _order(),
    )
