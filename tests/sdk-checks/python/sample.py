"""Random requests, each valid or with one thing wrong, from a seed."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from countersign import Webhook

#: What goes wrong where bytes are handled as text, or text is put into a template.
AWKWARD = [
    "$& $1 $$", "%s %(a)s {0} {body}", "\\u00e9 \\/ \\\\", "\r\n", "\t\x00\x7f", "é e\u0301 ß İ",
    "日本語", "\U0001f9fe\u200d\U0001f4a1", "\u2028\u2029", "\ufffd", "</script>&amp;", "1e400", "'\"`", " ",
]  # fmt: skip
HEX = "0123456789abcdef"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#: The run of characters that is the signature, in any of the headers.
SIGNATURE = re.compile(r"[A-Za-z0-9+/_-]{27,}={0,2}")


@dataclass(frozen=True)
class Request:
    """What arrives, and the secret that it is verified with."""

    kind: str
    scheme: str
    secret: str
    body: bytes
    headers: dict[str, str]
    url: str
    method: str

    def header(self, name: str) -> str:
        """The header's value; one that is absent is as good as empty to a library."""
        return self.headers.get(name, "")

    @property
    def is_text(self) -> bool:
        return "\ufffd" not in self.body.replace(b"\xef\xbf\xbd", b"").decode(errors="replace")

    @property
    def text(self) -> str:
        """The body for libraries that take text."""
        return self.body.decode()


@dataclass(frozen=True)
class Source:
    """Where requests of a provider come from."""

    scheme: str
    #: The headers of the signature and of its time, if it has one of its own.
    signature: str
    timestamp: str | None = None
    #: Between the signatures of a header that may have several.
    separator: str | None = None
    secret: Callable[[Random], str] = lambda random: text_secret(random)
    body: Callable[[Random], bytes] = lambda random: json_body(random)
    #: The URL may depend on the body, of which Twilio's has the digest.
    url: Callable[[Random, bytes], str] = lambda random, body: any_url(random)
    method: str = "POST"
    #: By the provider's library, if it can: the headers of a body at a time in seconds.
    sign: Callable[[Request, int], dict[str, str]] | None = None
    #: The same by a library of neither, where the secret is a public key.
    sign_otherwise: Callable[[Request, int], dict[str, str]] | None = None
    #: Then what we sign with, if we can.
    pair: Callable[[str], str] | None = None
    #: Other texts for a signature, by what they have.
    rewritten: Callable[[str], dict[str, str]] | None = None


def text_secret(random: Random, prefix: str = "", characters: str = LETTERS) -> str:
    return prefix + "".join(random.choices(characters, k=random.randint(24, 64)))


def base64_secret(random: Random) -> str:
    return "whsec_" + base64.b64encode(random.randbytes(random.randint(24, 64))).decode()


def hex_secret(random: Random) -> str:
    return random.randbytes(32).hex().upper()


def any_text(random: Random) -> str:
    words = [*AWKWARD, "id", "value", "x" * random.randint(1, 40), str(random.random())]
    return "".join(random.choices(words, k=random.randint(0, 5)))


def any_value(random: Random, depth: int = 0) -> object:
    kind = random.randrange(8 if depth < 3 else 5)
    if kind == 5:
        return [any_value(random, depth + 1) for _ in range(random.randrange(4))]
    if kind > 5:
        return {any_text(random): any_value(random, depth + 1) for _ in range(random.randrange(4))}
    simple = (None, random.random() < 0.5, random.randint(-(2**40), 2**40), random.random())
    return (*simple, any_text(random))[kind]


def json_body(random: Random, **fields: object) -> bytes:
    """An object, spaced and escaped in any of the ways; now and then a big one."""
    value = {any_text(random): any_value(random) for _ in range(random.randint(1, 6))}
    value.update(fields)
    if random.random() < 0.03:
        value["big"] = any_text(random) * 2000
    separators = random.choice([(",", ":"), (", ", ": "), (" ,\n", " : ")])
    text = json.dumps(value, ensure_ascii=random.random() < 0.5, separators=separators)
    return (text + random.choice(["", "", "", "\n", "\r\n"])).encode()


def text_body(random: Random) -> bytes:
    """Any text, of which JSON is only the most frequent kind."""
    kind = random.randrange(12)
    if kind == 0:
        return b""
    if kind == 1:
        return any_text(random).encode() * random.randint(1, 50)
    if kind == 2:
        return b"\xef\xbb\xbf" + json_body(random)
    return json_body(random)


def any_body(random: Random) -> bytes:
    """The same, or bytes that are no text."""
    return random.randbytes(random.randint(1, 300)) if random.random() < 0.05 else text_body(random)


def any_url(random: Random) -> str:
    host = random.choice(["example.com", "hooks.example.com", "xn--bcher-kva.example", "127.0.0.1"])
    port = random.choice(["", "", ":8443", ":80"])
    path = random.choice(["", "/", "/hooks", "/hooks/%C3%A9/", "/a/b.php;v=1", "/a//b", "/~x/@y"])
    query = random.choice(["", "", "?a=1&b=2", "?q=%20+%2B", "?b=2&a=1&a=", "?", "?x=a'b", "?to=https%3A%2F%2Fa.example%2F%40b"])
    return f"https://{host}{port}{path}{query}"


def any_request(source: Source, random: Random) -> Request:
    """The next request: as often valid as not."""
    secret, body = source.secret(random), source.body(random)
    url = source.url(random, body)
    valid = Request("valid", source.scheme, secret, body, {}, url, source.method)
    webhook = Webhook(source.scheme, secret)
    past = webhook.tolerance.past or 300
    timed = source.timestamp is not None
    # Never near the end of what is tolerated, where the verdict depends on how fast this runs.
    age = random.randint(0, past // 3)
    tamper = None
    if random.random() < 0.5:
        tampers = [body_tampered, secret_tampered, signature_tampered]
        tamper = random.choice([*tampers, time_tampered] if timed else tampers)
        if tamper is time_tampered and random.random() < 0.5:
            tamper = None
            kind, age = random.choice([("old", 2 * past + 60), ("ahead", -2 * past - 60)])
            valid = replace(valid, kind=kind)
    now = int(time.time()) - age
    sign = source.sign or source.sign_otherwise
    we_sign = source.sign_otherwise is None or source.pair is not None
    # The libraries sign text only.
    if sign is not None and (not we_sign or (valid.is_text and random.random() < 0.5)):
        headers = sign(valid, now)
    else:
        signer = webhook if source.pair is None else Webhook(source.scheme, source.pair(secret))
        headers = signer.sign(body, id="msg_1", now=now, url=url, method=source.method)
    valid = replace(valid, headers=headers)
    return valid if tamper is None else tamper(valid, source, random)


def body_tampered(request: Request, source: Source, random: Random) -> Request:
    body, more, cut = request.body, request.body + b"x", request.body[:-1]
    if request.is_text:
        at = random.randint(0, len(request.text))
        more = (request.text[:at] + "x" + request.text[at:]).encode()
        cut = request.text[:-1].encode()
    changes = {
        "body: a letter more": more,
        "body: a line more": body + b"\n",
        "body: a space first": b" " + body,
        "body: cut": cut,
        "body: none": b"",
        "body: a BOM more": b"\xef\xbb\xbf" + body,
    }
    if request.is_text and body.lstrip().startswith(b"{"):
        changes["body: written anew"] = json.dumps(json.loads(body)).encode()
    kind, changed = random.choice([(kind, new) for kind, new in changes.items() if new != body])
    return replace(request, kind=kind, body=changed)


def secret_tampered(request: Request, source: Source, random: Random) -> Request:
    return replace(request, kind="secret: another", secret=source.secret(random))


def signature_tampered(request: Request, source: Source, random: Random) -> Request:
    value = request.headers[source.signature]
    found = SIGNATURE.search(value)
    assert found is not None
    signature = found.group()
    # Not the last, which may have bits that say nothing.
    at = random.randrange(len(signature.rstrip("=")) - 1)
    other = "1" if signature[at] == "0" else "0"
    replacements = {
        "a character changed": signature[:at] + other + signature[at + 1 :],
        "cut": signature[: len(signature) // 2],
        "padding lost": signature.rstrip("="),
        "in the other case": signature.swapcase(),
        "of another request": signature[::-1],
        "no text": "\xff" + signature[1:],
        "longer": signature + "0",
    }
    if source.rewritten is not None:
        replacements.update(source.rewritten(signature))
    kind, changed = random.choice(list(replacements.items()))
    wrong = value.replace(signature, changed)
    headers: dict[str, str | None] = {
        "signature: empty": "",
        "signature: none": None,
        "signature: spaces around": f" {value} ",
        "signature: without its prefix": signature,
        "signature: of another version": re.sub(r"\b[vh][01]([=,])", r"v9\1", value),
    }
    another = replacements["a character changed"]
    headers["signature: header twice"] = f"{value.replace(signature, another)}, {value}"
    if source.separator is not None:
        separator = source.separator
        *before, entry = value.split(separator)
        other = entry.replace(signature, another)
        headers["signature: another before"] = separator.join([*before, other, entry])
        headers["signature: another after"] = separator.join([*before, entry, other])
    of_header = [(kind, header) for kind, header in headers.items() if header != value]
    tampers = [(f"signature: {kind}", wrong)] * len(of_header) + of_header
    return with_header(request, *random.choice(tampers), source.signature)


def time_tampered(request: Request, source: Source, random: Random) -> Request:
    assert source.timestamp is not None
    value = request.headers[source.timestamp]
    found = re.search(r"\d{10,}", value)
    assert found is not None
    stamp = found.group()
    changes = {
        "time: a second more": str(int(stamp) + 1),
        "time: a second less": str(int(stamp) - 1),
        "time: a fraction": stamp + ".5",
        "time: signed": "+" + stamp,
        "time: negative": "-" + stamp,
        "time: zeros first": "00" + stamp,
        "time: spaces around": f" {stamp} ",
        "time: text after": stamp + "x",
        "time: no number": "now",
        "time: empty": "",
        "time: exponent": "1e9",
        "time: in the other unit": stamp + "000" if len(stamp) == 10 else stamp[:-3],
    }
    kind, changed = random.choice(list(changes.items()))
    return with_header(request, kind, value.replace(stamp, changed, 1), source.timestamp)


def with_header(request: Request, kind: str, value: str | None, name: str) -> Request:
    headers = {key: text for key, text in request.headers.items() if key != name}
    if value is not None:
        headers[name] = value
    return replace(request, kind=kind, headers=headers)
