from __future__ import annotations

import os
import re
import subprocess
from typing import Final

import pytest

from tests.architecture.source import PACKAGES, ROOT, tracked_files

TOP_LEVEL: Final = {
    "pyproject.toml", "requirements.lock", "run", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    "DECISIONS.md", "RELIABILITY.md", "alembic.ini", *PACKAGES, "tests",
}  # fmt: skip
VERBS: Final = (
    "demo",
    "test",
    "check",
    "smoke",
    "stories",
    "bench",
    "screens",
    "nightly",
    "release",
    "kiosk",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./run", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_the_top_of_the_checkout_holds_what_was_agreed_and_nothing_else() -> None:
    top = {path.parts[0] for path in tracked_files()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_what_it_is_for(package: str) -> None:
    assert (ROOT / package / "README.md").read_text(encoding="utf-8").startswith("# ")


def test_run_alone_lists_every_verb_with_a_line_each() -> None:
    listed = run()
    assert listed.returncode == 0
    for verb in VERBS:
        assert re.search(rf"^  {verb} +\w.{{10,}}$", listed.stdout, re.MULTILINE), verb


def test_run_refuses_a_verb_that_it_does_not_know() -> None:
    refused = run("sell")
    assert refused.returncode == 1
    assert "there is no verb 'sell'" in refused.stderr


def test_the_second_start_finds_the_environment_ready() -> None:
    again = run("kiosk", "--help")
    assert again.returncode == 0, again.stderr
    assert "installing" not in again.stderr
