"""The body that a sender writes for a message: an envelope of four members around the data."""

from __future__ import annotations

import json
from typing import List, Optional

from casebook import Case, Topic
from deliverybook import write_payload_case
from fixtures import MSG

_NOW_MS = 1_700_000_000_000
_NOW = "2023-11-14T22:13:20Z"


def _case(called: str, about: str, *, message_id: str = MSG, event_type: str = "invoice.paid",
          now_ms: int = _NOW_MS, data: str = '{"amount":1999}', id_text: Optional[str] = None,
          type_text: Optional[str] = None, time: Optional[str] = _NOW) -> Case:  # fmt: skip
    """`id_text`, `type_text` and `time` are what stands between the quotation marks."""
    id_text = message_id if id_text is None else id_text
    type_text = event_type if type_text is None else type_text
    time_text = "null" if time is None else f'"{time}"'
    want = f'{{"id":"{id_text}","type":"{type_text}","timestamp":{time_text},"data":{data}}}'
    return write_payload_case(
        f"write-payload-{called}", about, want,
        message_id=message_id, event_type=event_type, now_ms=now_ms, data=data,
    )  # fmt: skip


def _texts() -> List[Case]:
    controls = "".join(chr(code) for code in range(32))
    escaped = (
        "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007"
        "\\u0008\\t\\n\\u000b\\u000c\\r\\u000e\\u000f"
        "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017"
        "\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
    )
    return [
        _case("plain", "The envelope, without white space."),
        _case("empty-texts", "An empty id and an empty type.", message_id="", event_type=""),
        _case("quote-in-id", "A quotation mark in the id would end it.",
              message_id='a","type":"b', id_text='a\\",\\"type\\":\\"b'),
        _case("quote-in-type", "A quotation mark in the type.",
              event_type='"', type_text='\\"'),
        _case("backslash", "A backslash, alone and before a quotation mark.",
              message_id='\\\\"', id_text='\\\\\\\\\\"', event_type="a\\b", type_text="a\\\\b"),
        _case("escape-like", "A text that looks like an escape is escaped.",
              event_type="\\u0041\\n", type_text="\\\\u0041\\\\n"),
        _case("line-breaks", "Line breaks and a tab have short escapes.",
              event_type="a\r\n\tb", type_text="a\\r\\n\\tb"),
        _case("controls-in-id", "Every control character of ASCII.",
              message_id=controls, id_text=escaped),
        _case("controls-in-type", "Every one of them in the type.",
              event_type=controls, type_text=escaped),
        _case("as-they-are", "What JSON allows stays: slash, delete, C1, line separators, <>&'.",
              event_type="/\x7f\x80\x9f\u2028\u2029<>&'"),
        _case("two-bytes", "Letters beyond ASCII.", event_type="fact\u00fcr\u00e9.\u03b1"),
        _case("three-bytes", "Letters of three bytes.", event_type="\u8acb\u6c42\u66f8"),
        _case("four-bytes", "Letters of four bytes.", message_id="\U0001f9fe\U00010348"),
        _case("combining", "Two forms of one letter stay two.", event_type="\u00e9e\u0301"),
        _case("odd-characters", "A byte order mark, a noncharacter, a replacement character.",
              event_type="\ufeff\uffff\ufffd\u200b\u202e"),
        _case("template", "What looks like a template is text.",
              event_type="$& {data} %s \\1", type_text="$& {data} %s \\\\1"),
    ]  # fmt: skip


def _times() -> List[Case]:
    def at(called: str, about: str, now_ms: int, time: Optional[str]) -> Case:
        return _case(called, about, now_ms=now_ms, time=time)

    last = 253_402_300_799_999
    return [
        at("epoch", "The first second of 1970.", 0, "1970-01-01T00:00:00Z"),
        at("first-millisecond", "A millisecond has three digits.", 1, "1970-01-01T00:00:00.001Z"),
        at("milliseconds", "Milliseconds.", 1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
        at("trailing-zeros", "Zeros at the end stay.", 1_700_000_000_500,
           "2023-11-14T22:13:20.500Z"),
        at("last-millisecond", "The last millisecond of a second is not rounded up.",
           1_700_000_000_999, "2023-11-14T22:13:20.999Z"),
        at("leap-day", "February 29 of a century.", 951_782_400_000, "2000-02-29T00:00:00Z"),
        at("no-leap-day", "The year 2100 has none.", 4_107_542_400_000, "2100-03-01T00:00:00Z"),
        at("small-numbers", "Every number has two digits.", 981_173_106_000,
           "2001-02-03T04:05:06Z"),
        at("year-9999", "The last millisecond of the year 9999.", last,
           "9999-12-31T23:59:59.999Z"),
        at("year-10000", "A year of five digits has no RFC 3339 form: null.", last + 1, None),
        at("year-12345", "Another such year, with milliseconds.", 327_403_382_400_250, None),
        at("largest-clock", "The largest clock that every language holds.", 2**53 - 1, None),
    ]  # fmt: skip


def _data() -> List[Case]:
    def of(called: str, about: str, data: str) -> Case:
        json.loads(data)
        return _case(f"data-{called}", about, data=data)

    return [
        of("null", "Null.", "null"),
        of("true", "A boolean.", "true"),
        of("number", "A number keeps its form.", "-0.10e+2"),
        of("large-number", "More digits than a 64-bit float has.",
           "12345678901234567890.12345678901234567890"),
        of("string", "A string.", '"paid"'),
        of("list", "A list.", "[1,[],{}]"),
        of("empty", "An empty object.", "{}"),
        of("whitespace", "White space in the data stays.", ' { "a" :\t[ 1 ,\r\n2 ] } '),
        of("escapes", "Escapes stay as they are written.",
           '{"\\u0061\\/":"\\u00e9\\ud83d\\ude00\\b\\f"}'),
        of("lone-surrogate", "The escape of half a pair stays.", '"\\ud800"'),
        of("non-ascii", "So does what is not escaped.",
           '{"\u00e9\U0001f600":"\u2028\x7f"}'),
        of("repeated-names", "Names that repeat, and those of the envelope.",
           '{"id":1,"id":2,"type":"x","timestamp":0,"data":{}}'),
        of("deep", "As deep as a receiver reads: 127 levels in the envelope's one.",
           "[" * 127 + "]" * 127),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "write-payload.json",
        "write_payload",
        "The bodies that senders write: id, type, time and data.",
        _texts() + _times() + _data(),
    )
