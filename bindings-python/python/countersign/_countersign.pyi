# The native module. Its docstrings are in the code, for `help()`.

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NoReturn, Protocol, final

from countersign.errors import CountersignError, DeliveryError

__all__ = [
    "AddressPolicy",
    "Answer",
    "Availability",
    "Backoff",
    "Call",
    "Decision",
    "Destination",
    "DestinationRules",
    "EndpointHealth",
    "Event",
    "Explanation",
    "Finding",
    "HandshakeReply",
    "HealthPolicy",
    "InboxView",
    "MemoryRateLimiter",
    "MemoryReplayGuard",
    "MonitorState",
    "Network",
    "OutboxView",
    "OwnStatements",
    "RateLimit",
    "RetryPolicy",
    "Routes",
    "Scheme",
    "Secret",
    "SenderEngine",
    "StatusRules",
    "Tolerance",
    "Verified",
    "Webhook",
    "__version__",
    "chosen",
    "decide_claim",
    "decode_postgres_text",
    "detect",
    "encode_postgres_text",
    "error_status",
    "event_parts",
    "generate_secret",
    "guard_statements",
    "inbox_statements",
    "is_shown",
    "judged_path",
    "list_events_statement",
    "openmetrics_type",
    "parse_retry_after",
    "rate_limit_key",
    "redis_scripts",
    "refusal",
    "restore_event",
    "shortened",
    "sign_sample",
    "status_data",
    "status_delivery_replayed",
    "status_metrics",
    "status_refused",
    "status_replayed",
    "stored_key",
    "unserialisable",
    "write_payload",
]

__version__: str

_Body = bytes | bytearray | memoryview | str
_Jitter = Literal["none", "full", "equal"]
_Sources = str | Sequence[str]

class _HasItems(Protocol):
    """A mapping of any framework, whatever its values are typed as."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...

_Headers = _HasItems | Iterable[tuple[str | bytes, str | bytes]]

@final
class Webhook:
    def __new__(
        cls,
        scheme: str | Scheme,
        secrets: str | Secret | Sequence[str | Secret],
        *,
        tolerance: Tolerance | None = None,
        verify_token: str | Secret | None = None,
        every_secret_signs: bool = False,
    ) -> Webhook: ...
    def verify(
        self,
        body: _Body,
        headers: _Headers,
        *,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
        key: bytes | str | None = None,
    ) -> Verified: ...
    def unwrap(
        self,
        body: _Body,
        headers: _Headers,
        *,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
        key: bytes | str | None = None,
    ) -> Event: ...
    def explain(
        self,
        body: _Body,
        headers: _Headers,
        *,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
        key: bytes | str | None = None,
    ) -> Explanation: ...
    def sign(
        self,
        body: _Body,
        *,
        id: str | None = None,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]: ...
    def sign_body(
        self, body: _Body, *, id: str | None = None, now: float | None = None
    ) -> bytes: ...
    @property
    def signs_in_body(self) -> bool: ...
    @property
    def scheme_name(self) -> str: ...
    @property
    def tolerance(self) -> Tolerance: ...
    @property
    def dedupe_lifetime(self) -> int: ...
    @property
    def header_names(self) -> tuple[str, ...]: ...
    @property
    def allowed_methods(self) -> str: ...
    def check_head(
        self,
        method: str,
        content_type: str | None,
        content_encoding: str | None,
        content_length: int | None,
        body_limit: int,
    ) -> Literal["delivery", "handshake"]: ...
    def handshake(
        self,
        body: _Body,
        headers: _Headers,
        *,
        url: str | None = None,
        method: str | None = None,
    ) -> HandshakeReply | None: ...
    @property
    def has_unsigned_posts(self) -> bool: ...
    @property
    def answer_form(self) -> str: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Verified:
    @property
    def key_index(self) -> int: ...
    @property
    def id(self) -> str | None: ...
    @property
    def timestamp(self) -> int | float | None: ...
    @property
    def dedupe_key(self) -> str | None: ...
    def event(self) -> Event: ...

@final
class Event:
    @property
    def id(self) -> str | None: ...
    @property
    def type(self) -> str | None: ...
    @property
    def timestamp(self) -> int | float | None: ...
    @property
    def data(self) -> Any: ...
    @property
    def payload(self) -> Any: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def dedupe_key(self) -> str | None: ...
    @property
    def handshake(self) -> HandshakeReply | None: ...
    @property
    def key_index(self) -> int: ...

@final
class Explanation:
    @property
    def accepted(self) -> bool: ...
    @property
    def key_index(self) -> int | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def text(self) -> str: ...

@final
class Finding:
    @property
    def code(self) -> str: ...
    @property
    def certainty(self) -> Literal["proven", "likely"]: ...
    @property
    def evidence(self) -> dict[str, int | str]: ...
    @property
    def suggestion(self) -> str: ...

def detect(headers: _Headers) -> list[str]: ...
@final
class Secret:
    def __new__(cls, text: str) -> Secret: ...
    @staticmethod
    def from_bytes(key: bytes | bytearray | memoryview) -> Secret: ...
    def __reduce__(self) -> NoReturn: ...

def generate_secret() -> str: ...
@final
class Scheme:
    def __new__(
        cls,
        name: str,
        *,
        headers: Mapping[str, str | None] | Sequence[Mapping[str, str | None]] = (),
        prefix: str = "",
        separator: str | None = None,
        timestamp_label: str | None = None,
        timestamp_field: str | None = None,
        signature_field: str | None = None,
        signature_items: str | None = None,
        further_signatures: _Sources = (),
        algorithm: Literal[
            "hmac-sha256", "hmac-sha1", "hmac-sha512", "plain-sha256", "plain-md5", "token"
        ] = "hmac-sha256",
        encoding: Literal["hex", "hex-upper", "hex-any-case", "base64", "base64url"] = "hex",
        key: Literal["text", "base64", "hex", "base64-or-text", "base64-and-text"] = "text",
        secret_prefix: str = "",
        content: str = "{body}",
        url_form: Literal["as-given", "either-port", "partly-decoded"] = "as-given",
        body_digest_parameter: str | None = None,
        timestamp_format: Literal["seconds", "milliseconds", "rfc3339", "seconds-or-rfc3339"] = "seconds",
        tolerance: Tolerance | None = None,
        payload: Literal["json", "json-batch", "form", "json-or-form"] = "json",
        event_id: _Sources = (),
        event_type: _Sources = (),
        event_time: _Sources = (),
        dedupe: _Sources | None = None,
        event_time_format: Literal["seconds", "milliseconds", "rfc3339", "seconds-or-rfc3339"] = "seconds",
        required: Sequence[Literal["id", "type"]] = (),
        data: str | None = None,
        handshake: Literal[
            "slack-url-verification",
            "meta-verification",
            "zoom-url-validation",
            "twitch-callback-verification",
            "discord-ping",
            "sns-confirmation",
            "dropbox-challenge",
            "okta-verification",
            "asana-hook-secret",
            "notion-verification-token",
            "mailersend-test",
            "head-probe",
            "get-probe",
        ]
        | None = None,
        answers: Literal["described", "empty", "described-400"] = "described",
    ) -> Scheme: ...
    @staticmethod
    def named(name: str) -> Scheme: ...
    @staticmethod
    def names() -> list[str]: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def is_confirmed(self) -> bool: ...
    @property
    def name(self) -> str: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Tolerance:
    def __new__(
        cls, seconds: float = ..., /, *, past: float | None = ..., future: float | None = ...
    ) -> Tolerance: ...
    @staticmethod
    def unchecked() -> Tolerance: ...
    @property
    def past(self) -> int | None: ...
    @property
    def future(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, int | None]]: ...

@final
class Backoff:
    @staticmethod
    def fixed(delays: Sequence[float], *, jitter: _Jitter = "none") -> Backoff: ...
    @staticmethod
    def exponential(
        base: float,
        factor: int = 2,
        cap: float = 86400,
        *,
        attempts: int,
        jitter: _Jitter = "none",
    ) -> Backoff: ...
    @staticmethod
    def standard(*, jitter: _Jitter = "equal") -> Backoff: ...
    @property
    def attempts(self) -> int: ...
    def delay(self, attempt: int, entropy: int) -> int | float | None: ...
    def delays(self, entropy: Iterable[int]) -> list[int | float]: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class RetryPolicy:
    def __new__(
        cls,
        backoff: Backoff,
        *,
        retry_after_cap: float = 86400,
        retry_statuses: Iterable[int] = (),
    ) -> RetryPolicy: ...
    @staticmethod
    def standard() -> RetryPolicy: ...
    @staticmethod
    def exponential(base: float, attempts: int) -> RetryPolicy: ...
    @property
    def backoff(self) -> Backoff: ...
    def decide(
        self,
        attempt: int,
        status: int | None,
        retry_after: str | bytes | None = None,
        now: float | None = None,
        entropy: int | None = None,
        *,
        forbidden: bool = False,
    ) -> Decision: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Decision:
    @property
    def action(self) -> Literal["delivered", "retry_at", "dead_letter", "disable"]: ...
    @property
    def at(self) -> int | float | None: ...
    @property
    def reason(self) -> Literal["exhausted", "redirected", "rejected", "forbidden"] | None: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class EndpointHealth:
    def __new__(
        cls,
        *,
        failures: int = 0,
        failing_since: float | None = None,
        throttled_until: float | None = None,
        circuit_open_until: float | None = None,
        openings: int = 0,
        disabled: str | None = None,
    ) -> EndpointHealth: ...
    @property
    def failures(self) -> int: ...
    @property
    def failing_since(self) -> int | float | None: ...
    @property
    def throttled_until(self) -> int | float | None: ...
    @property
    def circuit_open_until(self) -> int | float | None: ...
    @property
    def openings(self) -> int: ...
    @property
    def disabled(self) -> Literal["gone", "failing", "manual"] | None: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Availability:
    @property
    def state(self) -> Literal["ready", "throttled", "circuit_open", "probe", "disabled"]: ...
    @property
    def until(self) -> int | float | None: ...
    @property
    def reason(self) -> Literal["gone", "failing", "manual"] | None: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class HealthPolicy:
    def __new__(
        cls,
        *,
        circuit_failures: int | Literal[False] = 10,
        circuit_pauses: tuple[float, float] = (30, 1800),
        throttle_pauses: tuple[float, float] = (1, 60),
        retry_after_cap: float = 3600,
        disable_after: float | Literal[False] = 432000,
        disable_failures: int = 10,
        retry_statuses: Iterable[int] = (),
    ) -> HealthPolicy: ...
    def availability(self, health: EndpointHealth, now: float | None = None) -> Availability: ...
    def observe(
        self,
        health: EndpointHealth,
        status: int | None,
        retry_after: str | bytes | None = None,
        now: float | None = None,
        entropy: int | None = None,
        *,
        forbidden: bool = False,
    ) -> EndpointHealth: ...
    def __eq__(self, other: object, /) -> bool: ...

def chosen(
    state: str,
    until: int | None,
    running: int,
    blocked_until: int,
    paced_until: int,
    waiting: list[tuple[int, bool]],
    room: int,
    fifo: bool,
    per_second: float | None,
    now: int,
) -> tuple[list[int], bool, int | None, int | None, bool]: ...
def parse_retry_after(value: str | bytes, now: float | None = None) -> int | None: ...
def sign_sample(
    webhook: Webhook,
    payload: bytes | None,
    headers: Sequence[tuple[str, str]],
    *,
    id: str | None = None,
    type: str | None = None,
    now: float | None = None,
    url: str | None = None,
    method: str = "POST",
) -> tuple[str, str, dict[str, str], bytes]: ...
def write_payload(id: str, event_type: str, data: str, now: float | None = None) -> str: ...

@final
class Network:
    def __new__(cls, text: str) -> Network: ...
    def __contains__(self, address: str, /) -> bool: ...

@final
class DestinationRules:
    def __new__(
        cls, *, allow_http: bool = False, allow: Sequence[str] = ()
    ) -> DestinationRules: ...
    def check(self, addresses: Sequence[str]) -> None: ...

@final
class Destination:
    def __new__(cls, url: str, rules: DestinationRules) -> Destination: ...
    @property
    def url(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def address(self) -> str | None: ...
    @property
    def port(self) -> int: ...
    @property
    def is_https(self) -> bool: ...

@final
class AddressPolicy:
    def __new__(
        cls,
        *,
        allow: Sequence[str] | None = None,
        trusted_proxies: Sequence[str] = (),
        forwarding_header: str = "x-forwarded-for",
    ) -> AddressPolicy: ...
    @property
    def header_name(self) -> str | None: ...
    def client(self, peer: str, forwarded: Sequence[str]) -> str | None: ...
    def check(self, client: str | None) -> None: ...

def rate_limit_key(client: str | None, limit: RateLimit) -> str: ...
@final
class RateLimit:
    def __new__(cls, requests: int, window: float) -> RateLimit: ...
    @property
    def requests(self) -> int: ...
    @property
    def window(self) -> float: ...
    @property
    def window_ms(self) -> int: ...
    @property
    def slot_ms(self) -> int: ...
    def admit(self, slots: Sequence[tuple[int, int]], now_ms: int) -> list[tuple[int, int]]: ...

@final
class MemoryRateLimiter:
    def __new__(cls, limit: RateLimit, capacity: int = 20_000) -> MemoryRateLimiter: ...
    def admit(self, caller: str, now: float) -> None: ...
    def __len__(self) -> int: ...

@final
class MemoryReplayGuard:
    def __new__(cls, capacity: int = 100_000) -> MemoryReplayGuard: ...
    def claim(self, key: str, now: float, lease: float) -> int: ...
    def complete(self, key: str, now: float, lifetime: float) -> None: ...
    def release(self, key: str, token: int) -> None: ...
    def __len__(self) -> int: ...

@final
class Routes:
    def __new__(cls) -> Routes: ...
    def add(self, pattern: str) -> int: ...
    def find(self, event_type: str | None) -> int | None: ...

@final
class HandshakeReply:
    @property
    def answer(self) -> Answer: ...
    @property
    def needs_consent(self) -> bool: ...
    @property
    def secret(self) -> str | None: ...
    @property
    def confirmation_url(self) -> str | None: ...
    @property
    def topic(self) -> str | None: ...

@final
class Answer:
    @staticmethod
    def event(
        handling: str, id: str | None, type: str | None, form: str = "described"
    ) -> Answer: ...
    @staticmethod
    def refusal(
        code: str,
        message: str,
        retry_after: float | None,
        allowed_methods: str,
        form: str = "described",
    ) -> Answer: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes: ...

_Parts = tuple[bool, tuple[int, int], tuple[int, int] | None]

def event_parts(event: Event) -> _Parts: ...
def restore_event(
    raw: bytes,
    id: str | None,
    type: str | None,
    timestamp: float | None,
    dedupe_key: str | None,
    key_index: int,
    parts: _Parts,
) -> Event: ...
def decide_claim(held: tuple[str, int] | None, now_ms: int) -> None: ...
def refusal(code: str, amount: int = 0) -> CountersignError: ...
def error_status(code: str) -> int: ...
def redis_scripts() -> list[tuple[str, str]]: ...
def guard_statements() -> list[tuple[str, str]]: ...
def inbox_statements() -> list[tuple[str, str]]: ...
def list_events_statement(of_state: bool, of_type: bool, before: bool) -> str: ...
def stored_key(key: str) -> str: ...
def encode_postgres_text(text: str) -> str: ...
def decode_postgres_text(stored: str) -> str: ...

_StatusAnswer = tuple[int, list[tuple[str, str]], bytes, tuple[bool, str] | None]
_DeadLetter = tuple[int, float, int, str | None, str | None, str | None]

@final
class InboxView:
    def __new__(
        cls, counts: Sequence[tuple[str, int]] | None, dead_letters: Sequence[_DeadLetter] | None
    ) -> InboxView: ...

@final
class OutboxView:
    @staticmethod
    def down() -> OutboxView: ...

@final
class MonitorState:
    def __new__(
        cls, since: float, recent: int, most_types: int, most_endpoints: int
    ) -> MonitorState: ...
    def watch(self, name: str, scheme: str) -> int: ...
    def observe(
        self,
        receiver: int,
        time: float,
        status: int,
        result: str,
        event_id: str | None,
        event_type: str | None,
        duration: float,
        key_index: int | None,
    ) -> None: ...
    def openmetrics(self, inbox: InboxView | None, outbox: OutboxView | None) -> str: ...
    def snapshot(
        self, inbox: InboxView | None, outbox: OutboxView | None, now: float, process: int
    ) -> str: ...
    @staticmethod
    def before_fork() -> None: ...
    @staticmethod
    def after_fork() -> None: ...

@final
class StatusRules:
    def __new__(cls, token: str, path: str) -> StatusRules: ...
    def paths(self) -> list[str]: ...
    def wants_body(self, method: str, path: str) -> bool: ...
    def ask(
        self,
        method: str,
        path: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        secure: bool,
        now: float,
        entropy: bytes,
    ) -> tuple[str, Any]: ...

def status_data(
    state: MonitorState,
    inbox: InboxView | None,
    outbox: OutboxView | None,
    now: float,
    process: int,
    csrf: str | None,
) -> _StatusAnswer: ...
def status_metrics(
    state: MonitorState, inbox: InboxView | None, outbox: OutboxView | None
) -> _StatusAnswer: ...
def status_replayed(number: int, replayed: bool | None) -> _StatusAnswer: ...
def status_delivery_replayed(number: int, replayed: bool | None) -> _StatusAnswer: ...
def status_refused(status: int) -> _StatusAnswer: ...
def is_shown(dead_letters: Sequence[int], number: int) -> bool: ...
def judged_path(sent: str, routed: str) -> str: ...
def openmetrics_type() -> str: ...
def shortened(text: str) -> str: ...

@final
class Call:
    def wait(self) -> Any: ...
    def start(self, event_loop: Any, future: Any) -> None: ...

_Text = str | None

@final
class OwnStatements:
    def at(self, now_ms: int) -> list[tuple[str, tuple[Any, ...]]]: ...
    def sent(self, answers: Sequence[tuple[int, tuple[Any, ...] | None]]) -> tuple[str, bool]: ...

@final
class SenderEngine:
    def __new__(cls, database: Any, is_postgres: bool, settings: dict[str, Any]) -> SenderEngine: ...
    @staticmethod
    def forget_inherited() -> None: ...
    @staticmethod
    def shares_files() -> bool: ...
    def close(self) -> bool: ...
    def is_open(self) -> bool: ...
    def is_started(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self, patience: float) -> Call: ...
    def send(
        self, to: str, event_type: str, content: str | bytes, id: _Text, idempotency_key: _Text
    ) -> Call: ...
    def send_many(self, messages: Sequence[tuple[str, str, str | bytes, _Text, _Text]]) -> Call: ...
    def publish(
        self, event_type: str, content: str | bytes, owner: str, id: _Text, idempotency_key: _Text
    ) -> Call: ...
    def own_statements(
        self, to: str, event_type: str, content: str | bytes, id: _Text, idempotency_key: _Text
    ) -> OwnStatements: ...
    def put_endpoint(self, id: str, url: str, settings: dict[str, Any]) -> Call: ...
    def rotate_secret(self, id: str, secret: str) -> Call: ...
    def retire_secrets(self, id: str) -> Call: ...
    def enable(self, id: str) -> Call: ...
    def disable(self, id: str) -> Call: ...
    def delete_endpoint(self, id: str) -> Call: ...
    def endpoint(self, id: str) -> Call: ...
    def endpoints(self, after: str, count: int) -> Call: ...
    def deliveries(self, wanted: dict[str, Any], count: int) -> Call: ...
    def deliveries_of(self, message_id: str) -> Call: ...
    def delivery(self, number: int) -> Call: ...
    def delete_delivery(self, number: int) -> Call: ...
    def payload(self, message_id: str) -> Call: ...
    def attempts(self, number: int, count: int) -> Call: ...
    def counts(self) -> Call: ...
    def replay(self, number: int) -> Call: ...
    def replay_all(self, wanted: dict[str, Any], per_second: int) -> Call: ...
    def replays(self, count: int) -> Call: ...
    def cancel_replay(self, number: int) -> Call: ...
    def observe(self, monitor: MonitorState) -> None: ...
    def shown(self, on_page: bool) -> Call: ...
    def replay_shown(self, number: int) -> Call: ...

def unserialisable() -> DeliveryError: ...
