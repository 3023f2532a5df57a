"""The end-to-end corpus behind the extension of Flask."""

from __future__ import annotations

from countersign.flask import Countersign
from flask import Flask, Response, jsonify

from fixture import cases
from gunicorn_server import serve

known = {case.id: case for case in cases(is_async=False)}
app = Flask(__name__)
countersign = Countersign(app)
for name, case in known.items():
    countersign.mount(f"/{name}", case.receiver)


@app.get("/<name>/-/handled")
def handled(name: str) -> Response:
    return jsonify(known[name].handled)


@app.delete("/<name>/-/handled")
def take_handled(name: str) -> Response:
    return jsonify(known[name].take_handled())


serve(app)
