"""Cases of whole exchanges with a receiver; see casebook.py for the principle."""

from __future__ import annotations

import base64
import copy
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from casebook import Case, Disagreement, Json
from reference.receiver import Answered, Receiver, Sent, repeated_otherwise

Handled = Tuple[str, Optional[str], Optional[str]]


@dataclass(frozen=True)
class Exchange:
    """A request, and what is stated to become of it: "handled", "ignored", "duplicate",
    "handshake" or the code of a refusal."""

    want: str
    sent: Sent
    parallel: bool = False
    says: Optional[str] = None
    """A piece of the answer's body."""


def receive_case(
    case_id: str,
    about: str,
    receiver: Json,
    exchanges: Sequence[Exchange],
    handled: Sequence[Handled],
) -> Case:
    """`handled` states the pattern, event id and event type of each handler that succeeds."""
    model = Receiver(receiver)
    written: List[Json] = []
    for group in _groups(exchanges):
        before = copy.deepcopy(model)
        for one, answered in zip(group, model.receive([one.sent for one in group])):
            if answered.word != one.want:
                raise Disagreement(f"{case_id}: stated {one.want!r}, computed {answered.word!r}")
            if one.says is not None and one.says not in answered.answer["body"]:
                raise Disagreement(f"{case_id}: {one.says!r} is not in {answered.answer['body']!r}")
            expect = {**_expect(one.sent, answered), **_repeated(case_id, before, one, answered)}
            parallel = {"parallel": True} if one.parallel else {}
            written.append({**parallel, "request": _request(one.sent), "expect": expect})
    stated = [list(one) for one in handled]
    if stated != model.handled:
        raise Disagreement(f"{case_id}: stated {stated!r}, computed {model.handled!r}")
    fields: Json = {"receiver": receiver, "exchanges": written, "expect": {"handled": stated}}
    return Case(case_id, about, fields)


def _groups(exchanges: Sequence[Exchange]) -> List[List[Exchange]]:
    """Neighbours that are parallel belong together."""
    groups: List[List[Exchange]] = []
    for one in exchanges:
        if one.parallel and groups and groups[-1][-1].parallel:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _request(sent: Sent) -> Json:
    request: Json = {"method": sent.method}
    if sent.query is not None:
        request["query"] = sent.query
    request["headers"] = [[name, value] for name, value in sent.headers]
    if sent.body is not None:
        request["body_b64"] = base64.b64encode(sent.body).decode("ascii")
    if sent.framing != "length":
        request["framing"] = sent.framing
    if sent.announces is not None:
        request["announces"] = sent.announces
    return request


def _expect(sent: Sent, answered: Answered) -> Json:
    given = answered.answer
    headers = [_header(answered, name, value) for name, value in given["headers"]]
    body = "" if sent.method == "HEAD" else given["body"]
    expect = {"status": given["status"], "headers": headers, "body": body}
    # A server that sees the broken framing first has no need to ask the receiver.
    if answered.word == "incomplete_body":
        expect["or_refused_by_server"] = True
    return expect


def _header(answered: Answered, name: str, value: str) -> List[Any]:
    # How long exactly depends on the clock of the store.
    moves = name == "retry-after" and answered.word == "rate_limited"
    return [name, {"at_most": int(value)} if moves else value]


def _repeated(case_id: str, before: Receiver, one: Exchange, answered: Answered) -> Json:
    """What is right of servers that do not keep repeated headers apart."""
    others: Dict[str, Json] = {}
    for mode, variants in repeated_otherwise(one.sent).items():
        answers = []
        for variant in variants:
            model = copy.deepcopy(before)
            [other] = model.receive([variant])
            if model.handled != before.handled or answered.word == "handled":
                raise Disagreement(f"{case_id}: whether it is handled depends on the server")
            answers.append(_expect(variant, other))
        if any(other != answers[0] for other in answers):
            raise Disagreement(f"{case_id}: the answer depends on how a server joins headers")
        if answers[0] != _expect(one.sent, answered):
            others[mode] = answers[0]
    return {"repeated": others} if others else {}
