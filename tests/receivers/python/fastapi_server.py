"""The end-to-end corpus behind FastAPI and uvicorn."""

from __future__ import annotations

from typing import Any

from countersign.fastapi import add_receiver
from fastapi import FastAPI

from fixture import cases
from uvicorn_server import serve

known = {case.id: case for case in cases(is_async=True)}
app = FastAPI()
for name, case in known.items():
    add_receiver(app, f"/{name}", case.receiver)


@app.get("/{name}/-/handled")
async def handled(name: str) -> Any:
    return known[name].handled


serve(app)
