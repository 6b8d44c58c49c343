"""Every planted defect dies by the command that its patch names; the same commands find nothing in the product itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.defects.check import PATCHES, ROOT, misfits, read_defect
from tests.defects.planting import plant, run_in
from tests.defects.stories import STORIES, tell

LONGEST_SECONDS = 100.0
"""A killer takes some five seconds; this is for a machine that does much else."""

DEFECTS = sorted(PATCHES.glob("*.toml"))
NO_FINDING = ("ModuleNotFoundError", "ImportError", "SyntaxError", "error: argument")
"""What a command that did not run at all says."""


def killed_by(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = read_defect(path)["killed_by"]
    return found


def test_every_defect_fits_the_product() -> None:
    assert misfits() == {}
    assert len(DEFECTS) >= 25


@pytest.mark.parametrize("path", DEFECTS, ids=lambda path: path.stem)
def test_the_defect_is_killed(path: Path, tmp_path: Path) -> None:
    killer = killed_by(path)
    ran = run_in(plant(path, tmp_path), killer["command"], LONGEST_SECONDS)
    assert ran.code == 1, ran.output
    assert killer["finds"] in ran.output
    assert not any(word in ran.output for word in NO_FINDING), ran.output


@pytest.mark.parametrize("name", STORIES)
def test_a_story_finds_nothing_wrong_in_the_product(name: str) -> None:
    assert tell(name) == []


def commands() -> list[list[str]]:
    """What the patches name, each once, without the stories."""
    named = {tuple(killed_by(path)["command"]) for path in DEFECTS}
    return sorted(list(command) for command in named if "STORY" not in command)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_same_commands_pass_on_the_product(command: list[str]) -> None:
    ran = run_in(ROOT, command, LONGEST_SECONDS)
    assert ran.code == 0, ran.output
