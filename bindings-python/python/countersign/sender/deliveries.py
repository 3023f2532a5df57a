"""What became of messages, by threads that wait and by event loops."""

from __future__ import annotations

from countersign.sender.settings import Configured
from countersign.sender.stored import Attempt, Delivery, DeliveryState, Replay


class Deliveries(Configured):
    """Tells of deliveries, and replays them."""

    def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The latest deliveries of those that are meant, the latest first.

        ``since`` and ``until`` are of the time when it was delivered or dead, in Unix seconds.
        ``before`` the number of the last of them come the next.
        """
        return self._requests.deliveries(
            limit,
            state=state,
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).wait()

    def dead_letters(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The latest dead letters; see :meth:`deliveries`."""
        return self._requests.deliveries(
            limit,
            state="dead",
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).wait()

    def deliveries_of(self, message_id: str) -> list[Delivery]:
        """Where the message of this id goes: one delivery for each endpoint."""
        return self._requests.deliveries_of(message_id).wait()

    def delivery(self, number: int) -> Delivery | None:
        """The delivery of this number."""
        return self._requests.delivery(number).wait()

    def delete_delivery(self, number: int) -> bool:
        """Deletes a delivery that is dead or delivered, with its attempts; whether there was one."""
        return self._requests.delete_delivery(number).wait()

    def payload(self, message_id: str) -> bytes | None:
        """The payload of the message of this id."""
        return self._requests.payload(message_id).wait()

    def attempts(self, number: int, limit: int = 100) -> list[Attempt]:
        """The latest attempts of the delivery of this number, the latest first."""
        return self._requests.attempts(number, limit).wait()

    def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in which state. It counts them one by one."""
        return self._requests.counts().wait()

    def replay(self, number: int) -> bool:
        """Has one dead letter, or one that was delivered, delivered once more, at once and with a
        new count of attempts; whether there is one of this number. Its failures do not count
        against the endpoint's health."""
        return self._requests.replay(number).wait()

    def replay_all(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        per_second: int = 50,
    ) -> Replay:
        """Has all dead letters that are meant delivered once more, so many a second, by a
        dispatcher; those of endpoints that are disabled are left. It goes on after a restart. Its
        number, and how many are meant, which are those that are dead now."""
        return self._requests.replay_all(
            per_second, endpoint=endpoint, type=type, reason=reason, since=since, until=until
        ).wait()

    def replays(self, limit: int = 20) -> list[Replay]:
        """The latest replays, the latest first."""
        return self._requests.replays(limit).wait()

    def cancel_replay(self, number: int) -> bool:
        """Ends a replay before its end; whether it was running."""
        return self._requests.cancel_replay(number).wait()


class AsyncDeliveries(Configured):
    """The same, awaited."""

    async def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """See :meth:`countersign.Sender.deliveries`."""
        return await self._requests.deliveries(
            limit,
            state=state,
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).answer()

    async def dead_letters(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """See :meth:`countersign.Sender.dead_letters`."""
        return await self._requests.deliveries(
            limit,
            state="dead",
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).answer()

    async def deliveries_of(self, message_id: str) -> list[Delivery]:
        """See :meth:`countersign.Sender.deliveries_of`."""
        return await self._requests.deliveries_of(message_id).answer()

    async def delivery(self, number: int) -> Delivery | None:
        """See :meth:`countersign.Sender.delivery`."""
        return await self._requests.delivery(number).answer()

    async def delete_delivery(self, number: int) -> bool:
        """See :meth:`countersign.Sender.delete_delivery`."""
        return await self._requests.delete_delivery(number).answer()

    async def payload(self, message_id: str) -> bytes | None:
        """See :meth:`countersign.Sender.payload`."""
        return await self._requests.payload(message_id).answer()

    async def attempts(self, number: int, limit: int = 100) -> list[Attempt]:
        """See :meth:`countersign.Sender.attempts`."""
        return await self._requests.attempts(number, limit).answer()

    async def counts(self) -> dict[DeliveryState, int]:
        """See :meth:`countersign.Sender.counts`."""
        return await self._requests.counts().answer()

    async def replay(self, number: int) -> bool:
        """See :meth:`countersign.Sender.replay`."""
        return await self._requests.replay(number).answer()

    async def replay_all(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        per_second: int = 50,
    ) -> Replay:
        """See :meth:`countersign.Sender.replay_all`."""
        return await self._requests.replay_all(
            per_second, endpoint=endpoint, type=type, reason=reason, since=since, until=until
        ).answer()

    async def replays(self, limit: int = 20) -> list[Replay]:
        """See :meth:`countersign.Sender.replays`."""
        return await self._requests.replays(limit).answer()

    async def cancel_replay(self, number: int) -> bool:
        """See :meth:`countersign.Sender.cancel_replay`."""
        return await self._requests.cancel_replay(number).answer()
