"""The demo with a past: its folders, its simulated devices, and what the command line refuses."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import flask
import msgspec
import pytest
from click.testing import CliRunner, Result

from hardware.simulators.bench import MEMORY_FILE
from hardware.simulators.model import Simulator
from hardware.simulators.rigs import CCTALK
from kiosk.config import load_config, parse_config
from kiosk.runtime.hub import open_hub
from kiosk.runtime.keys import load_keys
from kiosk.runtime.service import STORE_FILE, open_service
from kiosk.simulation.year import YearOrder
from kiosk.simulation.years import AUDITED, VERIFIED, Word, YearTask, trade_all, trade_one
from kiosk.store.anchor import ANCHOR_FILE, read_anchor
from web.demo import CONFIG_FILE, DESK_ADDRESS, AllDesk, IdleKiosks, write_address, write_config
from web.desk_command import create_hub_app
from web.main import main
from web.serve import WebServer
from web.year_demo import OTHERS, all_desk_of, desk_text

UNTIL = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)


def task_in(folder: Path, *, days: int) -> YearTask:
    return YearTask(YearOrder(seed=11, until=UNTIL, days=days), 0, folder, write_config(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("year") / "data"
    trade_one(task_in(made, days=4))
    return made


def test_a_kiosk_starts_on_its_past_with_devices_that_hold_what_its_books_say(folder: Path) -> None:
    config = load_config(folder / CONFIG_FILE)
    anchor = read_anchor(folder / config.store.folder / ANCHOR_FILE)
    service = open_service(
        config,
        folder,
        layout=lambda _till, _reader, _effect: pytest.fail("nothing is printed here"),
        on_rig_failure=lambda port, error: pytest.fail(f"{port}: {error}"),
        has_devices=False,
    )
    service.till.screen()
    state, catalogue = service.till.state(), service.till.catalogue()
    service.stop()
    assert anchor is not None
    assert service.anchor.note == ""
    assert (state.boot, state.receipt_no > 20) == (2, True)
    devices = recalled(folder)
    box = counts(devices[CCTALK.acceptor], "cash_box")
    assert sum(CCTALK.coins[int(position)] * qty for position, qty in box.items()) == state.cash["box"]
    for name in CCTALK.hoppers:
        truth = devices[name].snapshot()
        assert (truth["inside"], truth["paid_total"]) == (
            state.hoppers[name].qty,
            state.hoppers[name].paid_total,
        )
    coils = counts(devices[CCTALK.board], "coils")
    for slot, book in state.coils.items():
        assert coils[str(catalogue.slots[slot].coil)] == book.qty, slot


def recalled(folder: Path) -> dict[str, Simulator]:
    """The demo's simulated devices as they stand after the year; no wire is laid."""
    memory = json.loads((folder / MEMORY_FILE).read_text("utf-8"))
    devices = {each.name: each for wire in CCTALK.wires({}) for each in wire.simulators}
    for name, device in devices.items():
        device.recall(memory[name])
    return devices


def counts(simulator: Simulator, name: str) -> dict[str, int]:
    return msgspec.convert(simulator.snapshot()[name], dict[str, int])


def test_a_kiosk_that_stands_idle_is_heard_by_the_desk_until_the_demo_ends(
    folder: Path, tmp_path: Path
) -> None:
    hub = open_hub(tmp_path)
    hub.inbox.register("DEMO-1", "Lobby", load_keys(folder / "keys").public_hex)
    heard = threading.Event()
    app = create_hub_app(
        hub, load_config(folder / CONFIG_FILE), on_failure=lambda error: pytest.fail(f"{error}")
    )

    @app.after_request
    def note(answer: flask.Response) -> flask.Response:
        if "/hub/goods/" in flask.request.path:
            heard.set()
        return answer

    server = WebServer(app, "127.0.0.1", 0, name="desk")
    idle = IdleKiosks(AllDesk(tmp_path, server.port, (folder,)))
    idle.push()
    assert "courier" not in names_of_threads(), "the desk does not answer yet"
    server.start()
    write_address(tmp_path, DESK_ADDRESS, {"desk": server.url()})
    for _ in range(2):
        idle.push()
    assert names_of_threads().count("courier") == 1
    assert heard.wait(20.0)
    (machine,) = hub.machines()
    idle.close()
    server.close()
    hub.close()
    assert machine.heard_at
    assert machine.problem == ""
    assert "courier" not in names_of_threads()


def names_of_threads() -> list[str]:
    return [each.name for each in threading.enumerate()]


def test_the_demo_s_other_kiosks_stand_idle_beside_the_live_one(folder: Path) -> None:
    desk = all_desk_of(load_config(folder / CONFIG_FILE), folder)
    assert [each.name for each in desk.idle] == ["DEMO-2", "DEMO-3"]


def test_the_desk_for_all_kiosks_knows_the_own_desk_of_the_live_one(tmp_path: Path) -> None:
    tasks = [replace(task_in(tmp_path, days=1), number=number) for number in range(3)]
    config = parse_config(desk_text(tasks, "http://127.0.0.1:8081"), "desk.toml")
    assert [machine.desk for machine in config.machines.values()] == ["http://127.0.0.1:8081", "", ""]


def test_years_are_traded_in_processes_of_their_own_and_say_how_far_they_are(tmp_path: Path) -> None:
    words: list[Word] = []
    (traded,) = trade_all([task_in(tmp_path / "one", days=1)], words.append)
    assert words == [(0, "2026-03-06"), (0, VERIFIED), (0, AUDITED)]
    assert traded.sales > 0
    assert (tmp_path / "one" / "store" / STORE_FILE).exists()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["demo", *arguments])


def test_a_seed_without_a_year_is_told_what_it_is_for() -> None:
    done = run("--seed", "3")
    assert done.exit_code == 2
    assert "add --year" in done.output


def test_another_demo_s_folder_is_not_overwritten(tmp_path: Path) -> None:
    write_config(tmp_path)
    done = run("--year", "--data", str(tmp_path))
    assert done.exit_code == 2
    assert "choose another --data" in done.output
    assert [each.name for each in tmp_path.iterdir()] == [CONFIG_FILE]


def test_a_year_that_is_there_is_not_made_anew_from_another_seed(tmp_path: Path) -> None:
    (tmp_path / OTHERS).mkdir()
    done = run("--year", "--seed", "3", "--data", str(tmp_path))
    assert done.exit_code == 2
    assert "start it without --seed" in done.output


def test_the_year_has_the_devices_that_it_was_sold_on(tmp_path: Path) -> None:
    done = run("--year", "--rig", "mdb", "--data", str(tmp_path / "year"))
    assert done.exit_code == 2
    assert "leave --rig out" in done.output
