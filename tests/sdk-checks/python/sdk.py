"""A provider's library, asked for its verdict beside ours."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from random import Random
from typing import Any

from countersign import CountersignError, Webhook

from sample import Request, Source, any_request

#: How many requests of each must be judged alike.
COUNT = 200
#: After so many, the rest say the same.
MOST_FAULTS = 20


@dataclass(frozen=True)
class Difference:
    """Requests about which the library and we differ, on purpose."""

    #: Why, as the page of the checks has it.
    reason: str
    #: What the library says of them; we say the opposite.
    accepts: bool
    where: Callable[[Request], bool]


#: Of all libraries that it is met with.
SPACES = Difference(
    "spaces around a header's value, of which HTTP takes them away, are not taken away by it",
    False,
    lambda request: request.kind == "signature: spaces around",
)
BYTES = Difference(
    "it wants text, and a body that is none is refused",
    False,
    lambda request: not request.is_text,
)
NUMBER = Difference(
    "it reads a number from the time as far as it can and verifies that, where we want what was signed",
    True,
    lambda request: request.kind
    in {f"time: {kind}" for kind in ("zeros first", "signed", "spaces around", "a fraction", "text after")},
)
NO_AGE = Difference(
    "it leaves the age of a request to the user",
    True,
    lambda request: request.kind in {"old", "ahead"},
)
TIMES = Difference(
    "of several times in a header it takes one, where we cannot know which is signed",
    True,
    lambda request: request.kind == "signature: header twice",
)
PADDING = Difference(
    "its decoder of base64 drops what comes after the padding",
    True,
    lambda request: request.kind == "signature: longer",
)
TWICE = Difference(
    "of a header that came twice, it refuses all, where we find the signature that fits",
    False,
    lambda request: request.kind == "signature: header twice",
)


@dataclass(frozen=True)
class Sdk:
    #: As the registry has it.
    package: str
    #: What is asked.
    function: str
    source: Source
    #: Whether it accepts. It refuses by saying so, or by raising.
    verify: Callable[[Request], Any]
    differences: Sequence[Difference] = ()

    def check(self, seed: int) -> tuple[dict[str, Any], list[str]]:
        """What the page says of it, and what is wrong."""
        random = Random(f"{seed} {self.package} {self.source.scheme}")
        agreed, accepted = 0, 0
        found: Counter[str] = Counter()
        faults: list[str] = []
        named = {difference.reason for difference in self.differences}
        # Until each difference is met too.
        while agreed < COUNT or not named <= found.keys():
            request = any_request(self.source, random)
            theirs, ours = self.accepts(request), accepts(request)
            if theirs[0] == ours[0]:
                agreed += 1
                accepted += ours[0]
            else:
                fitting = (one for one in (SPACES, *self.differences) if one.accepts == theirs[0])
                difference = next((one for one in fitting if one.where(request)), None)
                if difference is None:
                    what = f"it {theirs[1]}, we {ours[1]}"
                    told = str(request)[:1000]
                    faults.append(f"{self.package}, {request.kind}: {what}\n    {told}")
                else:
                    found[difference.reason] += 1
            if len(faults) >= MOST_FAULTS:
                break
            if agreed >= 20 * COUNT:
                missing = ", ".join(sorted(named - found.keys()))
                faults.append(f"{self.package}: no request shows that {missing}")
                break
        if accepted < COUNT // 4:
            faults.append(f"{self.package}: only {accepted} requests were accepted")
        row = {
            "language": "Python",
            "package": self.package,
            "version": version(self.package),
            "function": self.function,
            "scheme": self.source.scheme,
            "signs": self.source.sign is not None,
            "requests": agreed + sum(found.values()),
            "agreed": agreed,
            "accepted": accepted,
            "differences": [
                {"reason": one.reason, "accepts": one.accepts, "count": found[one.reason]}
                for one in (SPACES, *self.differences)
                if one.reason in found
            ],
        }
        return row, faults

    def accepts(self, request: Request) -> tuple[bool, str]:
        try:
            accepted = self.verify(request)
        except Exception as error:  # However it refuses: half of the requests must be accepted.
            return False, f"raises {type(error).__name__}: {error}"
        return bool(accepted), "accepts" if accepted else "refuses"


def accepts(request: Request) -> tuple[bool, str]:
    webhook = Webhook(request.scheme, request.secret)
    try:
        webhook.verify(
            request.body,
            list(request.headers.items()),
            now=time.time(),
            url=request.url,
            method=request.method,
        )
    except CountersignError as error:
        return False, f"refuse by {error.code}"
    return True, "accept"
