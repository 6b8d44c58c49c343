from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.source import PACKAGES, ROOT, imported_modules, python_files, tree

PURE: Final = {"kiosk.campaigns", "kiosk.core", "kiosk.journal", "kiosk.money"}
VOCABULARY: Final = {"hardware.commands", "hardware.document", "hardware.events", "hardware.sansio"}


def contracts() -> dict[str, dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of our packages and contracts that a test may spoil."""
    for package in PACKAGES:
        for path in python_files(package):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def existing(*modules: str) -> Iterator[str]:
    for module in modules:
        place = ROOT / module.replace(".", "/")
        if place.is_dir() or place.with_suffix(".py").is_file():
            yield module


def protocols() -> set[str]:
    return {f"hardware.{path.parts[1]}" for path in python_files("hardware") if path.name == "frames.py"}


def test_the_import_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("path", "line", "broken"),
    [
        ("hardware/events.py", "import kiosk", "The house"),
        ("inventory/catalogue.py", "import hardware.events", "The house"),
        ("kiosk/money.py", "import kiosk.core", "The kiosk's floors"),
        ("kiosk/sideroom.py", "", "The kiosk's floors"),
        ("hardware/sideroom.py", "", "The hardware's floors"),
        ("kiosk/core/clockwork.py", "from time import monotonic", "The core decides"),
        ("kiosk/journal/clockwork.py", "import os.path", "The core decides"),
        ("kiosk/core/shelf.py", "import inventory.stock", "The core reads"),
        ("hardware/cctalk/frames.py", "import serial", "Protocols and the vocabulary"),
    ],
)
def test_a_contract_breaks_when_it_is_broken(house: Path, path: str, line: str, broken: str) -> None:
    if "stock" in line:
        (house / "inventory/stock.py").touch()
    target = house / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(house)
    assert result.returncode == 1, result.stdout + result.stderr
    assert re.search(rf"{re.escape(broken)}.* BROKEN", result.stdout), result.stdout


def test_every_pure_package_is_held_to_the_pure_contract() -> None:
    assert set(contracts()["pure-core"]["source_modules"]) == set(existing(*PURE))


def test_every_protocol_and_vocabulary_module_is_held_to_the_codec_contract() -> None:
    assert set(contracts()["codecs"]["source_modules"]) == protocols() | set(existing(*VOCABULARY))


def test_every_protocol_folder_uses_the_same_file_names() -> None:
    for protocol in protocols():
        folder = ROOT / protocol.replace(".", "/")
        names = {path.name for path in folder.iterdir()}
        assert names >= {"__init__.py", "frames.py", "messages.py", "host.py", "device.py", "README.md"}, (
            folder
        )


def test_nothing_imports_the_composition_root() -> None:
    found = [
        f"{path}:{line}"
        for path in python_files(*PACKAGES)
        for line, name in imported_modules(tree(path))
        if name == "web.main"
    ]
    assert found == []
