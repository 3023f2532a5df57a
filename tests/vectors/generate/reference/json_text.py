"""RFC 8259 by hand: values keep their place in the text, and every repeated key is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import List, Tuple

from reference.refusal import Refusal

MOST_LEVELS = 128
MOST_NUMBER_CHARACTERS = 640
JSON_WHITESPACE = " \t\n\r"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEX4 = re.compile(r"[0-9A-Fa-f]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Value:
    """One JSON value: kind is object, array, string, number, true, false or null."""

    kind: str
    source: str
    text: str = ""
    """Of a string: its characters, a lone surrogate escape as that surrogate."""
    members: List[Tuple[str, Value]] = field(default_factory=list)
    """Of an array: its elements, without names."""
    start: int = 0
    """Where in the text it begins, in characters."""

    def holds_lone_surrogate(self) -> bool:
        return any("\ud800" <= character <= "\udfff" for character in self.text)


def parse_json(text: str) -> Value:
    """The value of the whole text."""
    if not text.strip(JSON_WHITESPACE):
        raise Refusal("payload_not_json", "the payload is empty")
    if text.startswith("\ufeff"):
        raise Refusal(
            "payload_not_json",
            "the payload begins with a byte order mark, which JSON does not allow",
        )
    reader = _Reader(text)
    reader.skip_whitespace()
    value = reader.value(0)
    reader.skip_whitespace()
    if reader.at != len(text):
        raise _syntax_error()
    return value


def _syntax_error() -> Refusal:
    return Refusal(
        "payload_not_json",
        "the payload is not JSON; was the body cut short, or is it of another content type?",
    )


class _Reader:
    """Reads from left to right and stops at the first fault."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip_whitespace(self) -> None:
        while self.peek() and self.peek() in JSON_WHITESPACE:
            self.at += 1

    def expect(self, literal: str) -> None:
        if not self.text.startswith(literal, self.at):
            raise _syntax_error()
        self.at += len(literal)

    def value(self, levels: int) -> Value:
        """A value inside `levels` open arrays and objects."""
        start = self.at
        first = self.peek()
        if first in ("{", "["):
            if levels == MOST_LEVELS:
                raise Refusal("payload_too_deep", "the payload nests deeper than 128 levels")
            members = self._object(levels + 1) if first == "{" else self._array(levels + 1)
            kind = "object" if first == "{" else "array"
            return Value(kind, self.text[start : self.at], members=members, start=start)
        if first == '"':
            text = self._string()
            return Value("string", self.text[start : self.at], text=text, start=start)
        for word in ("true", "false", "null"):
            if first == word[0]:
                self.expect(word)
                return Value(word, word, start=start)
        return Value("number", self._number(), start=start)

    def _object(self, levels: int) -> List[Tuple[str, Value]]:
        members: List[Tuple[str, Value]] = []
        self.expect("{")
        self.skip_whitespace()
        if self.peek() == "}":
            self.expect("}")
            return members
        while True:
            self.skip_whitespace()
            key = self._string()
            self.skip_whitespace()
            self.expect(":")
            self.skip_whitespace()
            members.append((key, self.value(levels)))
            self.skip_whitespace()
            if self.peek() == "}":
                self.expect("}")
                return members
            self.expect(",")

    def _array(self, levels: int) -> List[Tuple[str, Value]]:
        self.expect("[")
        self.skip_whitespace()
        if self.peek() == "]":
            self.expect("]")
            return []
        elements: List[Tuple[str, Value]] = []
        while True:
            self.skip_whitespace()
            elements.append(("", self.value(levels)))
            self.skip_whitespace()
            if self.peek() == "]":
                self.expect("]")
                return elements
            self.expect(",")

    def _number(self) -> str:
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise _syntax_error()
        if len(found.group()) > MOST_NUMBER_CHARACTERS:
            raise Refusal(
                "payload_not_json", "the payload holds a number of more than 640 characters"
            )
        self.at = found.end()
        return found.group()

    def _string(self) -> str:
        self.expect('"')
        units: List[str] = []
        while True:
            character = self.peek()
            if character < " ":  # the end of the text too
                raise _syntax_error()
            self.at += 1
            if character == '"':
                return _join_surrogates("".join(units))
            units.append(self._escape() if character == "\\" else character)

    def _escape(self) -> str:
        letter = self.peek()
        self.at += 1
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        digits = _HEX4.match(self.text, self.at)
        if letter != "u" or not digits:
            raise _syntax_error()
        self.at = digits.end()
        return chr(int(digits.group(), 16))


def _join_surrogates(text: str) -> str:
    """Pairs of escapes become the character they stand for; lone surrogates stay."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
