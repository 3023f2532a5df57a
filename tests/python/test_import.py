"""What `import countersign` brings, and what it leaves for its first use."""

from __future__ import annotations

import subprocess
import sys

import countersign
import pytest

#: What takes most of the time of a start, and nothing that verifies needs.
HEAVY = ("asyncio", "sqlite3", "ssl", "logging", "countersign.receiver", "countersign.sender")


def run(program: str) -> str:
    """What it prints, in a fresh interpreter."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_who_only_verifies_imports_no_receiver_and_no_sender() -> None:
    program = f"""
import sys
from countersign import Webhook
webhook = Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
webhook.verify(b"{{}}", webhook.sign(b"{{}}", id="msg_1"))
print(sorted(set({HEAVY}) & set(sys.modules)))
"""
    assert run(program) == "[]\n"


@pytest.mark.parametrize("name", ["AsyncSender", "Outcome", "Receiver", "Sender"])
def test_a_name_is_there_at_its_first_use(name: str) -> None:
    assert run(f"from countersign import {name}; print({name}.__name__)") == f"{name}\n"
    assert run(f"import countersign; print(countersign.{name}.__name__)") == f"{name}\n"


@pytest.mark.parametrize("name", ["receiver", "sender"])
def test_a_subpackage_is_there_at_its_first_use(name: str) -> None:
    printed = run(f"import countersign; print(countersign.{name}.__name__)")
    assert printed == f"countersign.{name}\n"


def test_all_names_are_listed_and_there() -> None:
    listing = "import countersign; print(*sorted(set(countersign.__all__) - set(dir(countersign))))"
    assert run(listing) == "\n"
    everything = "import countersign; from countersign import *"
    everything += "; print(set(countersign.__all__) - set(globals()))"
    assert run(everything) == "set()\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'countersign' has no attribute 'sendr'"):
        _ = countersign.sendr  # type: ignore[attr-defined]


def test_threads_that_want_a_name_at_once_get_the_same() -> None:
    program = """
from concurrent.futures import ThreadPoolExecutor
import countersign
with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(lambda _: countersign.Sender, range(64)))))
"""
    assert run(program) == "1\n"
