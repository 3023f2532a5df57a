"""Who may see the status page."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from countersign.monitor import Monitor, StatusPage, StatusWsgi

from observed import TOKEN

#: How long a session lasts, in seconds.
LIFETIME = 12 * 3600

# `client` and `monitor` are fixtures.
from serving import BEARER, FORM, PATH, Client, client, log_in, make_flask, monitor, serving


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 15, " " * 20, "spaces around it ", "a\nb" * 9]
)
def test_a_token_that_keeps_nothing_closed_is_refused(monitor: Monitor, token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        StatusPage(monitor, token)
    with pytest.raises(ValueError, match="token"):
        make_flask(STATUS_TOKEN=token)


@pytest.mark.parametrize("token", [None, b"x" * 32, 7])
def test_a_token_is_text(monitor: Monitor, token: Any) -> None:
    with pytest.raises(TypeError):
        StatusPage(monitor, token)


def test_without_a_token_there_is_no_page() -> None:
    app = make_flask(STATUS_TOKEN=None)
    with serving(app) as client:
        assert [client("GET", PATH + below).status for below in ("", "/data", "/metrics")] == [
            404
        ] * 3


def test_strangers_see_the_form_and_nothing_else(client: Client) -> None:
    reply = client("GET", PATH)
    assert reply.status == 401
    assert b"<form" in reply.body
    assert b"<script" not in reply.body
    assert b"ountersign" not in reply.body
    for below in ("/data", "/metrics"):
        reply = client("GET", PATH + below)
        assert (reply.status, reply.body) == (401, b"Unauthorized")
    body = urlencode({"number": 1}).encode()
    for below in ("/replay", "/replay-delivery"):
        assert client("POST", PATH + below, {"content-type": FORM}, body).status == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f"Basic {TOKEN}",
        f"Basic {base64.b64encode(f':{TOKEN}'.encode()).decode()}",
        f'Bearer "{TOKEN}"',
        TOKEN,
        "Bearer \xff\xfe",
    ],
)
def test_wrong_tokens_are_all_the_same(client: Client, authorization: str) -> None:
    reply = client("GET", f"{PATH}/data", {"authorization": authorization})
    assert (reply.status, reply.body) == (401, b"Unauthorized")


def test_a_password_of_a_proxy_is_none_of_ours(client: Client) -> None:
    cookie = {"cookie": log_in(client)}
    assert client("GET", PATH, {"authorization": "Basic YTpi", **cookie}).status == 200
    # A token that is wrong is not made right by a session.
    assert client("GET", PATH, {"authorization": f"Bearer {TOKEN}x", **cookie}).status == 401


def test_headers_that_come_several_times(monitor: Monitor) -> None:
    page = StatusPage(monitor, TOKEN)
    right, wrong = ("authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer wrong")
    for headers in ([right, wrong], [wrong, right], [right, right]):
        assert page.answer("GET", PATH, headers).status == 401
    form = [("content-type", FORM)]
    body = urlencode({"token": TOKEN}).encode()
    begun = dict(page.answer("POST", f"{PATH}/login", form, body).headers)["set-cookie"]
    # HTTP/2 sends each cookie by itself.
    cookies = [("cookie", begun.partition(";")[0]), ("cookie", "other=1")]
    assert page.answer("GET", PATH, cookies).status == 200
    assert page.answer("POST", f"{PATH}/login", form * 2, body).status == 400


def test_the_bearer_of_the_token_sees_everything(client: Client) -> None:
    for below, kind in (
        ("", "text/html"),
        ("/data", "application/json"),
        ("/metrics", "application/openmetrics-text"),
    ):
        reply = client("GET", PATH + below, BEARER)
        assert reply.status == 200
        assert reply.headers["content-type"].startswith(kind)
    assert client("GET", PATH, {"authorization": f"bearer  {TOKEN}"}).status == 200


def test_tokens_may_have_letters_of_all_alphabets(monitor: Monitor) -> None:
    token = "žluťoučký kůň 🐎 úpěl"
    with serving(StatusWsgi(StatusPage(monitor, token))) as client:
        sent = {"authorization": f"Bearer {token}".encode().decode("latin-1")}
        assert client("GET", f"{PATH}/data", sent).status == 200
        body = urlencode({"token": token}).encode()
        assert client("POST", f"{PATH}/login", {"content-type": FORM}, body).status == 303
        raw = b"token=" + token.replace(" ", "+").encode()
        assert client("POST", f"{PATH}/login", {"content-type": FORM}, raw).status == 303


def test_the_form_begins_a_session(client: Client) -> None:
    body = urlencode({"token": TOKEN}).encode()
    reply = client("POST", f"{PATH}/login", {"content-type": FORM}, body)
    assert reply.status == 303
    assert urljoin(f"http://host/prefix{PATH}/login", reply.headers["location"]) == (
        f"http://host/prefix{PATH}"
    )
    name, *flags = reply.headers["set-cookie"].split("; ")
    assert flags == [f"Max-Age={LIFETIME}", "HttpOnly", "SameSite=Strict"]
    assert TOKEN not in name
    assert client("GET", PATH, {"cookie": f"other=1; {name}"}).status == 200
    data = client("GET", f"{PATH}/data", {"cookie": name}).json()
    assert len(data["csrf"]) == 64
    assert data["csrf"] not in name


def test_the_form_works_under_a_prefix(client: Client) -> None:
    for method, below in (("GET", ""), ("POST", "/login")):
        reply = client(method, PATH + below, {"content-type": FORM}, b"token=wrong")
        assert reply.status == 401
        (action,) = re.findall(r'action="([^"]*)"', reply.body.decode())
        assert (
            urljoin(f"http://host/prefix{PATH}{below}", action)
            == f"http://host/prefix{PATH}/login"
        )


def test_a_cookie_over_https_is_secure(monitor: Monitor) -> None:
    page = StatusPage(monitor, TOKEN)
    body = urlencode({"token": TOKEN}).encode()
    answer = page.answer("POST", f"{PATH}/login", [("content-type", FORM)], body, secure=True)
    assert dict(answer.headers)["set-cookie"].endswith("; Secure")


def test_wrong_logins(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    for body in (b"", b"token=", b"token=wrong", b"Token=" + TOKEN.encode(), b"token=%ff%fe"):
        reply = client("POST", f"{PATH}/login", {"content-type": FORM}, body)
        assert reply.status == 401
        assert "set-cookie" not in reply.headers
    logged = [record.levelno for record in caplog.records if record.name == "countersign"]
    assert logged == [logging.WARNING] * 5
    assert "wrong" not in caplog.text
    right = urlencode({"token": TOKEN}).encode()
    assert client("POST", f"{PATH}/login", {"content-type": "text/plain"}, right).status == 400
    assert (
        client("POST", f"{PATH}/login?{right.decode()}", {"content-type": FORM}).status == 401
    )
    many = b"&".join([b"a=1"] * 20) + b"&" + right
    assert client("POST", f"{PATH}/login", {"content-type": FORM}, many).status == 400
    long = right + b"&a=" + b"x" * 5000
    assert client("POST", f"{PATH}/login", {"content-type": FORM}, long).status == 413
    # A query never counts: it is in the logs of servers.
    assert client("GET", f"{PATH}?{right.decode()}").status == 401


def begun(page: StatusPage, token: str) -> str:
    """A session of the page."""
    body = urlencode({"token": token}).encode()
    headers = page.answer("POST", f"{PATH}/login", [("content-type", FORM)], body).headers
    return dict(headers)["set-cookie"].partition(";")[0].partition("=")[2]


def test_sessions_cannot_be_forged(client: Client) -> None:
    name, _, session = log_in(client).partition("=")
    expires, identity, mac = session.split(".")
    later = str(int(expires) + 1)
    forged = [
        "",
        ".",
        "..",
        session[:-1],
        session + "0",
        session.upper(),
        f"{later}.{identity}.{mac}",
        f"{expires}.{identity}0.{mac}",
        f"{expires}.{identity}.",
        f"{identity}.{expires}.{mac}",
        f'"{session}"',
        "\xff" * 40,
        begun(StatusPage(Monitor(), "another token of 16 characters"), "another token of 16 characters"),
        begun(StatusPage(Monitor(), TOKEN, clock=lambda: 0), TOKEN),
    ]
    for value in forged:
        assert client("GET", f"{PATH}/data", {"cookie": f"{name}={value}"}).status == 401, value
    # One that was put beside it by another application of the host does not shut us out.
    assert (
        client("GET", f"{PATH}/data", {"cookie": f"{name}=x; {name}={session}"}).status == 200
    )


def test_sessions_end(monitor: Monitor) -> None:
    now = [1_700_000_000.0]
    page = StatusPage(monitor, TOKEN, clock=lambda: now[0])
    body = urlencode({"token": TOKEN}).encode()
    headers = dict(page.answer("POST", f"{PATH}/login", [("content-type", FORM)], body).headers)
    cookie = [("Cookie", headers["set-cookie"].partition(";")[0])]
    assert page.answer("GET", PATH, cookie).status == 200
    # Another process with the same token.
    assert (
        StatusPage(monitor, TOKEN, clock=lambda: now[0]).answer("GET", PATH, cookie).status
        == 200
    )
    now[0] += LIFETIME
    assert page.answer("GET", PATH, cookie).status == 401
