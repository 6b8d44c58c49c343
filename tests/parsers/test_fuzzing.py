"""Coverage-guided fuzzing, a bounded number of runs of each parser; the longer tiers give it more."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.parsers.benches import STREAMS, TEXTS
from tests.parsers.fuzz import TARGETS

ROOT: Final = Path(__file__).resolve().parents[2]
RUNS: Final = 20_000
FEWER_RUNS: Final = {
    "printer host": 400,  # each run loads the receipt's font
    "mdb text lines": 1_500,
    "mdb hex lines": 1_500,
    "mdb host": 200,
    "mdb text box": 150,
    "mdb hex box": 150,
    "mdb machine host": 150,
    "mdb machine box": 150,
    "ssp frames": 2_000,
    "ssp host": 1_200,
    "ssp host with keys": 1_000,
    "ssp devices": 600,
    "cctalk devices": 2_000,
    "fafb device": 1_000,
    "fafb host": 2_000,
    "fafb frames": 4_000,
    "k1 frames": 1_000,
    "k1 host": 1_500,
    "k1 device": 1_000,
    "scanner keys": 1_000,
    "scanner codes": 3_000,
    "cctalk frames with crc": 3_000,
    "cctalk host": 2_000,
    "goods file": 3_000,
    "planogram": 3_000,
    "configuration": 3_000,
    "barcode": 4_000,
}
"""What a few seconds hold."""


def test_every_parser_has_its_fuzz_target() -> None:
    assert set(TARGETS) == {*STREAMS, *TEXTS}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Every target fuzzed: the folder of their folders, and how each ended."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("no wheel of the fuzzer for this platform: nothing was fuzzed")
    folder = tmp_path_factory.mktemp("fuzzed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.parsers.fuzz", "--each", str(folder)],
        cwd=ROOT,
        input="".join(f"{target}\t{FEWER_RUNS.get(target, RUNS)}\n" for target in TARGETS),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    ended = (line.split("\t") for line in done.stdout.splitlines())
    return folder, {name: int(code) for name, code in ended}


@pytest.mark.parametrize("target", TARGETS)
def test_a_fuzzed_parser_neither_breaks_nor_stays_broken(
    target: str, fuzzed: tuple[Path, dict[str, int]]
) -> None:
    folder, ended = fuzzed
    place = folder / target.replace(" ", "-")
    said = (place / "said").read_text("utf-8", "replace")
    runs = FEWER_RUNS.get(target, RUNS)
    assert ended[target] == 0, said[-4_000:]
    assert f"Done {runs} runs" in said
    covered = [int(number) for number in re.findall(r"cov: (\d+)", said)]
    assert covered[-1] > 10, "it was guided by the parser's own branches"
    print(
        f"{target}: {runs:,} runs, {covered[-1]} branches, {len(list((place / 'corpus').iterdir()))} inputs kept"
    )
