"""Headers in every form that frameworks give them."""

from __future__ import annotations

import email.message
import types
import wsgiref.headers
from collections import OrderedDict, UserDict, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import django.http.request
import httpx
import multidict
import pytest
import starlette.datastructures
import werkzeug.datastructures
from conftest import NOW, SECRET
from countersign import VerificationError, Webhook

BODY = b"{}"
Pairs = list[tuple[str, str]]


def message(pairs: Pairs) -> email.message.Message:
    result = email.message.Message()
    for name, value in pairs:
        result[name] = value
    return result


def lists(pairs: Pairs) -> dict[str, list[str]]:
    result: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        result[name].append(value)
    return result


def environ(pairs: Pairs) -> dict[str, Any]:
    """As a WSGI server makes it: several instances are joined by a comma."""
    result: dict[str, Any] = {"REQUEST_METHOD": "POST", "wsgi.version": (1, 0), "wsgi.input": None}
    for name, value in pairs:
        key = "HTTP_" + name.upper().replace("-", "_")
        result[key] = f"{result[key]},{value}" if key in result else value
    return result


def raw(pairs: Pairs) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in pairs]


#: Those that hold several instances of one header.
MULTIPLE: dict[str, Callable[[Pairs], Any]] = {
    "list of pairs": list,
    "tuple of pairs": tuple,
    "iterator of pairs": iter,
    "lists as pairs": lambda pairs: [list(pair) for pair in pairs],
    "ASGI": raw,
    "dict of lists": lists,
    "dict of tuples": lambda pairs: {name: tuple(all_) for name, all_ in lists(pairs).items()},
    "email": message,
    "wsgiref": lambda pairs: wsgiref.headers.Headers(pairs),
    "werkzeug": lambda pairs: werkzeug.datastructures.Headers(pairs),
    "werkzeug MultiDict": lambda pairs: werkzeug.datastructures.MultiDict(pairs),
    "starlette": lambda pairs: starlette.datastructures.Headers(raw=raw(pairs)),
    "httpx": lambda pairs: httpx.Headers(pairs, encoding="utf-8"),
    "multidict": lambda pairs: multidict.CIMultiDict(pairs),
    "multidict proxy": lambda pairs: multidict.CIMultiDictProxy(multidict.CIMultiDict(pairs)),
}
#: Those that hold one, or join several.
SINGLE: dict[str, Callable[[Pairs], Any]] = {
    "dict": dict,
    "OrderedDict": OrderedDict,
    "UserDict": UserDict,
    "mapping proxy": lambda pairs: types.MappingProxyType(dict(pairs)),
    "dict of bytes": lambda pairs: dict(raw(pairs)),
    "WSGI": environ,
    "WSGI in a mapping": lambda pairs: UserDict(environ(pairs)),
    "werkzeug EnvironHeaders": lambda pairs: werkzeug.datastructures.EnvironHeaders(environ(pairs)),
    "django": lambda pairs: django.http.request.HttpHeaders(environ(pairs)),
}


def signed(webhook: Webhook) -> Pairs:
    return list(webhook.sign(BODY, id="msg_1", now=NOW).items())


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title], ids=["lower", "upper", "title"])
@pytest.mark.parametrize("form", [*MULTIPLE, *SINGLE])
def test_each_form_is_read(webhook: Webhook, form: str, case: Callable[[str], str]) -> None:
    pairs = [("Content-Type", "application/json"), ("X-Other", "\xe9")]
    pairs += [(case(name), value) for name, value in signed(webhook)]
    headers = {**MULTIPLE, **SINGLE}[form](pairs)
    assert webhook.verify(BODY, headers, now=NOW).id == "msg_1"


@pytest.mark.parametrize("form", MULTIPLE)
def test_all_instances_reach_the_verdict(webhook: Webhook, form: str) -> None:
    pairs = signed(webhook)
    same = MULTIPLE[form]([*pairs, ("Webhook-Id", "msg_1")])
    assert webhook.verify(BODY, same, now=NOW).id == "msg_1"
    different = MULTIPLE[form]([*pairs, ("webhook-id", "msg_2")])
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, different, now=NOW)
    assert refused.value.code == "conflicting_header"


def test_names_of_a_dict_that_differ_in_case_are_one_header(webhook: Webhook) -> None:
    headers = dict(signed(webhook))
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, {**headers, "Webhook-Id": "other"}, now=NOW)
    assert refused.value.code == "conflicting_header"


def test_every_header_of_a_wsgi_environ_can_be_read() -> None:
    from countersign import Scheme

    scheme = Scheme(
        "typed",
        headers={"signature": "x-signature"},
        event_id="header:content-length",
        event_type="header:content-type",
    )
    webhook = Webhook(scheme, "hush")
    headers = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "2",
        "HTTP_X_SIGNATURE": webhook.sign(BODY)["x-signature"],
    }
    event = webhook.unwrap(BODY, headers)
    assert (event.type, event.id) == ("application/json", "2")


def test_an_environ_is_told_by_its_own_keys_only(webhook: Webhook) -> None:
    """No header that a sender names makes others unseen, in pairs; nor are they mixed."""
    pairs = [("REQUEST_METHOD", "x"), ("wsgi.version", "x"), *signed(webhook)]
    webhook.verify(BODY, pairs, now=NOW)
    mixed = {**environ(signed(webhook)), "webhook-id": "other"}
    assert webhook.verify(BODY, mixed, now=NOW).id == "msg_1"
    without_method = {f"HTTP_{name.upper()}": value for name, value in signed(webhook)}
    with pytest.raises(VerificationError):
        webhook.verify(BODY, without_method, now=NOW)


@pytest.mark.parametrize(
    "value",
    ["", "\xe9", "\u20ac", "\ud800", "\udcff", "\0", "a\nb", "\x7f", b"\xff\xfe", "\u2028", "\U0001f600"],
)
@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_values_that_are_no_headers_are_malformed(
    webhook: Webhook, name: str, value: str | bytes
) -> None:
    headers = {**dict(signed(webhook)), name: value}
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, headers, now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == "malformed_header"
    assert name in str(refused.value)


def test_lone_surrogates_that_differ_are_in_conflict(webhook: Webhook) -> None:
    pairs = [("webhook-id", "\ud800"), ("webhook-id", "\ud801"), *signed(webhook)]
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, pairs, now=NOW)
    assert refused.value.code == "conflicting_header"


@pytest.mark.parametrize("absent", [None, [], (), [None]])
def test_none_is_absent(webhook: Webhook, absent: Any) -> None:
    headers: dict[str, Any] = dict(signed(webhook))
    headers["webhook-id"] = absent
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, headers, now=NOW)
    assert refused.value.code == "missing_header"


@pytest.mark.parametrize(
    "headers",
    [None, 5, 1.5, True, "webhook-id: x", b"webhook-id: x", object(), [1], ["ab"], [("a",)], [None]]
    + [[("a", "b", "c")], [{"a": "b"}], {1: "x"}, {None: "x"}, [(1, "x")], {("a",): "b"}, [b"ab"]],
    ids=repr,
)
def test_what_is_no_headers_is_a_type_error(webhook: Webhook, headers: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        webhook.verify(BODY, headers)


@pytest.mark.parametrize("value", [5, 1.5, True, {}, {"a": "b"}, object(), [["a"]], [5], {"a"}])
def test_values_of_other_types_are_type_errors(webhook: Webhook, value: Any) -> None:
    with pytest.raises(TypeError, match="the header webhook-id must be"):
        webhook.verify(BODY, {"webhook-id": value})
    # Headers that the scheme does not read are not looked at.
    webhook.verify(BODY, {**dict(signed(webhook)), "x-other": value}, now=NOW)


class Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def items(self) -> Iterator[tuple[str, str]]:
        raise self.error


def test_a_mapping_that_fails_is_a_type_error_with_its_cause(webhook: Webhook) -> None:
    with pytest.raises(TypeError, match="cannot be read") as failed:
        webhook.verify(BODY, Broken(RuntimeError("broken")))
    assert isinstance(failed.value.__cause__, RuntimeError)
    with pytest.raises(KeyboardInterrupt):
        webhook.verify(BODY, Broken(KeyboardInterrupt()))


def test_large_headers_are_bounded_work(webhook: Webhook) -> None:
    headers = dict(signed(webhook))
    entries = ["v1," + "A" * 43 + "="] * 100_000
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, {**headers, "webhook-signature": " ".join(entries)}, now=NOW)
    assert refused.value.code == "signature_mismatch"
    # The right one counts among the first, and not behind the limit.
    entries[0] = headers["webhook-signature"]
    webhook.verify(BODY, {**headers, "webhook-signature": " ".join(entries)}, now=NOW)
    entries[0], entries[-1] = entries[-1], entries[0]
    with pytest.raises(VerificationError):
        webhook.verify(BODY, {**headers, "webhook-signature": " ".join(entries)}, now=NOW)


def test_many_headers_and_instances(webhook: Webhook) -> None:
    many = {f"x-{number}": "x" for number in range(100_000)}
    webhook.verify(BODY, {**many, **dict(signed(webhook))}, now=NOW)
    webhook.verify(BODY, [*signed(webhook), *[("webhook-id", "msg_1")] * 100_000], now=NOW)


def test_strings_that_are_equal_but_not_the_same_object_are_found() -> None:
    webhook = Webhook("github", SECRET)
    signature = webhook.sign(BODY)["x-hub-signature-256"]
    webhook.verify(BODY, {"".join(["x-hub-", "signature-256"]): signature})
    webhook.verify(BODY, {b"X-Hub-Signature-256".decode(): signature})
