"""Errors: classes, codes, pickling; and what they must not tell."""

from __future__ import annotations

import copy
import io
import pickle
import traceback
from collections.abc import Callable

import countersign
import pytest
from conftest import NOW
from countersign import (
    ConfigurationError,
    CountersignError,
    DeliveryError,
    GuardError,
    PayloadError,
    Secret,
    VerificationError,
    Webhook,
)

SUBCLASSES = [ConfigurationError, VerificationError, PayloadError, GuardError, DeliveryError]


@pytest.mark.parametrize("error_class", SUBCLASSES)
def test_errors_are_values(error_class: type[CountersignError]) -> None:
    assert issubclass(error_class, CountersignError)
    assert error_class.__module__ == "countersign.errors"
    error = error_class("some_code", "what happened")
    assert (error.code, str(error)) == ("some_code", "what happened")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is error_class
        assert (again.code, str(again)) == ("some_code", "what happened")
    assert copy.copy(error).code == "some_code"


def test_raised_errors_are_pickled_too() -> None:
    with pytest.raises(VerificationError) as refused:
        Webhook("github", "hush").verify(b"", {})
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.code, str(again)) == (refused.value.code, str(refused.value))


SECRET = "the-secret-4f3a"
BODY = "the-body-91c2"
VALUE = "the-value-77d0"


def failures() -> list[Callable[[], object]]:
    github = Webhook("github", SECRET)
    standard = Webhook("standard", Secret.from_bytes(SECRET.encode()))
    good = standard.sign(BODY, id="m", now=NOW)
    return [
        lambda: Webhook(SECRET, SECRET),
        lambda: Webhook("github", SECRET + " "),
        lambda: Webhook("github", [SECRET, ""]),
        lambda: Webhook("github", SECRET + "\ud800"),
        lambda: Webhook("github", SECRET.encode()),  # type: ignore[arg-type]
        lambda: Webhook("github", {SECRET}),  # type: ignore[arg-type]
        lambda: Webhook("github", [SECRET.encode()]),  # type: ignore[list-item]
        lambda: Webhook("standard", SECRET),
        lambda: Secret(SECRET + "\n"),
        lambda: Secret(SECRET + "\ud800"),
        lambda: Secret(SECRET.encode()),  # type: ignore[arg-type]
        lambda: Secret.from_bytes(SECRET),  # type: ignore[arg-type]
        lambda: github.verify(BODY, {"x-hub-signature-256": VALUE}),
        lambda: github.verify(BODY + "\ud800", {}),
        lambda: github.verify([BODY], {}),  # type: ignore[arg-type]
        lambda: github.verify(BODY, {"x-hub-signature-256": VALUE + "\ud800"}),
        lambda: github.verify(BODY, {"x-hub-signature-256": {VALUE: VALUE}}),
        lambda: github.verify(BODY, VALUE),  # type: ignore[arg-type]
        lambda: github.verify(BODY, [VALUE]),  # type: ignore[list-item]
        lambda: github.verify(BODY, {}, now=VALUE),  # type: ignore[arg-type]
        lambda: github.unwrap(BODY, github.sign(BODY + "é")),
        lambda: github.sign(BODY, url=VALUE + "\ud800"),
        lambda: standard.verify(BODY + "x", good, now=NOW),
        lambda: standard.verify(BODY, good, now=NOW + 1000),
        lambda: standard.sign(BODY, id=VALUE + "."),
        lambda: standard.sign(BODY, id=VALUE + "\ud800"),
        lambda: standard.unwrap(BODY, good, now=NOW),
        lambda: pickle.dumps(Secret(SECRET)),
        lambda: pickle.dumps(github),
        lambda: copy.copy(github),
    ]


@pytest.mark.parametrize("index", range(len(failures())))
def test_no_text_tells_what_was_passed(index: int) -> None:
    with pytest.raises((CountersignError, TypeError)) as failed:
        failures()[index]()
    error: BaseException | None = failed.value
    while error is not None:
        shown = io.StringIO()
        # The lines of this file are no leak: only what the error itself says.
        shown.writelines(traceback.format_exception_only(type(error), error))
        for text in (shown.getvalue(), str(error), repr(error), repr(error.args)):
            for hidden in (SECRET, BODY, VALUE):
                assert hidden not in text
        error = error.__cause__ or error.__context__


def test_representations_tell_no_secret() -> None:
    webhook = Webhook("github", [SECRET, SECRET + "2"])
    secret = Secret(SECRET)
    for thing in (webhook, secret, Secret.from_bytes(SECRET.encode())):
        for text in (repr(thing), str(thing), f"{thing}", repr(vars(type(thing)))):
            assert SECRET not in text
    assert repr(secret) == "Secret(...)"
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_secrets_and_webhooks_are_not_pickled_or_copied(protocol: int) -> None:
    for thing in (Secret("hush"), Webhook("github", "hush")):
        with pytest.raises(TypeError):
            pickle.dumps(thing, protocol)
        for copying in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                copying(thing)


def test_secrets_do_not_compare_by_their_text() -> None:
    assert Secret("hush") != Secret("hush")


def test_the_classes_are_those_of_the_package() -> None:
    assert countersign.errors.VerificationError is countersign.VerificationError
