"""`kiosk devices`: what is there, who answers, what it learns, and whether it is well; on simulators over real ptys."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.events import DeviceKind
from hardware.simulators.alone import Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.market import demo_wires
from hardware.trace import load_recording
from hardware.wires.asking import Finding
from web.demo import write_config
from web.devices_command import config_lines, devices


def run(*arguments: str) -> Result:
    return CliRunner().invoke(devices, arguments)


@contextmanager
def alone(folder: Path, name: str, wishes: Wishes | None = None) -> Iterator[Workbench]:
    with Bench((wire_alone(name, wishes or Wishes()),), folder) as bench:
        yield Workbench(bench)


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether ``is_so`` comes true within 20 seconds, which is long on the slowest machine."""
    tick = threading.Event()
    for _ in range(400):
        if is_so():
            return True
        tick.wait(0.05)
    return False


def printed() -> bytes:
    """What the command that runs under the ``CliRunner`` has printed until now: its stdout is kept in memory."""
    kept = getattr(sys.stdout, "buffer", None)
    return kept.getvalue() if isinstance(kept, io.BytesIO) else b""


def is_shown(workbench: Workbench, begin: str) -> bool:
    return any(line.startswith(begin) for line in workbench.obey("show").splitlines())


def hand(workbench: Workbench, *steps: tuple[str, str], says: str = "") -> threading.Thread:
    """A hand beside the command, which runs in this thread.

    Once the command has the port open it waits until a line of ``show`` begins with the first of each step, then types the
    second; when the command has printed ``says`` it wishes that the command ends.
    """

    def work() -> None:
        # The command takes the signals once the port is open; before that a wish to end would end the tests.
        if not soon(lambda: signal.getsignal(signal.SIGTERM) is not before):
            return
        for awaited, typed in steps:
            soon(partial(is_shown, workbench, awaited))
            workbench.obey(typed)
        soon(lambda: says.encode() in printed())
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    worker = threading.Thread(target=work)
    worker.start()
    return worker


def test_watch_sees_a_coin_dropped_in_a_simulator_started_alone(tmp_path: Path) -> None:
    trace = tmp_path / "coin.trace"
    with alone(tmp_path, "cctalk-coin", Wishes(echo=True)) as workbench:
        worker = hand(workbench, ("  is_open: true", "drop 3"), says="coin accepted")
        seen = run(
            "watch", workbench.path, "--protocol", "cctalk", "--accept", "--coin", "3=50", "--seconds", "30",
            "--record", str(trace),
        )  # fmt: skip
        worker.join()
    assert seen.exit_code == 0, seen.output
    assert "acceptor identified: serial 410001" in seen.output
    assert "coin accepted: serial 410001" in seen.output
    assert "value minor 50" in seen.output
    assert "in no journal" in seen.output
    recording = load_recording(trace)
    assert recording.notes == {"device": "coin_acceptor 2", "accept": "all", "coins": "3=50"}
    assert recording.passed


def test_watch_says_that_an_acceptor_is_inhibited_and_how_to_open_it(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-coin") as workbench:
        seen = run("watch", workbench.path, "--protocol", "cctalk", "--seconds", "0.2")
    assert "inhibited" in seen.output
    assert "--accept" in seen.output


@pytest.mark.parametrize("name", ["ssp-note", "cctalk-note"])
def test_watch_says_that_a_note_reader_has_no_table_of_our_currency(tmp_path: Path, name: str) -> None:
    with alone(tmp_path, name) as workbench:
        seen = run(
            "watch", workbench.path, "--protocol", name.partition("-")[0], "--kind", "note_validator",
            *(("--address", "40") if name == "cctalk-note" else ()),
            "--currency", "irr", "--coin", "1=500", "--seconds", "4",
        )  # fmt: skip
    assert "answers but is inhibited: no currency table for IRR" in seen.output, seen.output


def test_watch_ends_on_the_systems_wish_and_leaves_its_signals_as_they_were(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with alone(tmp_path, "scanner") as workbench:
        worker = hand(workbench)
        seen = run("watch", workbench.path, "--protocol", "scanner", "--seconds", "30")
        worker.join()
    assert seen.exit_code == 0, seen.output
    assert signal.getsignal(signal.SIGTERM) is before


def test_watch_says_that_the_cable_is_out_and_what_to_do(tmp_path: Path) -> None:
    with alone(tmp_path, "scanner") as workbench:
        worker = hand(workbench, ("power on", "unplug"), says="device lost")
        seen = run("watch", workbench.path, "--protocol", "scanner", "--seconds", "30")
        worker.join()
    assert "device lost: kind scanner" in seen.output
    assert "put the cable back in" in seen.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("watch", "/dev/null", "--protocol", "wedge"), "grabs its input device"),
        (("watch", "/dev/no-such", "--protocol", "cctalk"), "/dev/no-such"),
        (("watch", "/dev/null", "--protocol", "cctalk", "--address", "99"), "say its kind"),
        (("watch", "/dev/null", "--protocol", "cctalk", "--coin", "3"), "write position=value"),
        (("watch", "/dev/null", "--protocol", "telepathy"), "telepathy"),
        (("watch", "/dev/null", "--protocol", "cctalk", "--baud", "7"), "baud can be one of 1200"),
        (
            ("watch", "/dev/null", "--protocol", "cctalk", "--currency", "XQX"),
            "XQX is no currency of ISO 4217",
        ),
        (("watch", "/dev/null", "--protocol", "cctalk", "--seconds", "-1"), "x>0"),
        (("test", "--data", "/no-such-folder"), "no kiosk.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(arguments: tuple[str, ...], says: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code in {1, 2}
    assert says in refused.output
    assert "Traceback" not in refused.output


def test_a_trace_is_never_overwritten(tmp_path: Path) -> None:
    trace = tmp_path / "old.trace"
    trace.write_text("precious")
    with alone(tmp_path, "scanner") as workbench:
        refused = run("watch", workbench.path, "--protocol", "scanner", "--record", str(trace))
    assert refused.exit_code == 1
    assert "name another file" in refused.output
    assert trace.read_text() == "precious"


# --- probing ------------------------------------------------------------------------------------------------------------


def test_probe_says_who_answers_and_what_to_write_down(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-hopper", Wishes(serial=77)) as workbench:
        path = workbench.path
        found = run("probe", path, "--protocol", "cctalk")
    assert found.exit_code == 0, found.output
    assert "cctalk at 9600 baud" in found.output
    assert "    serial: 77" in found.output.splitlines()
    written = tomllib.loads(found.output[found.output.index("[[rig.ports]]") :])
    port = written["rig"]["ports"][0]
    assert (port["path"], port["protocol"], port["baud"]) == (path, "cctalk", 9600)
    assert port["devices"] == [{"name": "hopper", "kind": "hopper", "address": 3, "value_minor": 0}]


def test_probe_of_a_silent_line_says_what_to_look_at(tmp_path: Path) -> None:
    with alone(tmp_path, "scanner") as workbench:
        found = run("probe", workbench.path, "--protocol", "fafb")
    assert "nothing that is known answers" in found.output
    assert "--protocol scanner" in found.output


def test_two_hoppers_on_a_bus_get_two_names() -> None:
    found = [Finding(DeviceKind.HOPPER, at) for at in (3, 4)]
    port = tomllib.loads("\n".join(config_lines("/dev/x", "cctalk", 9600, found)))["rig"]["ports"][0]
    assert [device["name"] for device in port["devices"]] == ["hopper-3", "hopper-4"]
    assert port["name"] == "cctalk"


def test_an_acceptors_own_names_are_comments_and_never_values() -> None:
    found = [Finding(DeviceKind.COIN_ACCEPTOR, 2, coins=((1, "EU010A"),))]
    text = "\n".join(config_lines("/dev/x", "cctalk", 9600, found))
    assert "# 1 = ?    the device calls it EU010A" in text
    assert tomllib.loads(text)["rig"]["ports"][0]["devices"][0]["coins"] == {}


# --- a configured rig -----------------------------------------------------------------------------------------------------


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Path]:
    """The demo's devices on their ptys, with its configuration."""
    write_config(tmp_path)
    with Bench(demo_wires({1: 3}), tmp_path):
        yield tmp_path


def test_a_configured_device_tells_its_counters_and_its_evidence_card(market: Path) -> None:
    told = run("test", "hopper-20", "--data", str(market))
    assert told.exit_code == 0, told.output
    for line in ("serial: 410005", "paid ever: 0", "count of what it paid: non volatile"):
        assert line in told.output
    assert "a payout that a power cut interrupts: unknown" in told.output


def test_every_device_that_answers_is_well_and_the_others_are_named(market: Path) -> None:
    told = run("test", "printer", "--data", str(market))
    assert told.exit_code == 0, told.output
    refused = run("test", "toaster", "--data", str(market))
    assert refused.exit_code == 1
    assert "there are: coin, hopper-10" in refused.output


def test_a_device_without_power_is_not_well(tmp_path: Path) -> None:
    write_config(tmp_path)
    with Bench(demo_wires({}), tmp_path) as bench:
        bench.set_power("hopper-10", is_on=False)
        told = run("test", "hopper-10", "--data", str(tmp_path))
    assert told.exit_code == 1
    assert "no answer" in told.output
    assert "not well: hopper-10" in told.output


def test_list_shows_what_is_configured_and_what_is_not_there(market: Path) -> None:
    told = run("list", "--data", str(market))
    assert told.exit_code == 0, told.output
    assert "hopper-20     hopper at address 4" in told.output
    assert "NOT THERE" not in told.output
    (market / "ports" / "printer").unlink()
    assert "NOT THERE" in run("list", "--data", str(market)).output


def test_list_without_a_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    told = run("list", "--data", str(tmp_path))
    assert told.exit_code == 0, told.output
    assert "devices probe" in told.output


def test_udev_prints_the_rules_and_a_word_for_each_port(market: Path) -> None:
    told = run("udev", "--data", str(market))
    assert told.exit_code == 0, told.output
    assert "ID_MM_DEVICE_IGNORE" in told.output
    assert "# scanner: no USB adapter is at" in told.output
    assert "no configuration is in" in run("udev", "--data", str(market / "ports")).output
