"""The pages, with the policies under which browsers show them."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path

#: The policy of what is no page.
NOTHING = "default-src 'none'; frame-ancestors 'none'"

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def policy(page: str) -> str:
    """The content security policy of a page: its own inline script and style by their hashes,
    requests to where it came from, and nothing else."""
    sources = [
        f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for kind, text in _INLINE.findall(page)
    ]
    more = ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"]
    if "<script>" in page:
        more += ["connect-src 'self'", "require-trusted-types-for 'script'"]
    return "; ".join(["default-src 'none'", "img-src data:", *sources, *more])


def status_page() -> str:
    """The status page, which asks for its data itself."""
    # Universal newlines: browsers hash a script after they made its line ends so.
    return Path(__file__).with_name("status.html").read_text(encoding="utf-8")


def login_page(action: str, failed: bool) -> str:
    """The form for the token, and nothing else."""
    alert = '<p role="alert">That did not work.</p>' if failed else ""
    return _LOGIN.replace("{action}", escape(action)).replace("{alert}", alert)


_LOGIN = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Sign in</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 90vh; margin: 0 1rem; }
form { display: grid; gap: .6rem; width: min(22rem, 100%); }
input, button { font: inherit; padding: .5rem .7rem; border: 1px solid GrayText; border-radius: .4rem; }
button { cursor: pointer; }
p { margin: 0; color: light-dark(#a4161a, #ff8f8f); }
</style>
<form method="post" action="{action}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>{alert}
</form>
</html>
"""
