"""Section 4: the event in a verified body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Callable, List, Optional, Sequence, Tuple, TypeVar, Union

from reference.answer import json_answer, text_answer
from reference.form import parse_form
from reference.handshake import Reply, is_challenge, is_confirmation_url, proof
from reference.json_text import JSON_WHITESPACE, Value, parse_json
from reference.refusal import Refusal
from reference.scheme import Scheme, Source
from reference.signature_in_body import value_at
from reference.timestamps import TIME_FORM_NAMES, parse_time
from reference.verify import Verified

_INTEGER = re.compile(r"-?[0-9]+")
Fields = Sequence[Tuple[str, str]]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Event:
    id: Optional[str]
    type: Optional[str]
    timestamp: Optional[Fraction]
    dedupe_key: Optional[str]
    data: Optional[str]
    handshake: Optional[Reply]


@dataclass(frozen=True)
class Found:
    """A value that a source gave: from a header or form (text), or from JSON (value)."""

    called: str
    text: Optional[str] = None
    value: Optional[Value] = None


def parse_event(scheme: Scheme, verified: Verified) -> Event:
    text = _decode_utf8(verified.body)
    stripped = text.strip(JSON_WHITESPACE)
    if scheme.payload == "json-or-form":
        is_json = not stripped or stripped[0] in "{["
    else:
        is_json = scheme.payload in ("json", "json-batch")
    payload: Union[Value, Fields]
    if is_json:
        payload = parse_json(text)
        kinds = ["object", "array"] if scheme.payload == "json-batch" else ["object"]
        if payload.kind not in kinds:
            raise Refusal("payload_not_object", "the payload is JSON but not an object")
        if scheme.signature_items is not None:
            payload = _one_item(value_at(scheme.signature_items, payload))
    else:
        payload = parse_form(text)
    return _Fields(scheme, verified, payload).event(stripped if is_json else text)


def _one_item(array: Optional[Value]) -> Value:
    """What the fields are those of; of several items there is none."""
    assert array is not None
    (_, first), *others = array.members
    return Value("object", "{}") if others else first


def _decode_utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Refusal(
            "payload_not_utf8",
            f"the payload is not UTF-8: byte {fault.start} begins no character",
        ) from None


def _malformed(message: str) -> Refusal:
    return Refusal("malformed_field", message)


class _Fields:
    """Step 4, over one payload."""

    def __init__(self, scheme: Scheme, verified: Verified, payload: Union[Value, Fields]) -> None:
        self.scheme = scheme
        self.verified = verified
        self.payload = payload

    def event(self, whole: str) -> Event:
        event_id = self._id(self.scheme.event_id)
        self._require("id", event_id, self.scheme.event_id)
        event_type = self._unless_free(
            lambda: self._text(self._first(self.scheme.event_type), integers=False)
        )
        self._require("type", event_type, self.scheme.event_type)
        timestamp = self._unless_free(self._time)
        data = self._data(whole)
        identity = self._id(self.scheme.dedupe)
        dedupe_key = None if identity is None else f"{self.scheme.name}:{identity}"
        handshake = self._handshake(event_type)
        return Event(event_id, event_type, timestamp, dedupe_key, data, handshake)

    def _unless_free(self, read: Callable[[], Optional[_T]]) -> Optional[_T]:
        try:
            return read()
        except Refusal as refusal:
            if self.scheme.free_fields and refusal.code == "malformed_field":
                return None
            raise

    def _id(self, sources: List[Source]) -> Optional[str]:
        return self._text(self._first(sources), integers=True)

    def _first(self, sources: List[Source]) -> Optional[Found]:
        """The first source that is present and not null; later ones are not looked at."""
        for source in sources:
            found = self._look_up(source)
            if found is not None:
                return found
        return None

    def _look_up(self, source: Source) -> Optional[Found]:
        if source.kind == "body":
            return self._in_body(source.name)
        if source.kind == "joined":
            return self._joined(source.name.split(","))
        name = self.verified.chosen.id if source.kind == "id" else source.name
        assert name is not None
        text = self.verified.headers.value(name)
        return None if text is None else Found(f"the header {name}", text=text)

    def _joined(self, paths: List[str]) -> Optional[Found]:
        texts: List[str] = []
        for path in paths:
            text = self._text(self._in_body(path), integers=True)
            if text is None:
                return None
            texts.append(text)
        return Found(f"the field {paths[0]}", text=":".join(texts))

    def _in_body(self, path: str) -> Optional[Found]:
        called = f"the field {path}"
        if not isinstance(self.payload, Value):
            values = [value for name, value in self.payload if name == path]
            if len(values) > 1:
                raise _malformed(f"{called} appears more than once")
            return Found(called, text=values[0]) if values else None
        value = self.payload
        names = path.split(".")
        for depth, name in enumerate(names, start=1):
            if value.kind != "object":
                return None
            named = [member for key, member in value.members if key == name]
            if len(named) > 1:
                raise _malformed(f"the field {'.'.join(names[:depth])} appears more than once")
            if not named:
                return None
            value = named[0]
        return None if value.kind == "null" else Found(called, value=value)

    def _text(self, found: Optional[Found], integers: bool) -> Optional[str]:
        """The rules of id (integers too) and type."""
        if found is None:
            return None
        text = found.text
        if found.value is not None:
            value = found.value
            if integers and value.kind == "number" and _INTEGER.fullmatch(value.source):
                return value.source
            if value.kind != "string":
                wanted = "a string or integer" if integers else "a string"
                raise _malformed(f"{found.called} is not {wanted}")
            if value.holds_lone_surrogate():
                raise _malformed(f"{found.called} holds a lone surrogate")
            text = value.text
        if not text:
            raise _malformed(f"{found.called} is empty")
        return text

    def _time(self) -> Optional[Fraction]:
        found = self._first(self.scheme.event_time)
        if found is None:
            return None
        form = self.scheme.event_time_format
        text = found.text
        if found.value is not None:
            if found.value.kind == "string" and form in ("rfc3339", "seconds-or-rfc3339"):
                text = found.value.text
            elif found.value.kind == "number" and form != "rfc3339":
                text = found.value.source
        instant = None if text is None else parse_time(text, form)
        if instant is None:
            raise _malformed(f"{found.called} is not {TIME_FORM_NAMES[form]}")
        return instant

    def _data(self, whole: str) -> Optional[str]:
        if self.scheme.data is None or not isinstance(self.payload, Value):
            return whole
        found = self._in_body(self.scheme.data)
        return None if found is None or found.value is None else found.value.source

    def _handshake(self, event_type: Optional[str]) -> Optional[Reply]:
        """The reply, if this is a handshake; a form is none."""
        if not isinstance(self.payload, Value) or self.payload.kind != "object":
            return None
        called = self.scheme.handshake
        if called == "slack-url-verification" and event_type == "url_verification":
            return Reply(text_answer(200, self._string("challenge")))
        if called == "zoom-url-validation" and event_type == "endpoint.url_validation":
            plain = self._string("payload.plainToken")
            encrypted = proof(self.verified.key, plain)
            return Reply(
                json_answer(200, {"plainToken": plain, "encryptedToken": encrypted}, [])
            )
        if called == "twitch-callback-verification":
            message = self.verified.headers.value("twitch-eventsub-message-type")
            if message == "webhook_callback_verification":
                return Reply(text_answer(200, self._string("challenge")))
        if called == "discord-ping":
            kind = self._source("type")
            if kind == "0":
                return Reply(text_answer(204, ""))
            if kind == "1" and self._source("event") is None:
                return Reply(json_answer(200, {"type": 1}, []))
        if called == "sns-confirmation" and self._source("Type") == '"SubscriptionConfirmation"':
            url = self._string("SubscribeURL", is_confirmation_url, "is not an HTTPS URL of Amazon SNS")
            topic = self._string("TopicArn")
            return Reply(text_answer(200, ""), confirmation_url=url, topic=topic)
        return None

    def _source(self, path: str) -> Optional[str]:
        found = self._in_body(path)
        return None if found is None or found.value is None else found.value.source

    def _string(
        self,
        path: str,
        passes: Callable[[str], bool] = is_challenge,
        otherwise: str = "is not 1 to 1024 visible ASCII characters",
    ) -> str:
        """One that must be there."""
        found = self._in_body(path)
        if found is None or found.value is None:
            raise Refusal("missing_field", f"the payload has no {path}")
        if found.value.kind != "string":
            raise _malformed(f"{found.called} is not a string")
        if found.value.holds_lone_surrogate():
            raise _malformed(f"{found.called} holds a lone surrogate")
        if not passes(found.value.text):
            raise _malformed(f"{found.called} {otherwise}")
        return found.value.text

    def _require(self, field: str, value: Optional[str], sources: List[Source]) -> None:
        if field not in self.scheme.required or value is not None:
            return
        for source in sources:
            if source.kind in ("body", "joined"):
                path = source.name.split(",")[0] if source.kind == "joined" else source.name
                raise Refusal("missing_field", f"the payload has no {path}")
        raise Refusal("missing_field", f"the request has no header {sources[0].name}")
