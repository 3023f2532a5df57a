"""Section 3, rules 1 and 2: which headers are used, and what their values may be."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

from reference.content import id_terminators
from reference.handshake import EVENT_HEADERS
from reference.refusal import Refusal
from reference.scheme import HeaderSet, Scheme

Headers = Sequence[Tuple[str, str]]


def lower_ascii(name: str) -> str:
    """ASCII only: a Kelvin sign stays what it is."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in name)


class RequestHeaders:
    """Values by lower-case name, every instance kept."""

    def __init__(self, headers: Headers) -> None:
        self._values: Dict[str, List[str]] = {}
        for name, value in headers:
            self._values.setdefault(lower_ascii(name), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def instances(self, name: str) -> List[str]:
        return self._values.get(name, [])

    def value(self, name: str) -> Optional[str]:
        """The value of a header that was checked to have only one."""
        values = self.instances(name)
        return values[0] if values else None


def choose_set(scheme: Scheme, headers: RequestHeaders) -> HeaderSet:
    """The first complete set; none: the absence in the set that is nearest to complete."""
    if not scheme.header_sets:
        return HeaderSet("", None, None)
    absent: List[List[str]] = []
    for one in scheme.header_sets:
        absent.append([name for name in one.names() if name not in headers])
        if not absent[-1]:
            return one
    first_missing = min(absent, key=len)[0]
    raise Refusal(
        "missing_header",
        f"the header {first_missing} is missing; did a proxy drop it, or is this another scheme's"
        " request?",
    )


def check_headers(scheme: Scheme, chosen: HeaderSet, headers: RequestHeaders) -> None:
    """Rule 2, over the set's headers, further ones of signatures, and then the optional ones that the
    event comes from."""
    names = [name for name in chosen.names() if name] + scheme.further_signatures
    for sources in (scheme.event_id, scheme.event_type, scheme.event_time, scheme.dedupe):
        for source in sources:
            if source.kind == "header" and source.name not in names:
                names.append(source.name)
    of_handshake = EVENT_HEADERS.get(scheme.handshake or "")
    if of_handshake is not None and of_handshake not in names:
        names.append(of_handshake)
    named_by = (scheme.key_source or {}).get("named_by") or ""
    if named_by.startswith("header:") and named_by[len("header:") :] not in names:
        names.append(named_by[len("header:") :])
    for name in names:
        values = headers.instances(name)
        if any(value != values[0] for value in values):
            raise Refusal(
                "conflicting_header",
                f"the header {name} was sent more than once with different values",
            )
        if values:
            check_value(scheme, name, values[0], is_id=name == chosen.id)


def check_value(scheme: Scheme, name: str, value: str, is_id: bool) -> None:
    if not value:
        raise Refusal("malformed_header", f"the header {name} is empty")
    if any(not " " <= character <= "~" for character in value):
        raise Refusal(
            "malformed_header",
            f"the header {name} holds a character other than visible ASCII and space",
        )
    if is_id and any(end in value for end in id_terminators(scheme.content)):
        raise Refusal(
            "malformed_header",
            f"the header {name} contains the character that ends the id in the signed content",
        )
