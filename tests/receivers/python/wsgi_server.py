"""The end-to-end corpus behind plain WSGI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from countersign.wsgi import WsgiReceiver

from fixture import cases
from gunicorn_server import serve

known = {case.id: case for case in cases(is_async=False)}
receivers = {name: WsgiReceiver(case.receiver) for name, case in known.items()}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    name, _, rest = environ["PATH_INFO"].strip("/").partition("/")
    if rest == "-/handled":
        start_response("200 OK", [("content-type", "application/json")])
        return [json.dumps(known[name].handled).encode()]
    return receivers[name](environ, start_response)


serve(application)
