"""FastAPI and Django where a program handles the event itself, and ASGI by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from countersign import Event, Receiver, Webhook
from countersign.asgi import AsgiReceiver
from countersign.django import async_receiver_view, delivery, receiver_view
from countersign.fastapi import Delivery, add_receiver, answer_refusals
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Router

from conftest import SECRET
from django_project import set_up_django
from incoming import BODY

WEBHOOK = Webhook("standard", SECRET)


def headers(body: bytes = BODY) -> dict[str, str]:
    return {**WEBHOOK.sign(body, id="msg_1"), "content-type": "application/json"}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(WEBHOOK)


def test_a_dependency_of_fastapi(receiver: Receiver) -> None:
    app = FastAPI()
    answer_refusals(app)
    fail = iter([True, False])

    @app.post("/paid")
    async def paid(event: Event = Depends(Delivery(receiver))) -> dict[str, Any]:
        if next(fail):
            raise RuntimeError("the route failed")
        return {"number": event.data["id"]}

    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/paid", content=BODY, headers=headers()).status_code == 500
    assert client.post("/paid", content=BODY, headers=headers()).json() == {"number": 7}
    duplicate = client.post("/paid", content=BODY, headers=headers())
    assert duplicate.json() == {"status": "duplicate", "id": "msg_1", "type": "invoice.paid"}
    forged = client.post("/paid", content=BODY + b" ", headers=headers())
    assert (forged.status_code, forged.json()["error"]) == (401, "signature_mismatch")


def test_refusals_without_their_handler_are_those_of_fastapi(receiver: Receiver) -> None:
    app = FastAPI()

    @app.post("/paid")
    async def paid(event: Event = Depends(Delivery(receiver))) -> None: ...

    forged = TestClient(app).post("/paid", content=b"{}", headers=headers())
    assert forged.status_code == 401
    assert "signature_mismatch" in forged.json()["detail"]


def test_a_route_of_fastapi_takes_every_method(receiver: Receiver) -> None:
    app = FastAPI()
    add_receiver(app, "/hook", receiver)
    client = TestClient(app)
    assert client.put("/hook").headers["allow"] == "POST"
    assert client.post("/hook", content=BODY, headers=headers()).json()["status"] == "ignored"


def test_a_route_of_a_router_has_the_prefixes(receiver: Receiver) -> None:
    router = APIRouter(prefix="/api")
    add_receiver(router, "/hook", receiver)
    app = FastAPI()
    app.include_router(router)
    app.include_router(router, prefix="/v2")
    client = TestClient(app)
    for path in ("/api/hook", "/v2/api/hook"):
        assert client.put(path).headers["allow"] == "POST"
        assert client.post(path, content=BODY, headers=headers()).json()["status"] == "ignored"
    for path in ("/hook", "/v2/hook"):
        assert client.post(path, content=BODY, headers=headers()).status_code == 404


def test_applications_and_routers_of_starlette(receiver: Receiver) -> None:
    for app in (Starlette(), Router()):
        add_receiver(app, "/hook", receiver)
        answer = TestClient(app).post("/hook", content=BODY, headers=headers())
        assert answer.json()["status"] == "ignored"
    with pytest.raises(TypeError, match="app must be an application or a router, not str"):
        add_receiver("x", "/hook", receiver)  # type: ignore[arg-type]


def test_asgi_knows_lifespan_and_refuses_websockets(receiver: Receiver) -> None:
    app = AsgiReceiver(receiver)
    sent: list[str] = []
    messages = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Any:
        return {"type": next(messages)}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    with pytest.raises(TypeError):
        asyncio.run(app({"type": "websocket"}, receive, send))


def test_a_client_of_asgi_that_goes_away(receiver: Receiver) -> None:
    sent: list[Any] = []
    messages = iter([
        {"type": "http.request", "body": BODY[:5], "more_body": True},
        {"type": "http.disconnect"},
    ])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers().items()]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": pairs}
    asyncio.run(AsgiReceiver(receiver)(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b"incomplete_body" in sent[1]["body"]


@pytest.fixture(scope="module", autouse=True)
def django_is_set_up() -> None:
    set_up_django()


def django_headers(body: bytes = BODY) -> dict[str, str]:
    signed = WEBHOOK.sign(body, id="msg_1")
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in signed.items()}


def django_post(body: bytes = BODY) -> HttpRequest:
    request = RequestFactory().post("/hook", body, "application/json", **django_headers())
    return request  # type: ignore[no-any-return]


def test_a_view_of_django(receiver: Receiver) -> None:
    receiver.on("*", lambda event: None)
    view = receiver_view(receiver)
    assert view.csrf_exempt  # type: ignore[attr-defined]
    assert b'"handled"' in view(django_post()).content
    assert view(django_post(BODY + b" ")).status_code == 401


def test_a_decorated_view_of_django(receiver: Receiver) -> None:
    fail = iter([True, False])

    @delivery(receiver)
    def view(request: HttpRequest, event: Event, number: int) -> HttpResponse:
        if next(fail):
            raise RuntimeError("the view failed")
        return HttpResponse(f"{event.id} {number}")

    assert view.csrf_exempt  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError):
        view(django_post(), number=7)
    assert view(django_post(), number=7).content == b"msg_1 7"
    assert b"duplicate" in view(django_post(), number=7).content
    assert view(django_post(b"{}"), number=7).status_code == 401


def test_asynchronous_views_of_django(receiver: Receiver) -> None:
    @delivery(receiver)
    async def view(request: HttpRequest, event: Event) -> HttpResponse:
        return HttpResponse(event.raw)

    handled = Receiver(WEBHOOK)

    @handled.on("*")
    async def handle(event: Event) -> None: ...

    async def story() -> list[bytes]:
        def post(body: bytes = BODY) -> HttpRequest:
            signed = WEBHOOK.sign(BODY, id="msg_1")
            request = AsyncRequestFactory().post(
                "/hook", body, "application/json", headers=signed
            )
            return request  # type: ignore[no-any-return]

        answers = [await view(post()), await view(post()), await view(post(b"{}"))]
        answers.append(await async_receiver_view(handled)(post()))
        return [answer.content for answer in answers]

    own, duplicate, forged, whole = asyncio.run(story())
    assert own == BODY
    assert b"duplicate" in duplicate
    assert b"signature_mismatch" in forged
    assert b"handled" in whole


def test_bodies_that_django_has_read(receiver: Receiver) -> None:
    view = receiver_view(receiver)
    read = django_post()
    assert read.body == BODY
    assert view(read).status_code == 200
    form = RequestFactory().post("/hook", {"a": "1"}, **django_headers())
    assert form.POST["a"] == "1"
    form.META["CONTENT_TYPE"] = "application/json"
    assert b"unsupported_body" in view(form).content
