"""Where messages go, by threads that wait and by event loops."""

from __future__ import annotations

from countersign.sender.endpoint import Endpoint
from countersign.sender.settings import Configured
from countersign.sender.stored import RegisteredEndpoint


class Endpoints(Configured):
    """Registers endpoints."""

    def put_endpoint(self, endpoint: Endpoint) -> None:
        """Registers an endpoint, or changes the one of its id. Its health stays, and what waits for
        it is sent as it now wants.

        Raises what is wrong with it: ``DeliveryError`` (``malformed_message`` for names, numbers
        and headers; ``malformed_url``, ``insecure_url``, ``forbidden_destination``) and
        ``ConfigurationError`` (``malformed_pattern``, ``malformed_network``, ``unknown_scheme``,
        ``malformed_scheme`` for one with its signature in the body, ``no_secrets``,
        ``malformed_secret``, ``empty_secret``).
        """
        self._requests.put_endpoint(endpoint).wait()

    def endpoint(self, id: str) -> RegisteredEndpoint | None:
        """The endpoint of this id."""
        return self._requests.endpoint(id).wait()

    def endpoints(self, after: str = "", limit: int = 100) -> list[RegisteredEndpoint]:
        """The endpoints with ids after this one, in the order of their ids."""
        return self._requests.endpoints(after, limit).wait()

    def rotate_secret(self, id: str, secret: str) -> None:
        """Puts a new secret before those of an endpoint: from now on it signs, and those before it
        sign as well, where the scheme has room, until :meth:`retire_secrets`.

        Raises ``DeliveryError``: ``unknown_endpoint``, ``unreadable_secret``; and
        ``ConfigurationError``: ``malformed_secret``, ``empty_secret``, ``no_secrets`` if the
        endpoint uses the sender's own.
        """
        self._requests.rotate_secret(id, secret).wait()

    def retire_secrets(self, id: str) -> None:
        """Ends a rotation: only the secret that was put there last stays."""
        self._requests.retire_secrets(id).wait()

    def disable(self, id: str) -> bool:
        """Disables an endpoint by hand: what waits for it becomes dead letters, and nothing is
        published to it. Whether there is such an endpoint."""
        return self._requests.disable(id).wait()

    def enable(self, id: str) -> bool:
        """Enables an endpoint again, as healthy. What became dead letters meanwhile can be replayed.
        Whether there is such an endpoint."""
        return self._requests.enable(id).wait()

    def delete_endpoint(self, id: str) -> bool:
        """Deletes an endpoint; what waits for it becomes dead letters. Whether there was one."""
        return self._requests.delete_endpoint(id).wait()


class AsyncEndpoints(Configured):
    """The same, awaited."""

    async def put_endpoint(self, endpoint: Endpoint) -> None:
        """See :meth:`countersign.Sender.put_endpoint`."""
        await self._requests.put_endpoint(endpoint).answer()

    async def endpoint(self, id: str) -> RegisteredEndpoint | None:
        """See :meth:`countersign.Sender.endpoint`."""
        return await self._requests.endpoint(id).answer()

    async def endpoints(self, after: str = "", limit: int = 100) -> list[RegisteredEndpoint]:
        """See :meth:`countersign.Sender.endpoints`."""
        return await self._requests.endpoints(after, limit).answer()

    async def rotate_secret(self, id: str, secret: str) -> None:
        """See :meth:`countersign.Sender.rotate_secret`."""
        await self._requests.rotate_secret(id, secret).answer()

    async def retire_secrets(self, id: str) -> None:
        """See :meth:`countersign.Sender.retire_secrets`."""
        await self._requests.retire_secrets(id).answer()

    async def disable(self, id: str) -> bool:
        """See :meth:`countersign.Sender.disable`."""
        return await self._requests.disable(id).answer()

    async def enable(self, id: str) -> bool:
        """See :meth:`countersign.Sender.enable`."""
        return await self._requests.enable(id).answer()

    async def delete_endpoint(self, id: str) -> bool:
        """See :meth:`countersign.Sender.delete_endpoint`."""
        return await self._requests.delete_endpoint(id).answer()
