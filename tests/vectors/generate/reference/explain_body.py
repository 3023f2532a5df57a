"""Bodies as they may have been signed, of one that was changed on its way."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote

from reference.encodings import decode_base64
from reference.explain_text import Facts
from reference.form import parse_form
from reference.json_text import Value, parse_json
from reference.refusal import Refusal

Variant = Tuple[str, Facts, bytes]

MOST_REWRITTEN = 1 << 20
MOST_OF_A_VARIANT = 4 * MOST_REWRITTEN
_MARK = b"\xef\xbb\xbf"


def body_variants(body: bytes) -> Iterator[Variant]:
    if not body:
        return
    yield from _ends(body)
    yield from _lines(body)
    if len(body) > MOST_REWRITTEN:
        return
    text = _utf8(body)
    if text is not None:
        inner = decode_base64(text)
        if inner is not None:
            yield "body_is_base64", {}, inner
        string = _json_string(text)
        if string is not None:
            yield "body_is_json_string", {}, string.encode("utf-8")
    yield from _recoded(body, text)
    if text is not None:
        yield from _layouts(text)
        yield from _forms(text)


def _utf8(body: bytes) -> Optional[str]:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _ends(body: bytes) -> Iterator[Variant]:
    ends = {"crlf": b"\r\n", "lf": b"\n"}
    # What was signed may itself end with a carriage return.
    added = [name for name, end in ends.items() if body.endswith(end)]
    for name in added:
        yield "trailing_newline", {"change": "added", "newline": name}, body[: -len(ends[name])]
    if not added:
        for name in ("lf", "crlf"):
            yield "trailing_newline", {"change": "lost", "newline": name}, body + ends[name]
    if body.startswith(_MARK):
        yield "byte_order_mark", {"change": "added"}, body[len(_MARK) :]
    else:
        yield "byte_order_mark", {"change": "lost"}, _MARK + body


def _lines(body: bytes) -> Iterator[Variant]:
    with_lf = body.replace(b"\r\n", b"\n")
    for signed, variant in (("lf", with_lf), ("crlf", with_lf.replace(b"\n", b"\r\n"))):
        if variant != body:
            yield "line_endings", {"signed": signed}, variant


def _json_string(text: str) -> Optional[str]:
    if not text.startswith('"'):
        return None
    try:
        value = json.loads(text, strict=True)
        value.encode("utf-8")
    except (ValueError, UnicodeEncodeError):
        return None
    # With whitespace around it, it is not the whole.
    return value if text.endswith('"') else None


def _recoded(body: bytes, text: Optional[str]) -> Iterator[Variant]:
    if body.isascii():
        return
    if text is None:
        facts = {"fault": "encoded_as_latin_1"}
        yield "body_recoded", facts, body.decode("latin-1").encode("utf-8")
    elif all(character <= "\xff" for character in text):
        yield "body_recoded", {"fault": "decoded_as_latin_1"}, text.encode("latin-1")


_LAYOUTS: Dict[str, Dict[str, Any]] = {
    "compact": {"comma": ",", "colon": ":"},
    "spaced": {"comma": ", ", "colon": ": "},
    "indent_2": {"comma": ",", "colon": ": ", "indent": 2},
    "indent_4": {"comma": ",", "colon": ": ", "indent": 4},
}
_ESCAPES: Dict[str, Callable[[Value], Optional[str]]] = {
    "kept": lambda string: string.source,
    "plain": lambda string: _escaped(string),
    "ascii": lambda string: _escaped(string, beyond_ascii=True),
    "slashes": lambda string: _escaped(string, "/"),
    "ascii_slashes": lambda string: _escaped(string, "/", beyond_ascii=True),
    "html": lambda string: _escaped(string, "<>&\u2028\u2029"),
}


def _layouts(text: str) -> Iterator[Variant]:
    try:
        value = parse_json(text)
    except Refusal:
        return
    if value.kind not in ("object", "array"):
        return
    for layout, spaces in _LAYOUTS.items():
        tried = [text]
        for escapes, write_string in _ESCAPES.items():
            written = _write(_tokens(text), write_string, **spaces)
            if written is None or written in tried:
                continue
            tried.append(written)
            body = written.encode("utf-8")
            if len(body) <= MOST_OF_A_VARIANT:
                yield "body_reserialised", {"layout": layout, "escapes": escapes}, body


def _tokens(text: str) -> List[Value]:
    """Of a text that is JSON: its strings, and what lies between without whitespace."""
    decoder = json.JSONDecoder()
    tokens: List[Value] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == '"':
            value, end = decoder.raw_decode(text, at)
            tokens.append(Value("string", text[at:end], text=value))
            at = end
            continue
        if character not in " \t\r\n":
            tokens.append(Value("other", character))
        at += 1
    return tokens


def _write(
    tokens: List[Value],
    write_string: Callable[[Value], Optional[str]],
    comma: str,
    colon: str,
    indent: int = 0,
) -> Optional[str]:
    pieces: List[str] = []
    depth = 0

    def break_line() -> None:
        if indent:
            pieces.append("\n" + " " * (indent * depth))

    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None]):
        if token.kind == "string":
            written = write_string(token)
            if written is None:
                return None
            pieces.append(written)
        elif token.source in "{[":
            pieces.append(token.source)
            if after is not None and after.source not in ("}", "]"):
                depth += 1
                break_line()
        elif token.source in "}]":
            if before is not None and before.source not in ("{", "["):
                depth -= 1
                break_line()
            pieces.append(token.source)
        elif token.source == ",":
            pieces.append(comma)
            break_line()
        else:
            pieces.append(colon if token.source == ":" else token.source)
    return "".join(pieces)


def _escaped(string: Value, also: str = "", beyond_ascii: bool = False) -> Optional[str]:
    if string.holds_lone_surrogate():
        return None
    written = json.dumps(string.text, ensure_ascii=beyond_ascii)
    for character in also:
        short = "\\/" if character == "/" else f"\\u{ord(character):04x}"
        written = written.replace(character, short)
    return written


def _forms(text: str) -> Iterator[Variant]:
    is_visible = all("!" <= character <= "~" for character in text)
    if not is_visible or "=" not in text or text[0] in '{[<"':
        return
    browser = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in parse_form(text))
    variants = {
        "plus": text.replace("%20", "+"),
        "percent_20": text.replace("+", "%20"),
        "upper_hex": _with_hex(text, str.upper),
        "lower_hex": _with_hex(text, str.lower),
        "browser_percent_20": browser.replace("+", "%20"),
        "browser": browser,
        "sorted": "&".join(sorted(text.split("&"))),
    }
    for signed, variant in variants.items():
        if variant != text:
            yield "form_rewritten", {"signed": signed}, variant.encode("ascii")


def _quoted(text: str) -> str:
    return quote(text, safe="*-._ ").replace("~", "%7E").replace(" ", "+")


def _with_hex(text: str, change: Callable[[str], str]) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(change(part[:2]) + part[2:] for part in rest)])
