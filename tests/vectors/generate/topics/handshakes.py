"""Handshakes in the query of a URL."""

from __future__ import annotations

from typing import Any, List

from casebook import Case, Topic
from guardbook import handshake_case

_MODE, _TOKEN, _CHALLENGE = (
    "hub.mode=subscribe", "hub.verify_token=meatyhamhock", "hub.challenge=1158201444",
)  # fmt: skip
ALL_PARAMETERS = "&".join((_MODE, _CHALLENGE, _TOKEN))


def _case(called: str, about: str, want: str, query: str, **more: Any) -> Case:
    return handshake_case(f"handshake-{called}", about, want, query=query, **more)


def _malformed(called: str, about: str, *parameters: str) -> Case:
    return _case(called, about, "malformed_handshake", "&".join(parameters))


def topic() -> Topic:
    refused = "handshake_refused"
    cases: List[Case] = [
        _case("published", "As Meta's documentation shows it.", "1158201444", ALL_PARAMETERS),
        _case("other-order", "In another order.", "1158201444",
              "&".join((_TOKEN, _CHALLENGE, _MODE))),
        _case("more", "With more parameters.", "1158201444", f"a=b&{ALL_PARAMETERS}&c"),
        _case("escaped-names", "Names may be escaped.", "1158201444",
              ALL_PARAMETERS.replace("hub.", "hub%2E")),
        _case("escaped-token", "Tokens may be escaped.", "1158201444",
              "&".join((_MODE, _CHALLENGE, "hub.verify_token=%C3%A9+%26%3D")),
              verify_token="\u00e9 &="),
        _case("text-challenge", "A challenge is visible ASCII.", "<script>&'\"",
              "&".join((_MODE, _TOKEN, "hub.challenge=%3Cscript%3E%26'%22"))),
        _case("long-challenge", "Of 1024 characters at most.", "9" * 1024,
              "&".join((_MODE, _TOKEN, "hub.challenge=" + "9" * 1024))),
        _case("wrong-token", "Another token.", refused, ALL_PARAMETERS + "x"),
        _case("token-case", "With regard to case.", refused, ALL_PARAMETERS.replace("meaty", "Meaty")),
        _case("token-beginning", "The beginning of the token.", refused,
              ALL_PARAMETERS.replace("meatyhamhock", "meaty")),
        _case("token-empty", "An empty token.", refused, ALL_PARAMETERS.replace("meatyhamhock", "")),
        _case("token-none-set", "No token is set.", refused, ALL_PARAMETERS, verify_token=None),
        _case("token-empty-none-set", "An empty token while none is set.", refused,
              ALL_PARAMETERS.replace("meatyhamhock", ""), verify_token=None),
        _malformed("empty", "Nothing.", ""),
        _malformed("no-mode", "No mode.", _TOKEN, _CHALLENGE),
        _malformed("no-token", "No token.", _MODE, _CHALLENGE),
        _malformed("no-challenge", "No challenge.", _MODE, _TOKEN),
        _malformed("other-mode", "Another mode.", "hub.mode=unsubscribe", _TOKEN, _CHALLENGE),
        _malformed("mode-case", "The mode in capitals.", "hub.mode=SUBSCRIBE", _TOKEN, _CHALLENGE),
        _malformed("two-tokens", "Two tokens.", _MODE, _CHALLENGE, _TOKEN, "hub.verify_token=x"),
        _malformed("two-challenges", "Two challenges.", ALL_PARAMETERS, _CHALLENGE),
        _malformed("empty-challenge", "An empty challenge.", _MODE, _TOKEN, "hub.challenge="),
        _malformed("bare-challenge", "A challenge without a value.", _MODE, _TOKEN, "hub.challenge"),
        _malformed("space-challenge", "A challenge with a space.", _MODE, _TOKEN,
                   "hub.challenge=a+b"),
        _malformed("line-challenge", "A challenge with a line break.", _MODE, _TOKEN,
                   "hub.challenge=a%0d%0ab"),
        _malformed("unicode-challenge", "A challenge beyond ASCII.", _MODE, _TOKEN,
                   "hub.challenge=%C3%A9"),
        _malformed("bytes-challenge", "A challenge that is no text.", _MODE, _TOKEN,
                   "hub.challenge=%FF"),
        _malformed("too-long-challenge", "1025 characters.", _MODE, _TOKEN,
                   "hub.challenge=" + "9" * 1025),
        _malformed("semicolons", "Separated otherwise.", ALL_PARAMETERS.replace("&", ";")),
        _malformed("malformed-before-refused", "Malformed, and another token.", _MODE,
                   "hub.verify_token=x"),
    ]  # fmt: skip
    return Topic(
        "handshake.json",
        "handshake",
        "Meta's handshake: the query of a URL, and the challenge that is sent back.",
        cases,
    )
