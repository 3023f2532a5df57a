"""Receives in FastAPI, and in Starlette.

A receiver with handlers is a route of its own:

>>> from fastapi import FastAPI
>>> from countersign import Receiver, Webhook
>>> from countersign.fastapi import add_receiver
>>> app = FastAPI()
>>> github = Receiver(Webhook("github", "hush"))
>>> @github.on("push")
... async def pushed(event):
...     print(event.id)
>>> add_receiver(app, "/webhooks/github", github)

Or your own route takes the event as a dependency, after the same checks:

>>> from typing import Annotated
>>> from fastapi import Depends
>>> from countersign import Event
>>> from countersign.fastapi import Delivery, answer_refusals
>>> stripe = Receiver(Webhook("stripe", "whsec_test"))
>>> answer_refusals(app)
>>> @app.post("/webhooks/stripe")
... async def paid(event: Annotated[Event, Depends(Delivery(stripe))]) -> dict[str, str]:
...     return {"status": "handled"}
"""

# No annotations from the future here: FastAPI reads those of a dependency, and old versions of it
# cannot look up names for an object.

from collections.abc import AsyncIterator
from typing import Any, Union

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from countersign._countersign import Answer, Event
from countersign.asgi import AsgiReceiver, ScopeRequest
from countersign.receiver.receiver import Receiver
from countersign.receiver.visit import Answered

__all__ = ["Delivery", "Refused", "add_receiver", "answer_refusals"]


def add_receiver(app: Union[Starlette, Router], path: str, receiver: Receiver) -> None:
    """Gives the requests for this path to the receiver, whatever their method. The prefix of an
    ``APIRouter`` stands before it, as before the paths of its other routes."""
    if not isinstance(app, (Starlette, Router)):
        raise TypeError(f"app must be an application or a router, not {type(app).__name__}")
    router: Router = app if isinstance(app, Router) else app.router
    # Routes that are appended get none by themselves.
    prefix: str = getattr(router, "prefix", "")
    # Not `mount`, which would answer the path itself with a redirect to one with a slash.
    router.routes.append(Route(prefix + path, AsgiReceiver(receiver), include_in_schema=False))


class Refused(HTTPException):
    """There is nothing for a route to handle. ``answer`` is what to send back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, answer.body.decode(), dict(answer.headers))
        self.answer = answer


def answer_refusals(app: Starlette) -> None:
    """Has refusals of :class:`Delivery` answered as a receiver answers them."""
    app.add_exception_handler(Refused, _answer)


async def _answer(request: Request, refused: Any) -> Response:
    answer: Answer = refused.answer
    return Response(answer.body, answer.status, dict(answer.headers))


class Delivery:
    """A dependency: the event of a request, after all checks of the receiver. Its handlers are not
    asked.

    A route that raises releases the event, and the provider's next attempt gets there again.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, request: Request) -> AsyncIterator[Event]:
        incoming = ScopeRequest(request.scope, request.receive)
        try:
            async with self._receiver.delivery_async(incoming) as event:
                yield event
        except Answered as answered:
            raise Refused(answered.answer) from None
