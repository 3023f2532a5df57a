"""What the documentation says is true: docstrings, the README, and types."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import runpy
from pathlib import Path
from types import ModuleType
from typing import Any

import countersign
import countersign._countersign as native
import countersign.testing
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(countersign.__path__, "countersign.")
]


@pytest.mark.parametrize("module", [countersign, *MODULES], ids=lambda module: module.__name__)
def test_doctests_of_modules(module: ModuleType) -> None:
    assert module is native or module.__doc__
    assert doctest.testmod(module).failed == 0


def test_modules_that_users_import_have_examples() -> None:
    documented = ("asgi", "errors", "fastapi", "flask", "monitor", "receiver.receiver", "testing")
    for name in (*documented, "sender.asynchronous", "sender.sender", "wsgi"):
        module = importlib.import_module(f"countersign.{name}")
        assert doctest.testmod(module).attempted > 0, name


def native_objects() -> dict[str, Any]:
    named = {name: getattr(native, name) for name in native.__all__ if name != "__version__"}
    for name, thing in list(named.items()):
        if inspect.isclass(thing):
            public = {key: value for key, value in vars(thing).items() if not key.startswith("_")}
            named.update({f"{name}.{key}": getattr(thing, key) for key in public})
    return named


@pytest.mark.parametrize("name", native_objects())
def test_every_public_object_is_documented(name: str) -> None:
    documentation = inspect.getdoc(native_objects()[name])
    assert documentation
    test = doctest.DocTestParser().get_doctest(documentation, {}, name, None, None)
    result = doctest.DocTestRunner().run(test)
    assert result.failed == 0


def test_the_blocks_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of them makes a database.
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "bindings-python/README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 8
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert names["handle"](names["body"], names["headers"]) == (200, "invoice.paid")
    assert names["sender"].counts()["waiting"] == 2
    assert "countersign_outbox_up 1" in names["monitor"].openmetrics()
    assert names["handle"](b"", {}) == (401, "missing_header")


PAGES = [
    ROOT / "docs/describe-your-own-scheme.md",
    *(page for page in sorted((ROOT / "docs/recipes").glob("*.md")) if page.name != "README.md"),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_the_pages_run(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        program = tmp_path / "program.py"
        program.write_text(block, encoding="utf-8")
        runpy.run_path(str(program))


def test_the_typed_example_runs() -> None:
    runpy.run_path(str(Path(__file__).parent / "typed_usage.py"), run_name="__main__")
