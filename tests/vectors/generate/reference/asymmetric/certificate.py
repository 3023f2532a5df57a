"""The certificate (RFC 5280) in which a provider gives its key: names, time, key."""

from __future__ import annotations

import datetime
import re
from typing import List, NamedTuple, Optional

from reference.asymmetric.der import OBJECT_IDENTIFIER, Element, read_all, read_sequence
from reference.asymmetric.keys import PublicKey, read_key_info
from reference.asymmetric.pem import read_first_pem

_COMMON_NAME = bytes.fromhex("550403")
_ALTERNATIVE_NAME = bytes.fromhex("551d11")
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_EXPLICIT_0, _EXPLICIT_3, _DNS_NAME, _OCTET_STRING = 0xA0, 0xA3, 0x82, 0x04


class Certificate(NamedTuple):
    #: The DNS names of its alternative names; the common name where it has no such extension.
    names: List[str]
    #: Unix seconds, both among those in which it is valid.
    not_before: int
    not_after: int
    key: Optional[PublicKey]


def read_certificate(text: str) -> Optional[Certificate]:
    """The first certificate of a PEM text; those after it are of who issued it."""
    data = read_first_pem(text, "CERTIFICATE")
    outer = None if data is None else read_sequence(data)
    if outer is None or len(outer) != 3:
        return None
    fields = read_all(outer[0].content)
    if not fields:
        return None
    extensions = next((one for one in fields if one.tag == _EXPLICIT_3), None)
    if fields[0].tag == _EXPLICIT_0:
        fields = fields[1:]
    # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
    if len(fields) < 6:
        return None
    times = [_time(one) for one in read_all(fields[3].content) or []]
    if len(times) != 2 or times[0] is None or times[1] is None:
        return None
    names = None if extensions is None else _alternative_names(extensions)
    if names is None:
        names = _common_names(fields[4])
    return Certificate(names, times[0], times[1], read_key_info(fields[5].whole))


def _time(element: Element) -> Optional[int]:
    """Section 4.1.2.5: in UTC, with seconds."""
    text = element.content.decode("latin-1")
    if element.tag == _UTC_TIME and re.fullmatch("[0-9]{12}Z", text):
        text = ("19" if text >= "50" else "20") + text
    elif element.tag != _GENERALIZED_TIME or not re.fullmatch("[0-9]{14}Z", text):
        return None
    try:
        time = datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ")
    except ValueError:
        return None
    return int(time.replace(tzinfo=datetime.timezone.utc).timestamp())


def _common_names(subject: Element) -> List[str]:
    names: List[str] = []
    for relative in read_all(subject.content) or []:
        for attribute in read_all(relative.content) or []:
            parts = read_all(attribute.content) or []
            if len(parts) == 2 and parts[0].content == _COMMON_NAME:
                names.append(parts[1].content.decode("utf-8", "replace"))
    return names[:1]


def _alternative_names(extensions: Element) -> Optional[List[str]]:
    for extension in read_all((read_all(extensions.content) or [extensions])[0].content) or []:
        parts = read_all(extension.content) or []
        is_it = parts and parts[0].tag == OBJECT_IDENTIFIER and parts[0].content == _ALTERNATIVE_NAME
        if is_it and parts[-1].tag == _OCTET_STRING:
            names = read_sequence(parts[-1].content) or []
            return [one.content.decode("ascii", "replace") for one in names if one.tag == _DNS_NAME]
    return None
