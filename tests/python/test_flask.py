"""The extension of Flask."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from countersign import ConfigurationError, Event, Receiver, RetryPolicy, Webhook
from countersign.flask import Countersign
from countersign.flask.configuration import retry_policy_from
from countersign.testing import signed_request
from flask import Flask, request

from conftest import SECRET
from inboxes import until
from incoming import BODY


def make_app(**settings: Any) -> Flask:
    app = Flask(__name__)
    app.config["COUNTERSIGN_SCHEME"] = "standard"
    app.config["COUNTERSIGN_SECRET"] = SECRET
    app.config.update({f"COUNTERSIGN_{key}": value for key, value in settings.items()})
    return app


def post(app: Flask, path: str = "/webhooks", body: bytes = BODY, **more: Any) -> Any:
    headers = Webhook("standard", SECRET).sign(body, id=more.pop("id", "msg_1"))
    headers["content-type"] = "application/json"
    return app.test_client().post(path, data=body, headers=headers, **more)


def test_handlers_may_come_before_and_after_the_application() -> None:
    countersign = Countersign()
    handled: list[tuple[str, str | None]] = []

    @countersign.on("invoice.paid")
    def paid(event: Event) -> None:
        handled.append(("paid", event.id))

    app = make_app()
    countersign.init_app(app)
    countersign.on("*", lambda event: handled.append(("any", event.id)))
    assert post(app).get_json() == {"status": "handled", "id": "msg_1", "type": "invoice.paid"}
    assert post(app, body=b'{"type":"other"}', id="msg_2").status_code == 200
    assert handled == [("paid", "msg_1"), ("any", "msg_2")]


def test_a_decorator_without_a_pattern_loses_no_events() -> None:
    countersign = Countersign()
    with pytest.raises(TypeError, match=r'write @countersign\.on\("invoice\.paid"\)'):

        @countersign.on  # type: ignore[call-overload]
        def paid(event: Event) -> None: ...

    with pytest.raises(TypeError, match="handler must be callable"):
        countersign.on("*", "no handler")  # type: ignore[call-overload]


def test_applications_have_receivers_of_their_own() -> None:
    countersign = Countersign()
    countersign.on("*", lambda event: None)
    first, second = make_app(), make_app(PATH="/hooks")
    countersign.init_app(first)
    countersign.init_app(second)
    assert post(first).get_json()["status"] == "handled"
    assert post(second, "/hooks").get_json()["status"] == "handled"
    assert post(first, "/hooks").status_code == 404


def test_handlers_run_in_the_context_of_the_application() -> None:
    app = make_app()
    app.config["SETTING"] = 7
    seen: list[Any] = []
    countersign = Countersign(app)

    @countersign.on("invoice.paid")
    def paid(event: Event) -> None:
        from flask import current_app

        seen.append(current_app.config["SETTING"])

    @countersign.on("*")
    async def other(event: Event) -> None:
        from flask import current_app

        seen.append(current_app.config["SETTING"])

    assert post(app).status_code == 200
    assert post(app, body=b'{"type":"other"}', id="msg_2").status_code == 200
    assert seen == [7, 7]


def test_further_receivers_are_mounted() -> None:
    app = make_app()
    countersign = Countersign(app)
    github = Receiver(Webhook("github", "hush"))
    github.on("push", lambda event: None)
    countersign.mount("/webhooks/github", github)
    headers = Webhook("github", "hush").sign(b"{}")
    headers.update({"x-github-event": "push", "content-type": "application/json"})
    answer = app.test_client().post("/webhooks/github", data=b"{}", headers=headers)
    assert (answer.status_code, answer.get_json()["type"]) == (200, "push")
    with pytest.raises(ValueError, match="/webhooks/github"):
        countersign.mount("/webhooks/github", github)


def test_settings(tmp_path: Path) -> None:
    app = make_app(
        SECRET=["whsec_" + "A" * 32, SECRET],
        ALLOW="198.51.100.0/24, 203.0.113.7",
        TRUSTED_PROXIES=["127.0.0.1"],
        FORWARDING_HEADER="forwarded",
        RATE_LIMIT="2/60",
        STORE=f"sqlite:///{tmp_path}/claims.db",
        BODY_LIMIT=100,
        DEADLINE=1,
        WHEN_STORE_FAILS="admit",
        SCHEMAS={"*": {"required": ["type"]}},
    )
    Countersign(app).on("*", lambda event: None)
    allowed = {"Forwarded": "for=203.0.113.7"}
    client = app.test_client()
    headers = {**Webhook("standard", SECRET).sign(BODY, id="msg_1"), **allowed}
    headers["content-type"] = "application/json"
    assert post(app).status_code == 403
    for wanted in ("handled", "duplicate"):
        answer = client.post("/webhooks", data=BODY, headers=headers)
        assert answer.get_json()["status"] == wanted
    assert client.post("/webhooks", data=BODY, headers=headers).status_code == 429
    assert (tmp_path / "claims.db").exists()


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"RATELIMIT": "1/1"}, ValueError),
        ({"RATE_LIMIT": "often"}, ValueError),
        ({"STORE": "mysql://"}, ValueError),
        ({"STORE": 7}, ValueError),
        ({"SECRET": ""}, ConfigurationError),
        ({"SECRET": None}, ConfigurationError),
        ({"ALLOW": "10.0.0.1/8"}, ConfigurationError),
        ({"WHEN_STORE_FAILS": "never"}, TypeError),
        ({"ORIGIN": "example.com"}, TypeError),
        ({"ORIGIN": "https://example.com/webhooks"}, TypeError),
        ({"CLOCK": 5}, TypeError),
        ({"WAIT": 1}, TypeError),
        ({"WAIT": "1", "INBOX": "sqlite:///:memory:"}, TypeError),
        ({"WAIT": -1, "INBOX": "sqlite:///:memory:"}, TypeError),
        ({"RETRY_POLICY": "soon"}, ValueError),
        ({"RETRY_POLICY": "1/-1"}, ValueError),
        ({"RETRY_POLICY": 5}, ValueError),
    ],
)
def test_wrong_settings_are_told_at_once(
    settings: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        Countersign(make_app(**settings))
    assert SECRET not in str(raised.value)


def test_without_a_scheme_nothing_is_mounted() -> None:
    app = Flask(__name__)
    countersign = Countersign(app)
    countersign.on("*", lambda event: None)
    assert app.test_client().post("/webhooks").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "PURGE"])
def test_core_refuses_methods(method: str) -> None:
    app = make_app()
    Countersign(app)
    answer = app.test_client().open("/webhooks", method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_body_that_was_read_before() -> None:
    app = make_app()
    Countersign(app).on("*", lambda event: None)
    app.before_request(lambda: request.get_data() and None)
    assert post(app).get_json()["status"] == "handled"


def test_a_body_that_was_parsed_before_is_told() -> None:
    app = Flask(__name__)
    countersign = Countersign(app)
    # A scheme whose payloads are forms.
    slack = Receiver(Webhook("slack", "hush"))
    countersign.mount("/slack", slack)
    app.before_request(lambda: request.form and None)
    body = b"payload=1"
    headers = Webhook("slack", "hush").sign(body)
    headers["content-type"] = "application/x-www-form-urlencoded"
    answer = app.test_client().post("/slack", data=body, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (500, "unsupported_body")


def recorded(tmp_path: Path, body: bytes = BODY, tamper: bytes = b"") -> str:
    lines = ["POST /webhooks HTTP/1.1"]
    signed = Webhook("standard", SECRET).sign(body, id="msg_1", now=1_700_000_000)
    lines += [f"{name}: {value}" for name, value in signed.items()]
    file = tmp_path / "request.http"
    file.write_bytes("\r\n".join(lines).encode() + b"\r\n\r\n" + body + tamper)
    return str(file)


def test_explain(tmp_path: Path) -> None:
    app = make_app()
    Countersign(app).on("invoice.*", lambda event: None)
    run = app.test_cli_runner().invoke
    file = recorded(tmp_path)
    good = run(args=["countersign", "explain", file, "--at", "1700000000"])
    assert good.exit_code == 0
    assert "authentic, by secret 0" in good.output
    assert "id 'msg_1', type 'invoice.paid'" in good.output
    assert "handler  invoice.*" in good.output
    stale = run(args=["countersign", "explain", file])
    assert (stale.exit_code, "timestamp_too_old (401)" in stale.output) == (1, True)
    tampered = recorded(tmp_path, tamper=b"\n")
    bad = run(args=["countersign", "explain", tampered, "--at", "1700000000"])
    assert (bad.exit_code, "signature_mismatch" in bad.output) == (1, True)
    webhook = Webhook("standard", SECRET)
    signed = webhook.sign(BODY, id="msg_1", now=1_700_000_000)
    report = webhook.explain(BODY + b"\n", signed, now=1_700_000_000)
    assert report.findings
    assert report.text in bad.output
    assert SECRET not in good.output + stale.output + bad.output
    unknown = run(args=["countersign", "explain", file, "--path", "/nowhere"])
    assert (unknown.exit_code, "/webhooks" in unknown.output) == (2, True)


#: The settings of an application, the first lines of what it recorded, and whether that is all that
#: `explain` needs.
RECORDED_URLS = [
    ({"ORIGIN": "https://example.com"}, ["POST /webhooks HTTP/1.1", "Host: 10.0.0.7:8000"], True),
    ({"ORIGIN": "https://example.com"}, ["POST /webhooks HTTP/1.1"], True),
    ({"ORIGIN": "https://example.com"}, [], True),
    ({"scheme": "https"}, ["POST /webhooks HTTP/1.1", "Host: example.com"], True),
    ({"scheme": "https"}, ["host: example.com"], True),
    ({}, ["POST https://example.com/webhooks HTTP/1.1", "Host: example.com"], True),
    ({}, ["POST /webhooks HTTP/1.1", "Host: example.com"], False),
]


@pytest.mark.parametrize(("settings", "lines", "suffices"), RECORDED_URLS)
@pytest.mark.parametrize("scheme", ["square", "twilio", "hubspot-v3"])
def test_explain_knows_the_url_that_was_signed(
    scheme: str, settings: dict[str, str], lines: list[str], suffices: bool, tmp_path: Path
) -> None:
    kept = {key: value for key, value in settings.items() if key != "scheme"}
    app = make_app(SCHEME=scheme, SECRET="hush", **kept)
    app.config["PREFERRED_URL_SCHEME"] = settings.get("scheme", "http")
    Countersign(app)
    sent = signed_request(scheme, "hush")
    assert sent.url == "https://example.com/webhooks"
    lines = [*lines, *(f"{name}: {value}" for name, value in sent.headers.items())]
    file = tmp_path / "request.http"
    file.write_bytes("\n".join(lines).encode() + b"\n\n" + sent.body)
    explained = app.test_cli_runner().invoke(args=["countersign", "explain", str(file)])
    assert (explained.exit_code, "authentic" in explained.output) == (int(not suffices), suffices)
    assert ("url_differs (proven): scheme https" in explained.output) is not suffices


def test_explain_has_no_report_of_an_authentic_payload_that_is_malformed(tmp_path: Path) -> None:
    app = make_app()
    Countersign(app)
    file = recorded(tmp_path, b"no JSON")
    run = app.test_cli_runner().invoke
    explained = run(args=["countersign", "explain", file, "--at", "1700000000"])
    assert explained.exit_code == 1
    assert explained.output.splitlines()[-1].startswith("verdict  payload_not_json (400): ")


def test_an_inbox_and_its_commands(tmp_path: Path) -> None:
    app = make_app(INBOX=f"sqlite:///{tmp_path}/inbox.db", RETRY_POLICY="0.01/2")
    app.config["SETTING"] = 7
    countersign = Countersign(app)
    handled: list[Any] = []
    broken = [True]

    @countersign.on("invoice.paid")
    def paid(event: Event) -> None:
        from flask import current_app

        if broken:
            raise RuntimeError("not yet")
        handled.append((event.id, current_app.config["SETTING"]))

    @countersign.on("*")
    async def other(event: Event) -> None:
        from flask import current_app

        handled.append((event.id, current_app.config["SETTING"]))

    assert post(app).get_json()["status"] == "accepted"
    assert post(app).get_json()["status"] == "duplicate"
    assert post(app, body=b'{"type":"other"}', id="msg_2").get_json()["status"] == "accepted"
    state = app.extensions["countersign"]
    run = app.test_cli_runner().invoke
    with state.workers():
        until = time.monotonic() + 20
        while state.inbox.counts() != {"waiting": 0, "running": 0, "handled": 1, "dead": 1}:
            assert time.monotonic() < until, state.inbox.counts()
            time.sleep(0.02)
        listed = run(args=["countersign", "events", "--state", "dead"]).output
        assert "type 'invoice.paid'  id 'msg_1'" in listed
        assert listed.count("\n") == 1
        broken.clear()
        number = listed.split()[0]
        assert run(args=["countersign", "replay", number]).output == "1 to be handled once more\n"
        while len(handled) < 2:
            assert time.monotonic() < until
            time.sleep(0.02)
    assert handled == [("msg_2", 7), ("msg_1", 7)]
    assert run(args=["countersign", "replay", "--all-dead"]).exit_code == 1
    assert run(args=["countersign", "replay"]).exit_code == 2


def test_an_answer_can_wait_for_a_worker(tmp_path: Path) -> None:
    app = make_app(INBOX=f"sqlite:///{tmp_path}/inbox.db", WAIT=20)
    countersign = Countersign(app)
    fail = iter([False, True])

    @countersign.on("*")
    def handle(event: Event) -> None:
        if next(fail):
            raise RuntimeError("not yet")

    with app.extensions["countersign"].workers():
        answer = post(app)
        assert (answer.status_code, answer.get_json()["status"]) == (200, "handled")
        answer = post(app, id="msg_2")
        assert (answer.status_code, answer.get_json()["status"]) == (202, "pending")


def test_an_answer_waits_no_longer_than_it_is_told(tmp_path: Path) -> None:
    app = make_app(INBOX=f"sqlite:///{tmp_path}/inbox.db", WAIT=0.01)
    Countersign(app).on("*", lambda event: None)
    answer = post(app)
    assert (answer.status_code, answer.get_json()["status"]) == (202, "pending")
    with app.extensions["countersign"].workers():
        inbox = app.extensions["countersign"].inbox
        until(lambda: inbox.counts()["handled"] == 1)


@pytest.mark.parametrize(
    ("setting", "attempts"),
    [(None, 10), ("1/3", 3), ((0.5, 3), 3), (RetryPolicy.exponential(1, 3), 3)],
)
def test_policies_of_workers(setting: Any, attempts: int) -> None:
    policy = retry_policy_from({"COUNTERSIGN_RETRY_POLICY": setting})
    assert policy.backoff.attempts == attempts


def test_without_an_inbox_there_are_no_workers() -> None:
    app = make_app()
    Countersign(app)
    with pytest.raises(RuntimeError, match="COUNTERSIGN_INBOX"):
        app.extensions["countersign"].workers()


def test_commands_without_an_inbox() -> None:
    app = make_app()
    Countersign(app)
    for command in (["events"], ["replay", "1"], ["work"]):
        failed = app.test_cli_runner().invoke(args=["countersign", *command])
        assert (failed.exit_code, "COUNTERSIGN_INBOX" in failed.output) == (2, True)
    with pytest.raises(ValueError, match="INBOX"):
        Countersign(make_app(INBOX="mysql://"))


def test_the_clock_may_be_another() -> None:
    headers = Webhook("standard", SECRET).sign(BODY, id="msg_1", now=1_000_000_000)
    headers["content-type"] = "application/json"
    for clock, status in ((lambda: 1_000_000_300, 200), (None, 401)):
        app = make_app(CLOCK=clock)
        Countersign(app).on("*", lambda event: None)
        answer = app.test_client().post("/webhooks", data=BODY, headers=headers)
        assert answer.status_code == status
