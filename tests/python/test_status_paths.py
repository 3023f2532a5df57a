"""The paths of the status page, and all others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from countersign.monitor import Monitor, StatusAsgi, StatusPage, StatusWsgi
from starlette.applications import Starlette
from starlette.routing import Mount

from observed import TOKEN

# `client` and `monitor` are fixtures.
from serving import BEARER, PATH, Client, client, monitor, serving_asgi

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "path", ["", "/", "status", "/status/", "//status", "/../status", "/a b", "/%61"]
)
def test_paths_with_several_spellings_are_refused(monitor: Monitor, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        StatusPage(monitor, TOKEN, path)


SPELLINGS = [
    "/webhooks/status/",
    "/webhooks/status/data/",
    "/webhooks/status//data",
    "/webhooks//status",
    "/webhooks//status/data",
    "/webhooks/./status",
    "/webhooks/x/../status",
    "/webhooks/status/../status",
    "/webhooks/x/%2e%2e/status",
    "/webhooks/x/%2E%2E/status/data",
    "/webhooks%2fstatus",
    "/webhooks/%73tatus",
    "/webhooks/status/%64ata",
    "/webhooks/status%00",
    "/webhooks/status/data%00.css",
    "/webhooks/status%20",
    "/webhooks/status%2f",
    "/webhooks/status%3Fdata",
    "/webhooks/status%0a",
    "/webhooks/status;x",
    "/webhooks/status;x/data",
    "/webhooks;x/status/data",
    "/webhooks/status/data;x=1",
    "/webhooks/status/data.json",
    "/webhooks/Status",
    "/WEBHOOKS/STATUS",
    "/webhooks/status/DATA",
    "/webhooks/status/replay-delivery/",
    "/webhooks/status/replay_delivery",
    "/webhooks/status/data/data",
    "/webhooks/status/status.html",
    "/webhooks/status/page.py",
    "/webhooks\\status",
    "/webhooks/status\\data",
    "/webhooks/statu%CF%82",
    "/x/webhooks/status",
    "/status",
    "/",
]
#: What the development servers of Python shorten before any application sees it.
DOUBLED = ["//webhooks/status", "///webhooks/status/data", "//webhooks//status"]


@pytest.mark.parametrize("target", SPELLINGS)
def test_other_spellings_are_not_found(client: Client, target: str) -> None:
    for method in ("GET", "POST"):
        reply = client(method, target, BEARER)
        assert reply.status == 404, (method, target)
        assert TOKEN.encode() not in reply.body


@pytest.mark.parametrize("target", SPELLINGS + DOUBLED)
@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI"])
def test_other_spellings_are_not_found_where_servers_tell_them(
    monitor: Monitor, name: str, target: str
) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        # What a server might make of it at worst.
        "PATH_INFO": f"{PATH}/data" if "%" in target or "//" in target else target,
        "wsgi.url_scheme": "http",
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        name: target,
    }
    statuses: list[str] = []

    def start_response(status: str, headers: object) -> Any:
        statuses.append(status)

    StatusWsgi(StatusPage(monitor, TOKEN))(environ, start_response)  # type: ignore[arg-type]
    assert statuses == ["404 Not Found"]


def test_other_spellings_are_not_found_behind_gunicorn() -> None:
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--chdir", str(HERE)]
    server = subprocess.Popen(
        [*command, "status_server:application"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        found = (re.search(r"http://127.0.0.1:(\d+)", line) for line in server.stderr)
        port = next(match for match in found if match is not None)
        client = Client(int(port[1]))
        assert client("GET", f"{PATH}/data", BEARER).status == 200
        for target in SPELLINGS + DOUBLED:
            assert client("GET", target, BEARER).status == 404, target
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.parametrize("prefix", ["", "/internal"])
def test_other_spellings_are_not_found_in_asgi(monitor: Monitor, prefix: str) -> None:
    application: Any = StatusAsgi(StatusPage(monitor, TOKEN))
    if prefix:
        application = Starlette(routes=[Mount(prefix, app=application)])
    with serving_asgi(application) as client:
        assert client("GET", f"{prefix}{PATH}/data?x=1", BEARER).status == 200
        for target in SPELLINGS + DOUBLED:
            assert client("GET", prefix + target, BEARER).status == 404, target
