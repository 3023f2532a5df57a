"""One module for each file of the corpus."""

from __future__ import annotations

from typing import List

from casebook import Topic
from topics import published


def all_topics() -> List[Topic]:
    return [published.topic()]
