"""How a key is fetched. Imported when one is: few programs need one, and HTTP takes long to import."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

#: The largest answer that can be a key; a set of 32 RSA keys has a quarter of it.
_LARGEST_KEY = 64 * 1024


def fetch_key(url: str, timeout: float) -> bytes:
    """What is at this URL, by HTTPS and without redirects; ``timeout`` is in seconds."""
    if not url.startswith("https://"):
        raise ValueError("keys are fetched by HTTPS")
    opener = urllib.request.build_opener(_NoRedirect())
    with opener.open(url, timeout=timeout) as answer:
        answered: bytes = answer.read(_LARGEST_KEY + 1)
    if answer.status != 200 or len(answered) > _LARGEST_KEY:
        raise HTTPException("the answer is no key")
    return answered


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where a redirect leads, nobody has checked."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        raise urllib.error.HTTPError(req.full_url, code, "a redirect", headers, fp)
