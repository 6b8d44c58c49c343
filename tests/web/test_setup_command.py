"""`kiosk setup`: what simulated devices on real ptys say is written down, and what is there already is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.events import DeviceKind
from hardware.port import Port
from hardware.simulators.alone import TUBE_COINS, Wishes, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.pty_line import Wire
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import SspWire
from hardware.ssp.messages import ROUTE_RECYCLE
from hardware.wires.asking import Finding, Worth
from hardware.wires.cctalk import coin_worth
from hardware.wires.probe import serial_port
from hardware.wires.table import WIRES
from hardware.wires.wire import physical_acts
from kiosk.config import Config, load_config
from tests.web.whole import running
from web.first_run import (
    Answers,
    Line,
    SetupError,
    draft,
    slots_of,
    survey,
    told_kept,
    told_values,
    write_draft,
)
from web.main import main

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SOME_WIRES = ("mdb-qibixx", "ssp-note", "ssp-hopper", "cctalk-coin", "printer", "coil-board")


CCTALK = ("--protocol", "cctalk")
"""So that a silent line is not asked half a minute long."""


@contextmanager
def bench(folder: Path, *names: str) -> Iterator[Bench]:
    folder.mkdir(exist_ok=True)
    with Bench(tuple(wire_alone(name, Wishes()) for name in names), folder) as made:
        yield made


def setup(folder: Path, paths: list[str], *more: str, typed: str = "") -> Result:
    ports = [word for path in paths for word in ("--port", path)]
    return CliRunner().invoke(main, ["setup", "--data", str(folder), *ports, *more], input=typed)


def kinds(config: Config) -> dict[str, DeviceKind]:
    return {device.name: device.kind for port in config.rig.ports for device in port.devices}


class Taps:
    """Makes ports that keep what was written to them."""

    def __init__(self) -> None:
        self.sent: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, path: str, baud: int, stop_bits: int) -> Port:
        return _Tapped(serial_port(path, baud, stop_bits), self, path)

    def add(self, path: str, data: bytes) -> None:
        with self._lock:
            self.sent[path] = self.sent.get(path, b"") + data


class _Tapped:
    def __init__(self, port: Port, taps: Taps, path: str) -> None:
        self._port, self._taps, self._path = port, taps, path
        self.open, self.close = port.open, port.close
        self.fileno, self.read = port.fileno, port.read

    @property
    def name(self) -> str:
        return self._port.name

    @property
    def is_open(self) -> bool:
        return self._port.is_open

    def write(self, data: bytes) -> int:
        self._taps.add(self._path, data)
        return self._port.write(data)


def test_everything_that_answers_is_found_and_not_a_byte_could_pay_turn_or_print(tmp_path: Path) -> None:
    taps = Taps()
    with bench(tmp_path, *SOME_WIRES) as devices:
        paths = [str(devices.port_path(name)) for name in SOME_WIRES]
        lines = survey(paths, open_port=taps)
    for line in lines:
        assert line.path in taps.sent or line.wire == "fafb"  # that board is found by listening alone
        assert physical_acts(taps.sent.get(line.path, b""), WIRES[line.wire].ear()) == ()
    slots = slots_of(lines, "EUR")
    answers = Answers("Nilufar", "-", "1", "EUR", values=told_values(slots), kept=told_kept(slots))
    config = draft(lines, answers, NOW).config
    assert (config.money.currency, config.money.exponent, config.money.cash_step_minor) == ("EUR", 2, 10)
    assert config.vendor.name == "Nilufar"
    assert [(port.path, port.protocol) for port in config.rig.ports] == [
        (path, WIRES[name].name)
        for path, name in zip(paths, ("mdb-qibixx", "ssp", "ssp", "cctalk", "escpos", "fafb"), strict=True)
    ]
    found = {device.name: device for port in config.rig.ports for device in port.devices}
    # The validator's recycler on MDB says which notes it keeps; the one on SSP is empty, and says it only with its key.
    assert (found["notes"].into, found["notes-2"].into) == ({1: "recycler-500"}, {})
    assert (found["recycler-500"].tube, found["recycler-500"].value_minor) == (1, 500)
    assert [slot.is_kept for slot in slots_of(lines[1:2], "EUR")] == [None] * 4
    # The changer's coins, with a tube for each that has one.
    assert found["coin"].coins == {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
    assert found["coin"].into == {1: "tube-10", 2: "tube-20", 3: "tube-50", 4: "tube-100"}
    assert (found["tube-50"].tube, found["tube-50"].value_minor) == (3, 50)
    assert found["notes"].notes == found["notes-2"].notes == {1: 500, 2: 1000, 3: 2000, 4: 5000}
    assert (found["card"].kind, found["card"].address) == (DeviceKind.CARD_READER, 0x10)
    assert [found[f"hopper-{value}"].value_minor for value in (10, 20, 50, 100, 200)] == [
        10,
        20,
        50,
        100,
        200,
    ]
    # Names of ccTalk coins: the two-euro piece is EU200A.
    assert found["coin-2"].coins == {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
    assert {found["printer"].kind, found["coils"].kind} == {DeviceKind.PRINTER, DeviceKind.COIL_BOARD}


def test_a_person_is_asked_what_nobody_says_and_may_refuse_what_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    names = ("cctalk-hopper", "cctalk-coin", "scanner")
    answers = ["EUR", "Nilufar Märkte", "030 5550", "17", "7.5", "Asia/Tehran"]
    values = ["", "", "0", "", "", "0.20", "y"]
    with bench(tmp_path / "bench", *names) as devices:
        paths = [str(devices.port_path(name)) for name in ("cctalk-coin", "cctalk-hopper", "scanner")]
        done = setup(folder, paths, *CCTALK, typed="\n".join([*answers, *values, ""]))
    assert done.exit_code == 0, done.output
    config = load_config(folder / "kiosk.toml")
    found = {device.name: device for port in config.rig.ports for device in port.devices}
    assert (config.kiosk_id, config.timezone, config.tax_rates_bp) == (
        "KIOSK-17",
        "Asia/Tehran",
        {"standard": 750},
    )
    assert found["coin"].coins == {1: 10, 2: 20, 4: 100, 5: 200}
    assert found["hopper-20"].value_minor == 20
    assert found["scanner"].kind is DeviceKind.SCANNER
    assert "refused, because nobody knows their worth: coin 3 (EU050A)" in done.output


def test_without_typing_a_device_whose_values_nobody_knows_is_left_out_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    with bench(tmp_path / "bench", "cctalk-hopper") as devices:
        path = str(devices.port_path("cctalk-hopper"))
        refused = setup(folder, [path], *CCTALK, "--yes")
        done = setup(folder, [path], *CCTALK, "--yes", "--currency", "EUR")
    assert refused.exit_code == 1
    assert "give it with --currency" in refused.output
    assert done.exit_code == 0, done.output
    assert f"left out: {path}: the hopper has no value" in done.output
    assert load_config(folder / "kiosk.toml").rig.ports == ()


def test_without_typing_what_the_devices_say_is_written_down(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    with bench(tmp_path / "bench", "cctalk-note") as devices:
        path = str(devices.port_path("cctalk-note"))
        done = setup(folder, [path], *CCTALK, "--yes", "--vendor", "Nilufar", "--phone", "+98 21 5550 0199")
    assert done.exit_code == 0, done.output
    config = load_config(folder / "kiosk.toml")
    assert (config.vendor.name, config.vendor.phone) == ("Nilufar", "+98 21 5550 0199")
    assert config.money.currency == "EUR"
    assert kinds(config) == {"notes": DeviceKind.NOTE_VALIDATOR}
    assert config.rig.ports[0].devices[0].notes == {1: 500, 2: 1000, 3: 2000, 4: 5000}
    assert f"next: kiosk user add NAME --data {folder}" in done.output


def test_the_kiosk_that_was_set_up_gives_a_note_out_of_the_recycler_as_change(tmp_path: Path) -> None:
    with bench(tmp_path, "mdb-qibixx") as devices:
        path = str(devices.port_path("mdb-qibixx"))
        done = setup(tmp_path, [path], "--protocol", "mdb-qibixx", "--yes")
        assert done.exit_code == 0, done.output
        config = load_config(tmp_path / "kiosk.toml")
        assert config.money.cash_step_minor == 10, (
            "goods may cost less than the smallest note that is given back"
        )
        with running(config, tmp_path, devices) as kiosk:
            kiosk.stock({"recycler-500": 10, **{f"tube-{value}": TUBE_COINS for value in (10, 20, 50, 100)}})
            kiosk.take_a_sandwich()
            kiosk.until("notes", lambda _state, screen: 1_000 in screen.takes_notes)
            devices.act("mdb-qibixx-notes", "insert", {"position": "2", "qty": "1"})
            kiosk.until("a sale", lambda state, _screen: kiosk.sold_qty() == 1 and state.visit is None)
            notes, coins = kiosk.truth("mdb-qibixx-notes"), kiosk.truth("mdb-qibixx")
            assert kiosk.till.state().totals.owed == 0
    assert (notes["stacker"], notes["paid_tray"], notes["tubes"]) == ({"2": 1}, {"1": 1}, {"1": 9})
    assert sum(coins["value_minor"][at] * qty for at, qty in coins["paid_tray"].items()) == 250, (
        "the rest of 10.00 for 2.50"
    )


def test_a_recycler_on_ssp_is_told_by_what_lies_in_it_and_a_person_may_choose_otherwise(
    tmp_path: Path,
) -> None:
    notes = NoteValidatorSim("notes", 4711, {1: 500, 2: 1_000, 3: 2_000}, recycled=(1, 2, 3))
    notes.fill(1_000, 3)
    taps = Taps()
    with Bench((Wire("notes", "ssp", 9600, SspWire((notes,)), (notes,)),), tmp_path / "bench") as devices:
        path = str(devices.port_path("notes"))
        lines = survey([path], wires=(WIRES["ssp"],), open_port=taps)
        answers = ["EUR", "V", "1", "1", "0", "UTC", "", "", "0", "y", "n"]
        done = setup(tmp_path / "kiosk", [path], "--protocol", "ssp", typed="\n".join(answers))
    assert physical_acts(taps.sent[path], WIRES["ssp"].ear()) == ()
    assert not notes.firmware.chip.routes, "no probe sets a route"
    slots = slots_of(lines, "EUR")
    assert [slot.is_kept for slot in slots] == [None, True, None]
    assert told_kept(slots) == {"0.0.2"}
    assert done.exit_code == 0, done.output
    (port,) = load_config(tmp_path / "kiosk" / "kiosk.toml").rig.ports
    assert port.devices[0].notes == {1: 500, 2: 1_000}
    assert port.devices[0].into == {1: "recycler-500"}
    assert [(each.name, each.tube) for each in port.devices[1:]] == [("recycler-500", 1)]


def test_a_recycler_that_speaks_without_keys_says_its_routes(tmp_path: Path) -> None:
    notes = NoteValidatorSim("notes", 4711, {1: 500, 2: 1_000}, recycled=(1, 2))
    notes.set_fault("no_keys", True, 0)
    notes.firmware.chip.routes[500] = ROUTE_RECYCLE
    with Bench((Wire("notes", "ssp", 9600, SspWire((notes,)), (notes,)),), tmp_path / "bench") as devices:
        lines = survey([str(devices.port_path("notes"))], wires=(WIRES["ssp"],))
    assert [slot.is_kept for slot in slots_of(lines, "EUR")] == [True, False]


def test_a_recycler_beside_another_note_unit_is_left_out_in_words() -> None:
    worths = (Worth(1, 500, money="EUR", has_tube=True),)
    units = tuple(Finding(DeviceKind.NOTE_VALIDATOR, address, worths=worths) for address in (0, 16))
    line = Line("/dev/x", "ssp", 9600, units)
    slots = slots_of([line], "EUR")
    made = draft([line], Answers("V", "1", "1", "EUR", values=told_values(slots), kept=told_kept(slots)), NOW)
    assert [dict(device.into) for port in made.config.rig.ports for device in port.devices] == [
        {}, {}
    ]  # fmt: skip
    assert "give it a line of its own" in made.left_out[0]


def test_a_configuration_that_is_there_stays_and_the_new_one_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("precious", encoding="utf-8")
    done = setup(tmp_path, [str(tmp_path / "no-port")], "--yes", "--currency", "EUR")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "kiosk.toml").read_text(encoding="utf-8") == "precious"
    assert "it stays in use" in done.output
    assert load_config(tmp_path / "kiosk.new.toml").money.currency == "EUR"


def test_a_replaced_configuration_is_kept_and_never_a_second_time_under_one_name(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("precious", encoding="utf-8")
    made = draft((), Answers("V", "1", "1", "EUR"), NOW)
    written = write_draft(tmp_path, made, NOW, replaces=True)
    assert written.kept == tmp_path / "kiosk.20261122T063000.toml"
    assert written.kept.read_text(encoding="utf-8") == "precious"
    assert load_config(tmp_path / "kiosk.toml").vendor.name == "V"
    with pytest.raises(FileExistsError):
        write_draft(tmp_path, made, NOW, replaces=True)
    assert written.kept.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(
    ("name", "amount", "money"),
    [("EU050A", 50, "EU"), ("GB1K0B", 1_000, "GB"), ("JP10KA", 10_000, "JP"), ("TR005C", 5, "TR")],
)
def test_a_coins_name_tells_its_worth(name: str, amount: int, money: str) -> None:
    assert coin_worth(3, name) == Worth(3, amount, money=money)


@pytest.mark.parametrize("name", ["......", "EU000A", "TOKEN ", "EU.50A", "", "EU1234A"])
def test_a_name_that_is_none_tells_nothing(name: str) -> None:
    assert coin_worth(3, name) is None


def test_other_money_and_broken_amounts_are_asked_and_never_converted() -> None:
    worths = (Worth(1, 500, 2, "EUR"), Worth(2, 5, 0, "GB"), Worth(3, 5, 0, "EU"), Worth(4, 1, 3, "EUR"))
    line = Line("/dev/x", "mdb-qibixx", 9600, (Finding(DeviceKind.NOTE_VALIDATOR, 0x30, worths=worths),))
    assert told_values(slots_of([line], "EUR")) == {"0.0.1": 500, "0.0.3": 500}


def test_what_is_no_currency_is_refused_before_anything_is_written() -> None:
    with pytest.raises(SetupError, match="ISO 4217"):
        draft((), Answers("V", "1", "1", "Toman"), NOW)
