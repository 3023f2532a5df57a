"""As much of DER (X.690) as keys and certificates need."""

from __future__ import annotations

from typing import List, NamedTuple, Optional


class Element(NamedTuple):
    tag: int
    content: bytes
    #: With tag and length.
    whole: bytes


INTEGER, BIT_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x03, 0x05, 0x06, 0x30


def read_all(data: bytes) -> Optional[List[Element]]:
    """The elements one after the other; None if the bytes are anything else."""
    elements: List[Element] = []
    at = 0
    while at < len(data):
        start = at
        if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
            return None
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= 0x80:
            count = length - 0x80
            octets = data[at : at + count]
            length = int.from_bytes(octets, "big")
            # The shortest form, and none of unknown length.
            if not octets or len(octets) < count or octets[0] == 0 or length < 0x80:
                return None
            at += count
        if at + length > len(data):
            return None
        elements.append(Element(tag, data[at : at + length], data[start : at + length]))
        at += length
    return elements


def read_sequence(data: bytes) -> Optional[List[Element]]:
    """The elements of one SEQUENCE and nothing after it."""
    outer = read_all(data)
    if outer is None or len(outer) != 1 or outer[0].tag != SEQUENCE:
        return None
    return read_all(outer[0].content)


def integer_of(element: Element) -> Optional[int]:
    """One that is not negative, in its shortest form."""
    content = element.content
    if element.tag != INTEGER or not content or content[0] >= 0x80:
        return None
    if len(content) > 1 and content[0] == 0 and content[1] < 0x80:
        return None
    return int.from_bytes(content, "big")


def write(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(octets)]) + octets + content


def write_integer(number: int) -> bytes:
    return write(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))
