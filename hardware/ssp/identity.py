"""Contact with one unit: keys, escrow cleared, version, values, everything it has to report, counts, and its announcement.

Source: SSP interface manual GA138 and implementation guide GA973.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hardware.events import (
    DeviceFaulted,
    DeviceRecovered,
    Fault,
    HopperIdentified,
)
from hardware.ssp.messages import (
    OLDEST_PROTOCOL,
    ROUTE_CASHBOX,
    ROUTE_RECYCLE,
    Answer,
    Command,
    Event,
    Level,
    Seen,
    Setup,
    UnitType,
    read_setup,
    route_of,
)
from hardware.ssp.payout import (
    close_job,
    close_move,
    level_of,
)
from hardware.ssp.talk import (
    Script,
    UnitDoubtError,
    UnitSilentError,
    Wait,
)
from hardware.ssp.unit import CHECK_MS, Unit

START_MS: Final = 60_000
"""A unit that is busy for longer than this at the start is reported; it is waited for all the same."""

_MOVING: Final = frozenset(
    {
        Event.STACKING,
        Event.REJECTING,
        Event.DISPENSING,
        Event.INITIALISING,
        Event.FLOATING,
        Event.EMPTYING,
        Event.SMART_EMPTYING,
        Event.JAM_RECOVERY,
    }
)


class IdentifiedUnit(Unit):
    """The part of the conversation that comes at first contact, and again after a loss or a restart."""

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool, fault: Fault) -> Script[None]:
        self._written = None
        self.findings.clear()
        yield from self._secure()
        is_returned = yield from self._clear_escrow()
        yield from self.say(Command.DISABLE)
        yield from self._agree_protocol()
        setup = yield from self._read_setup()
        serial = yield from self._read_serial()
        self._key_failures = 0
        self._check_values(setup)
        if self._serial and serial != self._serial:
            self._standing.clear()
        seen = yield from self._wait_until_idle()
        if is_returned:
            seen.append(Seen(Event.REJECTED))
        was_restarted = was_restarted or any(one.event is Event.RESET for one in seen)
        kept = yield from self._read_kept()
        levels = yield from self._read_levels()
        yield from self._write_routes()
        if was_restarted:
            fault = Fault.RESTARTED
        if self._note is not None:
            was_known = self._note.has_memory
            self._note.recognise(serial)
            self._note.settle(kept, seen, fault, setup.values, repeats=bool(self._acks))
            self._note.identify(kept, restarted=was_restarted and was_known)
        self._tell_standing(seen)
        self._settle_job(serial, seen, levels, fault)
        self._settle_move(serial, levels, fault)
        self._serial = serial
        is_broken_off = any(one.event is Event.INCOMPLETE_PAYOUT for one in seen)
        for tube in self._config.tubes:
            level = level_of(levels, tube.value_minor, self._config.currency)
            self._keep_level(tube.name, level)
            if tube.name in self._payable:
                self.learned.append(
                    HopperIdentified(tube.name, serial, None, None, lost_power=is_broken_off, level=level)
                )
        self._is_ready = self._was_identified = True
        self._ack_after = self.drains
        self._check_at_ms = self.now_ms + CHECK_MS

    def _secure(self) -> Script[None]:
        """Agree keys, and try them with a harmless command; a unit that pays must have them."""
        has_keys = yield from self.agree_keys()
        if not has_keys and self._config.tubes:
            yield from self._refuse(
                "the unit agrees no encryption keys, and pays nothing without", Fault.REFUSED, Answer.NO_KEY
            )
        if not has_keys:
            return
        try:
            yield from self.say(Command.SETUP)
        except UnitSilentError:
            self.forget_keys()
            self._key_failures += 1
            yield from self.say(Command.SYNC)
            if self._key_failures >= 2:
                yield from self._refuse(
                    "the unit answers and its encryption key is another one: set the fixed key of the rig, reset the unit",
                    Fault.REFUSED,
                    Answer.NO_KEY,
                )
            raise UnitDoubtError from None

    def _clear_escrow(self) -> Script[bool]:
        """Give back a note that waits from before: the next poll would keep it, and nobody decided that.

        Returns:
            Whether there was one.
        """
        self._can_hold = True
        if self._note is None:
            return False
        reply = yield from self.say(Command.HOLD)
        if reply.status == Answer.NO_KEY:
            yield from self._refuse("the unit insists on encryption", Fault.REFUSED, Answer.NO_KEY)
        self._can_hold = not reply.is_unknown
        if not reply.is_ok and self._can_hold:
            return False
        reply = yield from self.say(Command.REJECT)
        return reply.is_ok

    def _agree_protocol(self) -> Script[None]:
        for protocol in range(self._config.newest_protocol, OLDEST_PROTOCOL - 1, -1):
            reply = yield from self.say(Command.PROTOCOL, bytes((protocol,)))
            if reply.is_ok:
                self._protocol = protocol
                return
        yield from self._refuse(
            f"the unit speaks no protocol from {OLDEST_PROTOCOL} to {self._config.newest_protocol}",
            Fault.UNSPECIFIED,
            Command.PROTOCOL,
        )

    def _read_setup(self) -> Script[Setup]:
        reply = yield from self.say(Command.SETUP, is_sure=True)
        setup = read_setup(reply.data) if reply.is_ok else None
        is_coins = setup is not None and setup.unit is UnitType.HOPPER
        if setup is None:
            yield from self._refuse("the unit does not say what it is", Fault.UNSPECIFIED, Command.SETUP)
            raise UnitDoubtError
        if is_coins == (self._note is not None) or (setup.unit is UnitType.VALIDATOR and self._config.tubes):
            yield from self._refuse(
                f"the unit is a {setup.unit.name.lower()}, not what the configuration says",
                Fault.UNSPECIFIED,
                setup.unit,
            )
        self._setup = setup
        return setup

    def _read_serial(self) -> Script[int]:
        reply = yield from self.say(Command.SERIAL, is_sure=True)
        if not reply.is_ok or len(reply.data) < 4:
            yield from self._refuse("the unit has no serial number", Fault.UNSPECIFIED, Command.SERIAL)
        return int.from_bytes(reply.data[:4], "big")

    def _check_values(self, setup: Setup) -> None:
        """Use only what the unit and the configuration agree on."""
        config = self._config
        usable: set[int] = set()
        reader = config.notes
        if reader is not None:
            for channel, value_minor in reader.notes.items():
                if setup.currencies.get(channel) != config.currency:
                    continue
                if setup.values.get(channel) == value_minor:
                    usable.add(channel)
                else:
                    self._report(Fault.WRONG_SCALE, channel)
                    self.findings[reader.name] = (
                        f"channel {channel} is {setup.values[channel]} for the unit and {value_minor} for us"
                    )
            if not any(currency == config.currency for currency in setup.currencies.values()):
                self._report(Fault.WRONG_SCALE)
                self.findings[reader.name] = (
                    f"the note reader answers but is inhibited: no currency table for {config.currency}"
                )
            elif not usable and reader.name not in self.findings:
                self._report(Fault.WRONG_SCALE)
                self.findings[reader.name] = (
                    "the note reader answers but is inhibited: it knows none of our notes"
                )
        self._usable = frozenset(usable)
        known = {
            (value, setup.currencies[channel])
            for channel, value in setup.values.items()
            if channel in setup.currencies
        }
        payable: set[str] = set()
        is_payer = setup.unit in {UnitType.HOPPER, UnitType.SMART_PAYOUT}
        for tube in config.tubes:
            if not is_payer:
                self._report(Fault.REFUSED, setup.unit, tube.name)
                self.findings[tube.name] = (
                    "a note float (NV11) pays from its top only, which is not supported: have its service route all notes to "
                    "the cash box, and take this device and the reader's into out of the configuration"
                )
            elif (tube.value_minor, config.currency) in known:
                payable.add(tube.name)
            else:
                self._report(Fault.WRONG_SCALE, 0, tube.name)
                self.findings[tube.name] = (
                    f"the unit has no value of {tube.value_minor} {config.currency} to pay"
                )
        self._payable = frozenset(payable)

    def _wait_until_idle(self) -> Script[list[Seen]]:
        """Read everything the unit has to report since its start, until nothing in it moves.

        The first poll after power-up carries the report of a payout that broke off. Nothing is acknowledged here: what was not
        told yet must come again if we are cut off now.
        """
        seen, self._carried = list(self._carried), []
        since_ms, is_reported = self.now_ms, False
        while True:
            events = yield from self._poll_events()
            seen += self._fresh_of(events)
            if any(one.event is Event.READ and one.channel for one in events):
                yield from self.say(Command.REJECT)
            elif not any(one.event in _MOVING or one.event is Event.READ for one in events):
                if is_reported:
                    self.learned.append(DeviceRecovered(self._name, self._kind))
                return seen
            if not is_reported and self.now_ms - since_ms >= START_MS:
                is_reported = True
                self.learned.append(DeviceFaulted(self._name, self._kind, Fault.MOTOR_RUNS))
            self._drop_late_jobs()
            yield Wait(self.now_ms + self._config.poll_ms)

    def _write_routes(self) -> Script[None]:
        """Tell the recycler which notes to keep for paying; routes outlive a reset, a technician's tool may have changed them."""
        reader = self._config.notes
        if reader is None or not self._payable:
            return
        for channel in sorted(self._usable):
            route = ROUTE_RECYCLE if channel in reader.into else ROUTE_CASHBOX
            data = route_of(route, reader.notes[channel], self._config.currency)
            reply = yield from self.say(Command.SET_ROUTE, data)
            if not reply.is_ok:
                self._report(Fault.REFUSED, Command.SET_ROUTE)

    def _settle_job(
        self, serial: int, seen: Sequence[Seen], levels: Sequence[Level] | None, fault: Fault
    ) -> None:
        """Close a job that a loss or restart interrupted, by what the unit still knows; never by a guess."""
        job, self._job = self._job, None
        heard, self._heard = self._heard or [], None
        if job is None:
            return
        level = level_of(levels, job.tube.value_minor, self._config.currency)
        if serial != job.serial:
            level, job.level_before = None, None
            seen = ()
        self.learned.append(close_job(job, [*heard, *seen], level, self._config.currency, fault))

    def _settle_move(self, serial: int, levels: Sequence[Level] | None, fault: Fault) -> None:
        """Close a move into the cash box that a loss or restart interrupted: the level tells how far it came."""
        move, self._moving = self._moving, None
        if move is None:
            return
        level = level_of(levels, move.tube.value_minor, self._config.currency)
        self.learned.append(close_move(move, level if serial == move.serial else None, fault))
