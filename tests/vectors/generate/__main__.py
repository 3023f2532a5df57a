"""Writes the corpus next to this folder, or with --check says whether it is up to date.

Run as: python3 tests/vectors/generate [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Dict

sys.dont_write_bytecode = True

from casebook import Disagreement  # noqa: E402
from render import render_topic  # noqa: E402
from topics import all_topics  # noqa: E402

CORPUS = Path(__file__).resolve().parent.parent


def render_corpus() -> Dict[str, str]:
    """The text of every file by its name."""
    files: Dict[str, str] = {}
    seen: Dict[str, str] = {}
    for topic in all_topics():
        for case in topic.cases:
            if case.id in seen:
                raise Disagreement(f"{case.id} is in {seen[case.id]} and in {topic.file}")
            seen[case.id] = topic.file
        files[topic.file] = render_topic(topic)
    return files


def differences(files: Dict[str, str]) -> Dict[str, str]:
    """What is wrong with the committed files, by name."""
    wrong: Dict[str, str] = {}
    for name, text in files.items():
        path = CORPUS / name
        if not path.exists():
            wrong[name] = "is missing"
        elif path.read_bytes() != text.encode("ascii"):
            wrong[name] = "differs from what the generator writes"
    for path in [*CORPUS.glob("*.json"), *CORPUS.glob("end-to-end/*.json")]:
        name = path.relative_to(CORPUS).as_posix()
        if name not in files:
            wrong[name] = "is not written by the generator"
    return wrong


def main() -> int:
    arguments = argparse.ArgumentParser(description="Writes or checks the corpus.")
    arguments.add_argument("--check", action="store_true", help="compare, write nothing")
    check = arguments.parse_args().check
    try:
        files = render_corpus()
    except Disagreement as disagreement:
        print(f"the reference disagrees with a case: {disagreement}", file=sys.stderr)
        return 1
    if check:
        wrong = differences(files)
        for name, what in sorted(wrong.items()):
            print(f"{name} {what}", file=sys.stderr)
        return 1 if wrong else 0
    for name, text in files.items():
        (CORPUS / name).parent.mkdir(exist_ok=True)
        (CORPUS / name).write_bytes(text.encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
