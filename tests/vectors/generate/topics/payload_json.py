"""The payload as text: UTF-8, RFC 8259, depth and size of numbers."""

from __future__ import annotations

from typing import List, Mapping, Optional, Union

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, standard

_NOT_JSON = "payload_not_json"
_NOT_UTF8 = "payload_not_utf8"
_NOT_OBJECT = "payload_not_object"
_TOO_DEEP = "payload_too_deep"
_SYNTAX = "the payload is not JSON; was the body cut short, or is it of another content type?"
_LONG = "the payload holds a number of more than 640 characters"


def _case(
    called: str,
    about: str,
    event: Union[str, Mapping[str, object]],
    body: Union[str, bytes],
    says: Optional[str] = None,
) -> Case:
    raw = body.encode("utf-8") if isinstance(body, str) else body
    if event == _NOT_JSON and says is None:
        says = _SYNTAX
    return verify_case(
        f"payload-{called}", about, "accept", scheme="standard",
        secrets=[SAMPLES["standard"].secret], headers=standard(raw), body=raw, now=NOW,
        event=event, event_says=says,
    )  # fmt: skip


def _utf8() -> List[Case]:
    def at(offset: int) -> str:
        return f"the payload is not UTF-8: byte {offset} begins no character"

    return [
        _case("utf-8-lone-continuation", "A continuation byte alone.", _NOT_UTF8,
              b'{"data":"\x80"}', at(9)),
        _case("utf-8-first-byte", "The first byte of all.", _NOT_UTF8, b"\xff{}", at(0)),
        _case("utf-8-cut-at-end", "A character cut off at the end of the body.", _NOT_UTF8,
              b'{"data":"\xe2\x82', at(9)),
        _case("utf-8-overlong", "A slash written in two bytes.", _NOT_UTF8,
              b'{"data":"\xc0\xaf"}', at(9)),
        _case("utf-8-overlong-three", "A character of two bytes written in three.", _NOT_UTF8,
              b'{"data":"ab\xe0\x82\xa9"}', at(11)),
        _case("utf-8-surrogate", "A surrogate written in three bytes.", _NOT_UTF8,
              b'{"data":"\xed\xb0\x80"}', at(9)),
        _case("utf-8-beyond-last", "A code point beyond U+10FFFF.", _NOT_UTF8,
              b'{"data":"\xf4\x90\x80\x80"}', at(9)),
        _case("utf-8-after-valid", "The count is in bytes, not in characters.", _NOT_UTF8,
              '{"data":"\u00e9\u2665\U0001f511'.encode() + b'\xfe"}', at(18)),
        _case("utf-8-before-syntax", "UTF-8 is checked before JSON.", _NOT_UTF8,
              b'{{{"\xff', at(4)),
        _case("utf-8-second-byte-wrong", "The second byte of three is no continuation.",
              _NOT_UTF8, b'{"data":"\xe2(\xa1"}', at(9)),
        _case("utf-16", "UTF-16 with its byte order mark.", _NOT_UTF8,
              b"\xfe\xff" + '{"a":1}'.encode("utf-16-be"), at(0)),
        _case("utf-8-all-lengths", "Characters of one to four bytes, and noncharacters.",
              {"data": '"a\u00e9\u2665\U0001f511\uffff\U0010ffff"'},
              '{"data":"a\u00e9\u2665\U0001f511\uffff\U0010ffff"}'),
    ]  # fmt: skip


def _syntax() -> List[Case]:
    refused = (
        ("cut-short", "Cut off in a string.", '{"type":"pi'),
        ("cut-before-brace", "The last brace is missing.", '{"type":"ping"'),
        ("only-brace", "A brace alone.", "{"),
        ("cut-after-colon", "Cut off after a colon.", '{"type":'),
        ("trailing-comma-object", "A comma after the last member.", '{"type":"ping",}'),
        ("trailing-comma-array", "A comma after the last element.", '{"data":[1,2,]}'),
        ("leading-comma", "A comma before the first member.", '{,"type":"ping"}'),
        ("doubled-comma", "Two commas.", '{"data":[1,,2]}'),
        ("missing-comma", "No comma between members.", '{"a":1 "b":2}'),
        ("missing-colon", "No colon.", '{"type" "ping"}'),
        ("missing-value", "No value.", '{"type":,"a":1}'),
        ("trailing-garbage", "More after the object.", '{"type":"ping"}x'),
        ("second-object", "A second object.", '{"type":"ping"}{"type":"pong"}'),
        ("trailing-nul", "A NUL after the object.", '{"type":"ping"}\0'),
        ("line-comment", "A comment to the end of the line.", '{"type":"ping"} // yes'),
        ("block-comment", "A comment inside.", '{/* yes */"type":"ping"}'),
        ("hash-comment", "A comment as in YAML.", '# yes\n{"type":"ping"}'),
        ("single-quotes", "Single quotes.", "{'type':'ping'}"),
        ("bare-key", "A key without quotes.", '{type:"ping"}'),
        ("number-key", "A number as key.", '{1:"ping"}'),
        ("null-key", "null as key.", '{null:"ping"}'),
        ("nan", "NaN, as Python's json reads.", '{"data":NaN}'),
        ("infinity", "Infinity.", '{"data":Infinity}'),
        ("minus-infinity", "-Infinity.", '{"data":-Infinity}'),
        ("undefined", "undefined.", '{"data":undefined}'),
        ("python-words", "Python's None.", '{"data":None}'),
        ("upper-case-true", "TRUE.", '{"data":TRUE}'),
        ("cut-word", "A word cut short.", '{"data":tru}'),
        ("longer-word", "A word with more after it.", '{"data":nullx}'),
        ("form-feed", "A form feed is no JSON whitespace.", '{"type":\f"ping"}'),
        ("vertical-tab", "A vertical tab is no JSON whitespace.", '\v{"type":"ping"}'),
        ("no-break-space", "U+00A0 is no JSON whitespace.", '{"type":\u00a0"ping"}'),
        ("byte-order-mark-inside", "U+FEFF after whitespace.", ' \ufeff{"type":"ping"}'),
        ("byte-order-mark-at-end", "U+FEFF at the end.", '{"type":"ping"}\ufeff'),
        ("mismatched-brackets", "An array closed with a brace.", '{"data":[1}'),
        ("extra-closing", "A bracket too many.", '{"data":[1]]}'),
        ("form-for-json", "A form where JSON is wanted.", "type=ping&id=1"),
        ("jsonp", "A call around the object.", 'f({"type":"ping"})'),
        ("xml", "XML.", "<event><type>ping</type></event>"),
    )
    accepted = (
        ("whitespace", "Every kind of JSON whitespace.",
         ' \t\r\n{ "type"\n:\t"ping"\r,"data" : 1 } \n',
         {"type": "ping", "data": "1"}),
        ("empty-object-inside", "Empty objects and arrays.",
         '{"data":[ ],"a":{ }}', {"data": "[ ]"}),
        ("empty-key", "An empty key is a key.", '{"":1,"type":"ping"}', {"type": "ping"}),
        ("line-separator", "U+2028 and U+2029 may stand in a string.",
         '{"data":"\u2028\u2029"}', {"data": '"\u2028\u2029"'}),
        ("delete", "U+007F may stand in a string.", '{"data":"\x7f"}', {"data": '"\x7f"'}),
        ("prototype-keys", "Names that mean something to JavaScript are names.",
         '{"__proto__":{"type":"x"},"constructor":1,"type":"ping"}', {"type": "ping"}),
    )  # fmt: skip
    return [
        *(_case(f"json-{called}", about, _NOT_JSON, text) for called, about, text in refused),
        *(_case(f"json-{called}", about, event, text) for called, about, text, event in accepted),
        _case("json-empty", "Nothing at all.", _NOT_JSON, "", "the payload is empty"),
        _case("json-only-whitespace", "Whitespace alone.", _NOT_JSON, " \r\n\t",
              "the payload is empty"),
        _case("json-byte-order-mark", "A byte order mark first.", _NOT_JSON, '\ufeff{"a":1}',
              "the payload begins with a byte order mark, which JSON does not allow"),
        _case("json-only-byte-order-mark", "A byte order mark alone.", _NOT_JSON, "\ufeff",
              "the payload begins with a byte order mark, which JSON does not allow"),
    ]  # fmt: skip


def _strings() -> List[Case]:
    refused = (
        ("raw-newline", "A line break in a string.", '{"data":"a\nb"}'),
        ("raw-tab", "A tab in a string.", '{"data":"a\tb"}'),
        ("raw-nul", "A NUL in a string.", '{"data":"a\0b"}'),
        ("raw-1f", "U+001F in a string.", '{"data":"a\x1fb"}'),
        ("raw-newline-in-key", "A line break in a key.", '{"da\nta":1}'),
        ("escape-x", "\\x is no escape.", '{"data":"\\x41"}'),
        ("escape-single-quote", "\\' is no escape.", '{"data":"\\\'"}'),
        ("escape-zero", "\\0 is no escape.", '{"data":"\\0"}'),
        ("escape-a", "\\a is no escape.", '{"data":"\\a"}'),
        ("escape-upper-u", "\\U is no escape.", '{"data":"\\U0041"}'),
        ("escape-short", "Three digits after \\u.", '{"data":"\\u004"}'),
        ("escape-sign", "A sign after \\u, as int(x, 16) reads.", '{"data":"\\u+041"}'),
        ("escape-no-hex", "A letter beyond f.", '{"data":"\\u004g"}'),
        ("escape-braces", "\\u{...} is no escape.", '{"data":"\\u{41}"}'),
        ("escape-newline", "A backslash before a line break.", '{"data":"a\\\nb"}'),
        ("escape-at-end", "A backslash as the last byte.", '{"data":"\\'),
    )
    kept = (
        ("escapes", "Every escape of one letter.", '"\\"\\\\\\/\\b\\f\\n\\r\\t"'),
        ("escape-unicode", "Escapes in both cases of digits.", '"\\u00e9\\u00E9\\u0000"'),
        ("escape-pair", "An escaped pair of surrogates.", '"\\ud83d\\udd11"'),
        ("escape-lone-high", "A lone high surrogate is valid JSON.", '"\\ud83d"'),
        ("escape-lone-low", "A lone low surrogate is valid JSON.", '"x\\udd11"'),
        ("escape-reversed-pair", "A reversed pair is two lone surrogates.", '"\\udd11\\ud83d"'),
    )
    return [
        *(_case(f"string-{called}", about, _NOT_JSON, text) for called, about, text in refused),
        *(
            _case(f"string-{called}", about, {"data": text}, f'{{"data":{text}}}')
            for called, about, text in kept
        ),
    ]


def _numbers() -> List[Case]:
    refused = ("01", "-", "1.", "1e", "+1", ".5", "-01", "00", "1.e5", "1e+", "--1", "0x10",
               "1_000", "1,5", "-.5", "1e5.5", "0b1", "1n", "2-", "\uff11")  # fmt: skip
    names = ("leading-zero", "minus-alone", "bare-point", "bare-exponent", "plus", "no-integer",
             "minus-leading-zero", "double-zero", "point-then-exponent", "exponent-sign-alone",
             "two-minus", "hexadecimal", "underscore", "comma-fraction", "minus-point",
             "exponent-fraction", "binary", "bigint", "minus-after", "fullwidth")  # fmt: skip
    kept = (
        ("zero", "0"), ("minus-zero", "-0"), ("fraction", "-0.50"), ("exponent", "1E+09"),
        ("large", "123456789012345678901234567890"), ("beyond-double", "1e400"),
        ("tiny", "4.9E-324"), ("past-exact", "9007199254740993"),
    )  # fmt: skip
    return [
        *(
            _case(f"number-{called}", f"The number {text!a}.", _NOT_JSON, f'{{"data":{text}}}')
            for called, text in zip(names, refused)
        ),
        *(
            _case(
                f"number-{called}", f"The number {text} is kept as it is written.",
                {"data": text}, f'{{"data":{text}}}',
            )
            for called, text in kept
        ),
        _case("number-640", "A number of 640 characters.", {"data": "7" * 640},
              '{"data":' + "7" * 640 + "}"),
        _case("number-641", "A number of 641 characters.", _NOT_JSON,
              '{"data":' + "7" * 641 + "}", _LONG),
        _case("number-640-with-sign", "The sign, the point and the exponent count.",
              {"data": "-1." + "0" * 634 + "e+1"}, '{"data":-1.' + "0" * 634 + "e+1}"),
        _case("number-641-with-sign", "One more of the same.", _NOT_JSON,
              '{"data":-1.' + "0" * 635 + "e+1}", _LONG),
        _case("number-641-anywhere", "A long number in a part that nobody asks for.", _NOT_JSON,
              '{"type":"ping","deep":[{"n":' + "1" * 641 + "}]}", _LONG),
        _case("number-641-before-syntax", "What comes first in the text is reported.", _NOT_JSON,
              '{"a":' + "1" * 641 + ",}", _LONG),
        _case("number-641-after-syntax", "The same in the other order.", _NOT_JSON,
              '{"a":01,"b":' + "1" * 641 + "}"),
        _case("number-641-in-string", "A string of digits is no number.",
              {"data": '"' + "1" * 641 + '"'}, '{"data":"' + "1" * 641 + '"}'),
    ]  # fmt: skip


def _depth() -> List[Case]:
    def arrays(levels: int) -> str:
        return '{"a":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"

    def objects(levels: int) -> str:
        return '{"a":' * levels + "1" + "}" * levels

    def mixed(levels: int) -> str:
        pairs = (levels - 1) // 2
        inner = "[]" if levels % 2 == 0 else "1"
        return '{"a":' + '[{"a":' * pairs + inner + "}]" * pairs + "}"

    deep = "the payload nests deeper than 128 levels"
    cases: List[Case] = []
    for called, build in (("arrays", arrays), ("objects", objects), ("mixed", mixed)):
        cases += [
            _case(f"depth-{called}-128", f"128 levels of {called}.", {"type": None}, build(128)),
            _case(f"depth-{called}-129", f"129 levels of {called}.", _TOO_DEEP, build(129), deep),
        ]
    return cases + [
        _case("depth-unclosed", "Deep and cut short: the depth comes first.", _TOO_DEEP,
              '{"a":' + "[" * 5000, deep),
        _case("depth-syntax-first", "A fault before the 129th level comes first.", _NOT_JSON,
              '{"a":' + "[" * 100 + "}" + "[" * 100),
        _case("depth-top-array-129", "The top is an array, and too deep.", _TOO_DEEP,
              "[" * 129 + "]" * 129, deep),
        _case("depth-top-array-128", "The top is an array of 128 levels.", _NOT_OBJECT,
              "[" * 128 + "]" * 128),
        _case("depth-wide", "Many arrays side by side are not deep.", {"type": None},
              '{"a":[' + "[]," * 500 + "[]]}"),
        _case("depth-in-string", "Brackets in a string open nothing.", {"type": None},
              '{"a":"' + "[" * 500 + '"}'),
    ]  # fmt: skip


def _tops() -> List[Case]:
    says = "the payload is JSON but not an object"
    return [
        _case(f"top-{called}", f"The payload is {what}.", _NOT_OBJECT, text, says)
        for called, what, text in (
            ("array", "an array", '[{"type":"ping"}]'),
            ("empty-array", "an empty array", "[]"),
            ("string", "a string", '"ping"'),
            ("number", "a number", " 12 "),
            ("true", "true", "true"),
            ("null", "null", "null"),
        )
    ] + [
        _case("top-array-cut", "An array that is cut short is no JSON.", _NOT_JSON, "[1"),
        _case("top-scalar-and-more", "More after a scalar is no JSON.", _NOT_JSON, "1 2"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "payload-json.json",
        "verify",
        "Verified bodies as text: strict UTF-8, RFC 8259, 128 levels, numbers of 640 characters.",
        _utf8() + _syntax() + _strings() + _numbers() + _depth() + _tops(),
    )
