"""One request, from its arrival to its answer."""

from __future__ import annotations

import logging
import time

from countersign._countersign import Answer, Webhook, refusal
from countersign.errors import ConfigurationError, CountersignError
from countersign.receiver.outcome import Journal, Observer, Outcome
from countersign.receiver.pipeline import Conclusion


class Answered(Exception):
    """There is nothing to handle in a request: it was refused, it repeats a delivery, or it is a
    handshake. ``answer`` is what to send back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"answered with {answer.status}")
        self.answer = answer


class Visit:
    """One request, from its arrival to its answer."""

    def __init__(self, webhook: Webhook, observers: list[Observer]) -> None:
        self._webhook = webhook
        self._observers = observers
        self._time = time.time()
        self._start = time.perf_counter()
        self.journal = Journal(webhook.scheme_name)

    def concluded(self, conclusion: Conclusion) -> Answer:
        return self._observed(conclusion.result, conclusion.answer)

    def failed(self, error: Exception) -> Answer:
        """The handler raised this."""
        self.journal.log(logging.ERROR, "the handler failed", "handler_failed", error)
        return self._refused_with(refusal("handler_failed"))

    def refused(self, error: Exception) -> Answer:
        journal = self.journal
        if not isinstance(error, CountersignError):
            # Such as a clock of the user's that raises: the provider shall come again.
            journal.log(logging.ERROR, "the receiver failed", "handler_failed", error)
            error = refusal("handler_failed")
        elif isinstance(error, ConfigurationError):
            journal.log(logging.ERROR, str(error), error.code)
        elif error.code not in ("handler_failed", "store_unavailable"):
            # Those two were logged where they came up. A key that cannot be had has a cause.
            journal.log(logging.WARNING, "a request was refused", error.code, error.__cause__)
        return self._refused_with(error)

    def _refused_with(self, error: CountersignError) -> Answer:
        methods = self._webhook.allowed_methods
        form = self._webhook.answer_form
        answer = Answer.refusal(error.code, str(error), error.retry_after, methods, form)
        return self._observed(error.code, answer)

    def _observed(self, result: str, answer: Answer) -> Answer:
        journal = self.journal
        for observer in self._observers:
            outcome = Outcome(
                time=self._time,
                status=answer.status,
                result=result,
                scheme=journal.scheme,
                event_id=journal.event_id,
                event_type=journal.event_type,
                duration=time.perf_counter() - self._start,
                key_index=journal.key_index,
            )
            try:
                observer(outcome)
            except Exception as error:
                journal.log(logging.ERROR, "an observer failed", "observer_failed", error)
        return answer
