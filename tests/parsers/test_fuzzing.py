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


@pytest.mark.parametrize("target", TARGETS)
def test_a_fuzzed_parser_neither_breaks_nor_stays_broken(target: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip(f"no wheel of the fuzzer for this platform: {target} was not fuzzed")
    runs = FEWER_RUNS.get(target, RUNS)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.parsers.fuzz", target, str(corpus)),
            *(f"-runs={runs}", "-seed=1", "-max_len=600", "-timeout=10", f"-artifact_prefix={tmp_path}/"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    assert f"Done {runs} runs" in done.stderr
    covered = [int(number) for number in re.findall(r"cov: (\d+)", done.stderr)]
    assert covered[-1] > 10, "it was guided by the parser's own branches"
    print(f"{target}: {runs:,} runs, {covered[-1]} branches, {len(list(corpus.iterdir()))} inputs kept")
