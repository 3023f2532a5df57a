"""One module for each file of the corpus."""

from __future__ import annotations

from typing import List

from casebook import Topic
from topics import published, rotation, stale, tampered, valid


def all_topics() -> List[Topic]:
    return [one.topic() for one in (published, valid, tampered, stale, rotation)]
