"""The errors. Each has a stable ``code``, the same in every language, and a message.

A message never holds a secret, a payload or a header's value: it can be logged and sent back.
"""

from __future__ import annotations


class CountersignError(Exception):
    """What all errors of this package are.

    >>> from countersign import CountersignError, Webhook
    >>> try:
    ...     Webhook("github", "")
    ... except CountersignError as error:
    ...     print(error.code, "-", error)
    empty_secret - the secret is empty; is the setting that holds it set?
    """

    #: The stable code, such as ``signature_mismatch``.
    code: str
    #: In how many seconds the sender should come back, if there is such a time.
    retry_after: float | None

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        # All are `args`, from which pickle makes the error anew.
        super().__init__(code, message, *([] if retry_after is None else [retry_after]))
        self.code = code
        self.retry_after = retry_after
        self._message = message

    def __str__(self) -> str:
        return self._message

    @property
    def status(self) -> int:
        """The HTTP status that answers it, such as 401.

        >>> from countersign import VerificationError
        >>> VerificationError("signature_mismatch", "").status
        401
        """
        # The native module imports this one.
        from countersign._countersign import error_status

        return error_status(self.code)


class ConfigurationError(CountersignError):
    """The program gave a secret, a scheme or a body wrongly. Never caused by a request."""


class VerificationError(CountersignError):
    """The request does not prove that a holder of the secret sent it now. Answer 401.

    With the code ``key_needed`` it says which key is to be fetched; see :mod:`countersign.keys`.
    """

    #: Where the key is that the request needs, at the provider's own, as was checked.
    key_url: str | None
    #: The id of that key, as the request names it.
    key_id: str | None

    def __init__(
        self, code: str, message: str, key_url: str | None = None, key_id: str | None = None
    ) -> None:
        super().__init__(code, message)
        if code == "key_needed":
            self.args = (code, message, key_url, key_id)
        self.key_url = key_url
        self.key_id = key_id


class PayloadError(CountersignError):
    """The request is authentic and its payload is not what the scheme describes. Answer 400."""


class GuardError(CountersignError):
    """A receiver does not take the request, or cannot finish it."""


class DeliveryError(CountersignError):
    """A message is not sent: for its addressee, its content or the outbox."""
