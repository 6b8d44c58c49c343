"""Blocks, changer and validator messages: worked vectors on both ends, and every message reads back what was written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.mdb import messages as m
from hardware.mdb import reader_messages as r
from hardware.mdb.device import ChangerFirmware
from hardware.mdb.frames import MAX_BLOCK, seal, unseal
from hardware.sansio import WireError

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "mdb.toml").read_text(encoding="utf-8")
)
ALL = [vector for kind in VECTORS.values() for vector in kind]

kinds = st.integers(0, 15)
bytes_ = st.integers(0, 255)
counts = st.lists(bytes_, min_size=16, max_size=16).map(tuple)
type_sets = st.frozensets(kinds)


def content(sealed: str) -> bytes:
    data = bytes.fromhex(sealed)
    if data == b"\x00":
        return b""
    found = unseal(data)
    assert found is not None
    return found


@pytest.mark.parametrize("vector", ALL, ids=[vector["what"] for vector in ALL])
def test_each_worked_block_carries_the_sum_that_is_printed(vector: dict[str, Any]) -> None:
    for side in ("vmc", "peripheral"):
        data = bytes.fromhex(vector.get(side, "00"))
        assert data == b"\x00" or seal(content(vector[side])) == data


@pytest.mark.parametrize("vector", VECTORS["changer"], ids=[vector["what"] for vector in VECTORS["changer"]])
def test_each_worked_changer_block_means_what_is_printed(vector: dict[str, Any]) -> None:
    if "events" in vector:
        events, rest = m.read_changer_events(content(vector["peripheral"]))
        assert [m.describe_changer_event(event) for event in events] == vector["events"]
        assert rest == b""
        assert b"".join(m.write_changer_event(event) for event in events) == content(vector["peripheral"])
    if "setup" in vector:
        setup = m.ChangerSetup(
            **{
                **vector["setup"],
                "routed": frozenset(vector["setup"]["routed"]),
                "values": tuple(vector["setup"]["values"]),
            }
        )
        assert m.read_changer_setup(content(vector["peripheral"])) == setup
        assert m.write_changer_setup(setup) == content(vector["peripheral"])
    if "coin_type" in vector:
        assert m.coin_type(**vector["coin_type"]) == content(vector["vmc"])
    if "dispense" in vector:
        assert m.dispense(**vector["dispense"]) == content(vector["vmc"])
        assert m.read_dispense(content(vector["vmc"])[1:]) == tuple(vector["dispense"].values())


@pytest.mark.parametrize(
    "vector", VECTORS["validator"], ids=[vector["what"] for vector in VECTORS["validator"]]
)
def test_each_worked_validator_block_means_what_is_printed(vector: dict[str, Any]) -> None:
    if "events" in vector:
        events, rest = m.read_validator_events(content(vector["peripheral"]))
        assert [m.describe_validator_event(event) for event in events] == vector["events"]
        assert rest == b""
        assert b"".join(m.write_validator_event(event) for event in events) == content(vector["peripheral"])
    if "setup" in vector:
        listed = vector["setup"]
        setup = m.ValidatorSetup(
            **{**listed, "security": frozenset(listed["security"]), "values": tuple(listed["values"])}
        )
        assert m.read_validator_setup(content(vector["peripheral"])) == setup
        assert m.write_validator_setup(setup) == content(vector["peripheral"])
    if "bill_type" in vector:
        assert m.bill_type(**vector["bill_type"]) == content(vector["vmc"])
    if "escrow" in vector:
        assert m.escrow(stacks=vector["escrow"]) == content(vector["vmc"])


def test_a_changers_firmware_answers_the_worked_blocks_as_printed() -> None:
    worked = {vector["what"]: vector for vector in VECTORS["changer"]}
    setup = m.read_changer_setup(
        content(worked["setup of a changer that counts in whole roubles (public test)"]["peripheral"])
    )
    assert setup is not None
    firmware = ChangerFirmware(setup, m.Identity("SIM", "1", "changer", 1), lambda: m.Pieces((0,) * 16))
    for vector in VECTORS["changer"]:
        for event in vector.get("events", ()):
            if event != "just reset":
                firmware.push(
                    next(
                        each
                        for each in m.read_changer_events(content(vector["peripheral"]))[0]
                        if m.describe_changer_event(each) == event
                    )
                )
        if "payout of" in vector["what"] or "vmc" not in vector:
            continue
        if vector["what"] == "poll, nothing new":
            assert firmware.answer(b"\x0b") == b"\x0b"
            firmware.acknowledged()
            assert firmware.answer(b"\x0b") == content(vector["peripheral"])
            firmware.reset()
            continue
        answer = firmware.answer(content(vector["vmc"]))
        assert answer == content(vector["peripheral"]), vector["what"]
        if answer:
            firmware.acknowledged()


@given(st.binary(min_size=1, max_size=MAX_BLOCK - 1))
def test_what_is_sealed_opens_again_and_one_wrong_byte_does_not(data: bytes) -> None:
    sealed = seal(data)
    assert unseal(sealed) == data
    assert unseal(sealed[:-1] + bytes((sealed[-1] ^ 1,))) is None


@pytest.mark.parametrize("data", [b"", bytes(MAX_BLOCK)])
def test_what_fits_no_block_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        seal(data)


changer_events = st.one_of(
    st.builds(m.CoinIn, kinds, st.sampled_from(m.Route), bytes_),
    st.builds(m.CoinsByHand, kinds, st.integers(0, 7), bytes_),
    st.builds(m.Slugs, st.integers(0, 31)),
    st.sampled_from(m.ChangerState).map(lambda state: m.Said(int(state))),
)
validator_events = st.one_of(
    st.builds(m.NoteMoved, kinds, st.sampled_from(m.NoteRoute)),
    st.builds(m.Attempts, st.integers(0, 31)),
    st.sampled_from(m.ValidatorState).map(lambda state: m.Said(int(state))),
)


@given(st.lists(changer_events, max_size=8))
def test_every_run_of_changer_events_reads_back(events: list[m.ChangerEvent]) -> None:
    written = b"".join(map(m.write_changer_event, events))
    assert m.read_changer_events(written) == (tuple(events), b"")


@given(st.lists(validator_events, max_size=8))
def test_every_run_of_validator_events_reads_back(events: list[m.ValidatorEvent]) -> None:
    written = b"".join(map(m.write_validator_event, events))
    assert m.read_validator_events(written) == (tuple(events), b"")


@given(st.binary(max_size=40))
def test_any_bytes_read_as_events_up_to_the_first_impossible_byte(data: bytes) -> None:
    coins, rest = m.read_changer_events(data)
    assert b"".join(map(m.write_changer_event, coins)) + rest == data
    notes, rest = m.read_validator_events(data)
    assert b"".join(map(m.write_validator_event, notes)) + rest == data
    for event in coins:
        assert m.describe_changer_event(event)


@given(
    st.builds(
        m.ChangerSetup, st.sampled_from((2, 3)), st.integers(0, 0xFFFF), bytes_, bytes_, type_sets, counts
    )
)
def test_every_changer_setup_reads_back(setup: m.ChangerSetup) -> None:
    assert m.read_changer_setup(m.write_changer_setup(setup)) == setup


@given(counts, type_sets)
def test_every_tube_status_reads_back(count: tuple[int, ...], full: frozenset[int]) -> None:
    assert m.read_tubes(m.write_tubes(m.Pieces(count, full))) == m.Pieces(count, full)


def test_a_tube_that_is_full_but_empty_or_beyond_counting_has_no_level() -> None:
    tubes = m.Pieces((0, 0, 255, 7) + (0,) * 12, frozenset({0, 3}))
    assert [tubes.level(kind) for kind in range(4)] == [None, 0, None, 7]


@given(st.lists(st.integers(0, 0xFFFF), min_size=16, max_size=16).map(tuple), type_sets)
def test_every_recycler_status_reads_back(count: tuple[int, ...], full: frozenset[int]) -> None:
    assert m.read_recycler(m.write_recycler(m.Pieces(count, full, m.MOST_NOTES))) == m.Pieces(
        count, full, m.MOST_NOTES
    )


@given(st.integers(0, 0x7FFF), st.booleans())
def test_every_stacker_status_reads_back(count: int, is_full: bool) -> None:
    assert m.read_stacker(m.write_stacker(m.Stacker(count, is_full))) == m.Stacker(count, is_full)


def test_an_identity_reads_back_with_and_without_features() -> None:
    identity = m.Identity("ABC", "000123456789", "model x", 0x0123, 0x22)
    assert m.read_identity(m.write_identity(identity, has_features=True)) == identity
    plain = m.read_identity(m.write_identity(identity, has_features=False))
    assert plain is not None
    assert (plain.features, plain.serial_number) == (0, 123456789)
    assert m.Identity("A", "X-1", "m", 1).serial_number == m.Identity("B", "X-1 ", "n", 2).serial_number != 0


@pytest.mark.parametrize(
    ("factor", "decimals", "exponent", "units", "minor"),
    [
        (5, 2, 2, 7, 35),
        (10, 1, 2, 1, 100),
        (1, 0, 0, 1000, 1000),
        (1, 3, 2, 5, None),
        (1, 3, 2, 10, 1),
        (0, 2, 2, 1, None),
    ],
)
def test_units_become_minor_units_only_when_they_are_whole(
    factor: int, decimals: int, exponent: int, units: int, minor: int | None
) -> None:
    scale = m.Scale(factor, decimals, exponent)
    assert scale.to_minor(units) == minor
    if minor is not None:
        assert scale.to_units(minor) == units


def test_a_price_that_does_not_divide_has_no_units() -> None:
    assert m.Scale(5, 2, 2).to_units(33) is None
    assert m.Scale(0, 2, 2).to_units(10) is None


def test_a_currency_is_foreign_only_when_both_sides_are_known() -> None:
    assert m.is_foreign(0x1840, "EUR")
    assert not m.is_foreign(0x1978, "EUR")
    assert not m.is_foreign(0x0049, "EUR"), "a telephone code says nothing for certain"
    assert not m.is_foreign(0x1840, "XXX")
    assert m.currency_number(0x1A00) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: m.dispense(3, 16),
        lambda: m.dispense(16, 1),
        lambda: m.bits_of((16,)),
        lambda: m.pay_notes(0, 0),
    ],
)
def test_orders_that_fit_no_block_are_refused(call: Any) -> None:
    with pytest.raises(WireError):
        call()


@given(st.binary(max_size=60))
def test_answers_of_any_content_are_read_or_left_but_never_raise(data: bytes) -> None:
    for read in (
        m.read_changer_setup,
        m.read_tubes,
        m.read_validator_setup,
        m.read_recycler,
        m.read_stacker,
        m.read_identity,
        m.read_counts,
    ):
        assert read(data) is None or len(data) <= 43


# --- card readers ------------------------------------------------------------------------------------------------

modes = st.builds(r.Mode, st.sampled_from((1, 2, 3)), st.booleans())


@pytest.mark.parametrize("vector", VECTORS["reader"], ids=[vector["what"] for vector in VECTORS["reader"]])
def test_each_worked_reader_block_means_what_is_printed(vector: dict[str, Any]) -> None:
    mode = r.Mode(vector.get("level", 1))
    if "said" in vector:
        events, rest = r.read_reader_events(content(vector["peripheral"]), mode)
        assert [r.describe_reader_event(event) for event in events] == vector["said"]
        assert rest == b""
        assert b"".join(r.write_reader_event(event, mode) for event in events) == content(
            vector["peripheral"]
        )
    built: dict[str, Callable[[Any], bytes]] = {
        "config": lambda given: r.config(0x10, **given),
        "prices": lambda _: r.prices(0x10, mode),
        "enable": lambda _: r.order(0x10, r.ReaderOrder.READER, r.Switch.ENABLE),
        "vend": lambda given: r.vend_request(0x10, given["units"], given["item"], mode),
        "success": lambda item: r.vend_success(0x10, item),
        "failure": lambda _: r.vend(0x10, r.Vend.FAILURE),
        "complete": lambda _: r.vend(0x10, r.Vend.COMPLETE),
    }
    for name, build in built.items():
        if name in vector:
            assert build(vector[name]) == content(vector["vmc"])


@given(modes, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_every_vend_request_reads_back(mode: r.Mode, units: int, item: int) -> None:
    if units > mode.most_units:
        with pytest.raises(WireError):
            r.vend_request(0x10, units, item, mode)
        return
    block = r.vend_request(0x60, units, item, mode)
    assert block[:2] == b"\x63\x00"
    assert r.read_request(block[2:], mode) == (units, item)
    assert r.read_request(r.cash_sale(0x10, units, item, mode)[2:], mode) == (units, item)


no_values = st.sampled_from((r.Code.JUST_RESET, r.Code.DENIED, r.Code.END_SESSION, r.Code.SESSION_CANCEL))
amounts = st.sampled_from((r.Code.APPROVED, r.Code.BEGIN_SESSION, r.Code.REVALUE_LIMIT))
reader_events = st.one_of(
    no_values.map(r.Reported),
    st.builds(r.Reported, amounts, st.integers(0, 0xFFFF)),
    st.builds(r.Reported, st.just(r.Code.MALFUNCTION), bytes_),
    st.builds(
        r.ConfigReported,
        st.builds(r.ReaderConfig, bytes_, st.integers(0, 0xFFFF), bytes_, bytes_, bytes_, bytes_),
    ),
)


@given(st.lists(reader_events, max_size=4), modes)
def test_every_run_of_reader_events_reads_back(events: list[r.ReaderEvent], mode: r.Mode) -> None:
    written = b"".join(r.write_reader_event(event, mode) for event in events)
    assert r.read_reader_events(written, mode) == (tuple(events), b"")


@given(st.binary(max_size=40), modes)
def test_any_bytes_of_a_reader_are_read_up_to_the_first_impossible_one(data: bytes, mode: r.Mode) -> None:
    events, rest = r.read_reader_events(data, mode)
    assert data.endswith(rest)
    for event in events:
        assert r.describe_reader_event(event)


def test_an_identity_has_options_at_level_three_only() -> None:
    event = r.IdentityReported(m.Identity("ABC", "7", "reader", 1, 0x22))
    assert r.read_reader_events(r.write_reader_event(event, r.Mode(3)), r.Mode(3)) == ((event,), b"")
    plain = r.read_reader_events(r.write_reader_event(event, r.Mode(2)), r.Mode(2))[0][0]
    assert isinstance(plain, r.IdentityReported)
    assert plain.identity.features == 0
    assert len(r.write_reader_event(event, r.Mode(2))) == 30
