"""How much an explanation may do: what would take more than is left is not tried."""

from __future__ import annotations

from typing import List

from reference.asymmetric.keys import PublicKey
from reference.scheme import Scheme
from reference.secret import Key
from reference.verify import Request

MOST_MACS = 4_096
MOST_HASHED_BYTES = 256 << 20
_MACS_OF_A_SIGNATURE = 32
_HASHES_OF_A_SORTING = 32


def is_identity(scheme: Scheme) -> bool:
    """Whether its secrets say who is expected to send."""
    return scheme.is_asymmetric and scheme.jws is None


class Work:
    def __init__(self) -> None:
        self.macs = MOST_MACS
        self.bytes = MOST_HASHED_BYTES

    def take(self, scheme: Scheme, keys: List[List[Key]], request: Request) -> bool:
        """Takes what verifying this request takes, if that is left."""
        every = [key for of_secret in keys for key in of_secret]
        public = sum(is_identity(scheme) or isinstance(key, PublicKey) for key in every)
        tags = (len(every) - public) * (1 if scheme.url_form == "as-given" else 2)
        if request.key is not None:
            public += 1
        sorting = _HASHES_OF_A_SORTING if scheme.signs("form") else 0
        macs = tags + public * _MACS_OF_A_SIGNATURE
        hashed = (tags + public + sorting) * _length(request)
        if macs > self.macs or hashed > self.bytes:
            return False
        self.macs -= macs
        self.bytes -= hashed
        return True


def _length(request: Request) -> int:
    texts = [text for pair in request.headers for text in pair]
    texts += [request.method or "", request.url or ""]
    return len(request.body) + sum(len(text.encode("utf-8")) for text in texts)
