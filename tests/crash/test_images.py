"""T4 at every push: 2,000 crash images of the real kiosk process, and the proof that the check would see a loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.facts import Recovered
from tests.crash.disk import check_trace
from tests.crash.images import Counts, Story, check_images, planted, record_sales
from tests.crash.recorder import Kind, Trace, TraceError

pytestmark = pytest.mark.timeout(600)

SEED = 3
SALES = 6
IMAGES = 2_000


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crash")


@pytest.fixture(scope="module")
def stories(scratch: Path) -> tuple[Story, Story]:
    return record_sales(scratch / "sound", SALES, SEED)


def tell(counts: Counts, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("", *counts.lines(), sep="\n")


@pytest.mark.rule("MS-G3")
def test_what_the_world_saw_is_in_every_crash_image_of_the_real_process(
    stories: tuple[Story, Story], capsys: pytest.CaptureFixture[str]
) -> None:
    _birth, run = stories
    counts = check_images(run, seed=SEED, images=IMAGES - 300)
    tell(counts, capsys)
    assert counts.findings == ()
    assert counts.bad == 0
    assert counts.screens > SALES
    assert counts.payouts > 0
    assert counts.receipts > 0
    fresh = [each.fact for each in run.journal if each.seq > run.before_seq]
    assert Recovered(owed_minor=200) in fresh, "the recovery was recorded too"


@pytest.mark.rule("MS-G3")
def test_a_market_cut_while_it_is_laid_out_is_either_new_or_whole(
    stories: tuple[Story, Story], capsys: pytest.CaptureFixture[str]
) -> None:
    birth, _run = stories
    counts = check_images(birth, seed=SEED, images=300)
    tell(counts, capsys)
    assert counts.findings == ()
    assert counts.bad == 0


def test_syncs_that_the_disk_does_not_keep_lose_sales_and_the_check_says_so(
    stories: tuple[Story, Story], capsys: pytest.CaptureFixture[str]
) -> None:
    _birth, run = stories
    counts = check_images(run, seed=SEED, images=300, believes=lambda _name: False)
    tell(counts, capsys)
    assert counts.lost > 0
    assert counts.lost_sales > 0


def test_a_product_that_syncs_too_seldom_loses_sales_and_the_check_says_so(
    scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = planted(scratch / "normal", synchronous=1)
    _birth, run = record_sales(scratch / "normal" / "run", 2, SEED, source=source)
    counts = check_images(run, seed=SEED, images=300)
    tell(counts, capsys)
    assert counts.lost > 0


def test_a_missing_record_is_noticed(stories: tuple[Story, Story]) -> None:
    _birth, run = stories
    written = [
        record for record in run.trace.records if record.kind is Kind.WRITTEN and record.name.endswith(".db")
    ]
    trace = run.trace
    fewer = Trace(
        folder=trace.folder,
        before=trace.before,
        records=tuple(record for record in trace.records if record is not written[-1]),
        after=trace.after,
        lines=trace.lines,
    )
    with pytest.raises(TraceError, match="was not recorded"):
        check_trace(fewer)
