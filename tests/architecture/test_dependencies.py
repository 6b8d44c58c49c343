from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from typing import Final

import pytest

from tests.architecture.source import PACKAGES, ROOT, imported_modules, python_files, tree

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return {canonical(match[0]) for match in map(NAME.match, wanted) if match}


def locked(section: str) -> set[str]:
    runtime, _, development = (
        (ROOT / "requirements.lock").read_text(encoding="utf-8").partition("# --- development ---")
    )
    text = runtime if section == "runtime" else development
    return {canonical(line.partition("==")[0]) for line in text.splitlines() if re.match(r"[a-z0-9]", line)}


def test_every_dependency_has_its_reason_in_the_decisions() -> None:
    decisions = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    reasons = {canonical(name) for name in re.findall(r"^\| `([^`]+)` \| \S", decisions, re.MULTILINE)}
    assert declared("kiosk", "dev") == reasons


def test_what_a_kiosk_runs_on_is_locked_apart_from_what_developers_use() -> None:
    assert declared("kiosk") <= locked("runtime")
    assert declared("dev") <= locked("runtime") | locked("development")
    assert not locked("runtime") & locked("development")
    assert not {"pytest", "mypy", "playwright"} & locked("runtime")


def test_every_locked_package_has_a_hash_and_the_lock_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9#])", text)
    pins = [block for block in blocks if not block.startswith("#")]
    assert pins
    assert [block.split()[0] for block in pins if "--hash=sha256:" not in block] == []
    assert "://" not in text


@pytest.mark.parametrize("name", PACKAGES)
def test_no_installed_distribution_owns_a_name_of_ours(name: str) -> None:
    assert packages_distributions().get(name, []) == []


def test_the_product_imports_only_what_it_declares() -> None:
    owners = {module: {canonical(one) for one in names} for module, names in packages_distributions().items()}
    allowed = declared("kiosk")
    # What a declared framework is made of may be named too: Werkzeug, Jinja2 and MarkupSafe come with Flask.
    allowed |= {canonical(match[0]) for match in map(NAME.match, requires("flask") or ()) if match}
    found = [
        f"{path}:{line} {name}"
        for path in python_files(*PACKAGES)
        for line, name in imported_modules(tree(path))
        if (top := name.split(".")[0]) not in {*PACKAGES, *sys.stdlib_module_names}
        and not owners.get(top, {top}) & allowed
    ]
    assert found == []
