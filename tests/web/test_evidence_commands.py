"""`kiosk evidence` and `kiosk verify-evidence`: written where the kiosk is, checked where nothing of it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.claims.desk import PHONE, ClaimDesk
from kiosk.core.facts import About
from tests.architecture.source import ROOT
from tests.kiosk.ledger_world import KIOSK_ID, World
from web.demo import write_config
from web.evidence_commands import evidence, verify_evidence


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[tuple[World, Path]]:
    folder = tmp_path / "kiosk"
    path = write_config(folder)
    path.write_text(path.read_text("utf-8").replace('"DEMO-1"', f'"{KIOSK_ID}"'), encoding="utf-8")
    for name in ("store", "keys"):
        (folder / name).mkdir()
    (folder / "keys" / "kiosk.key").write_bytes(b"s" * 32)
    (folder / "keys" / "kiosk.key").chmod(0o600)
    world = World(folder / "store")
    yield world, folder
    world.close()


def disputed(world: World) -> str:
    visit = world.short_change()
    world.done()
    desk = ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall)
    desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit=visit)
    return visit


def test_evidence_is_written_beside_a_running_till_and_checked_by_a_stranger(
    kiosk: tuple[World, Path], tmp_path: Path
) -> None:
    world, folder = kiosk
    visit, out = disputed(world), tmp_path / "evidence.json"
    head = world.state.seq
    done = CliRunner().invoke(evidence, ["--data", str(folder), "--visit", visit, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert world.state.seq == head, "writing evidence writes nothing into the journal"
    (debt,) = world.state.debts.values()
    code = world.debt_code(1, debt.seq)
    document = json.loads(out.read_bytes())["evidence"]
    assert set(document["receipt"]) == {"en", "fa", "ar"}
    assert "**** ****" in document["receipt"]["en"]
    assert code[:4] not in out.read_text("utf-8")

    # Another machine: an empty folder, no configuration, no store.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    told = subprocess.run(
        [sys.executable, "-P", "-m", "web.main", "verify-evidence", str(out)],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert f"about visit {visit}: it holds" in told.stdout
    assert f"proven (€0.50, debt {debt.debt}). The journal holds this debt" in told.stdout
    assert "What it cannot show:" in told.stdout
    assert "the key inside is trusted" in told.stdout
    assert list(elsewhere.iterdir()) == []


def test_the_vendors_key_is_compared_and_a_changed_file_is_refused(
    kiosk: tuple[World, Path], tmp_path: Path
) -> None:
    world, folder = kiosk
    visit, out = disputed(world), tmp_path / "evidence.json"
    run = CliRunner().invoke
    assert run(evidence, ["--data", str(folder), "--visit", visit, "--out", str(out)]).exit_code == 0
    key = world.key.verify_key.encode().hex()
    told = run(verify_evidence, [str(out), "--public-key", key])
    assert told.exit_code == 0
    assert "signed by the key that you named" in told.output
    assert run(verify_evidence, [str(out), "--public-key", "ab" * 32]).exit_code == 1
    out.write_bytes(out.read_bytes().replace(b'"owed":50', b'"owed":90'))
    refused = run(verify_evidence, [str(out)])
    assert refused.exit_code == 1
    assert "REFUSED: it was changed" in refused.output


@pytest.mark.parametrize("visit", ["V1-999", "nonsense", "V1-"])
def test_a_visit_that_is_not_there_is_one_sentence(
    kiosk: tuple[World, Path], tmp_path: Path, visit: str
) -> None:
    _, folder = kiosk
    done = CliRunner().invoke(
        evidence, ["--data", str(folder), "--visit", visit, "--out", str(tmp_path / "x")]
    )
    assert done.exit_code == 1
    assert re.fullmatch(r"Error: the journal has no visit .*\n", done.output)
    assert not (tmp_path / "x").exists()
