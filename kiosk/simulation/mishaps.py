"""Every fault that this kiosk can meet, each by one name, and how often it comes.

What befalls devices and cables is named in `hardware.simulators.troubles`, where the workshop finds it too; here the names of the
store, the process, power, the clock, the screen and people are added. A mishap begins at a moment of a visit that is drawn from
the seed and the visit's number alone, and is mended some time later, so a story stays the same when other visits are left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from hardware.simulators.cctalk_wire import EXCHANGE_MS
from hardware.simulators.coin_acceptor import MOST_SLUGS
from hardware.simulators.damage import Noise
from hardware.simulators.hopper import CAPACITY
from hardware.simulators.market import SCANNER
from hardware.simulators.model import CoinPayer, UnknownActError
from hardware.simulators.troubles import TROUBLES, Boundary, CableOut, Damaged, Device, Done, Trouble
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.postings import CASH_BOX, hopper_container
from kiosk.core.screen import View
from kiosk.simulation.clock import US_PER_MS
from kiosk.simulation.disk import Disk, Fault
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import Cut, DarkError, Script, StuckError, World

THOUSAND: Final = 1000

BEGINS_MS: Final = range(9_000)
"""Within a visit: a usual one takes some seven seconds, paying and vending included."""

DEALT_BEGINS_MS: Final = range(3_000)
"""What is dealt once should strike while something is at work."""

LASTS_MS: Final = (1_500, 6_000, 20_000, 45_000)
"""How long a lasting mishap goes on: shorter than a poll's patience, a payout, a job's patience of 30 s, and beyond it."""

ANSWER_MS: Final = 3_000
FREE_MS: Final = 60_000
"""How long a person waits for an answer, and for the kiosk to be free."""

SLOW_MS: Final = 5_000
"""A worn card that clears blocks."""

BROWN_OUT_MS: Final = 500
"""Devices with small capacitors do not live through it, others do."""

YEAR_SECONDS: Final = 365 * 86_400
HOUR_SECONDS: Final = 3_600

Deed = Callable[[World, random.Random], None]
"""What begins or ends a mishap. Both are handed equal dice."""


class Place(StrEnum):
    """Boundaries that are no device's."""

    STORE = "store"
    PROCESS = "process"
    CLOCK = "clock"
    SCREEN = "screen"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One named mishap.

    Attributes:
        name: The one name; the workshop knows it by the same if it can be done there.
        boundary: A `Boundary` of the devices or a `Place`.
        per_thousand: Visits of a thousand that meet it: in a usual week, and in a rough one.
        begin: Let it happen.
        end: Mend what can be mended; doing so twice does no harm.
        says: What happened, in one sentence.
        is_beforehand: It happens while nobody is at the screen, before the visit; else at a random moment of the visit.
    """

    name: str
    boundary: str
    per_thousand: tuple[int, int]
    begin: Deed
    end: Deed
    says: str
    is_beforehand: bool = False


def _nothing(world: World, dice: random.Random) -> None:
    """There is nothing to mend."""
    del world, dice


# --- devices and cables -----------------------------------------------------------------------------------------------


class WorldReach:
    """A world's devices under the same hands as the bench's: a `hardware.simulators.troubles.Reach`."""

    def __init__(self, world: World) -> None:
        """Nothing is touched yet."""
        self._world = world

    @property
    def devices(self) -> tuple[Device, ...]:
        """All devices and their wires."""
        return tuple(
            Device.of(simulator, line.name)
            for line in self._world.lines.values()
            for simulator in line.wire.simulators
        )

    def act(self, device: str, hand: str, values: Mapping[str, str]) -> None:
        """Do something with a hand; coins that it takes past every sensor are noted as the world's own doing."""
        world = self._world
        hopper = next((each for each in world.hoppers if each.name == device), None)
        before, believed = (hopper.inside, self.believed(hopper)) if hopper else (0, 0)
        if hopper and hand == "remove" and int(values["qty"]) > before:
            return  # there is nothing to steal
        world.simulators[device].act(hand, values, world.clock.world_ms())
        if hopper:
            unseen = (hopper.inside - before) - (self.believed(hopper) - believed)
            world.hidden[hopper_container(device)] += unseen * hopper.value_minor
        world.touch(device)

    def believed(self, hopper: CoinPayer) -> int:
        """What a device that counts its pieces believes to have in it: some see every hand, some only their own motors."""
        if hopper.name not in self._world.counted:
            return 0
        level = hopper.snapshot().get("level", hopper.inside)
        return level if isinstance(level, int) else hopper.inside

    def set_fault(self, device: str, fault: str, *, is_on: bool) -> None:
        """Turn a fault on or off."""
        simulator = self._world.simulators[device]
        if simulator.faults[fault] is not is_on:
            simulator.set_fault(fault, is_on, self._world.clock.world_ms())
        self._world.touch(device)

    def set_power(self, device: str, *, is_on: bool) -> None:
        """Cut or restore one device's power."""
        self._world.set_power(device, is_on=is_on)

    def unplug(self, wire: str) -> None:
        """Pull a cable."""
        self._world.lines[wire].unplug()

    def plug(self, wire: str) -> None:
        """Put it back."""
        line = self._world.lines[wire]
        if not line.is_plugged:
            line.plug()

    def set_noise(self, wire: str, noise: Noise) -> None:
        """Damage a cable, or mend it."""
        self._world.lines[wire].noise = noise


RARE: Final = (0, 4)
USUAL: Final = (1, 10)
"""Per thousand visits in a usual and in a rough week: with some eighty mishaps one visit in thirty meets one, or one in two."""

EVERYDAY: Final = frozenset(
    {
        "coin_jam", "coin_reject", "coin_burst", "hopper_jam", "vend_jam", "vend_no_drop", "vend_late_drop",
        "vend_two_drops", "vend_sensor_blind", "printer_paper_out", "printer_paper_low", "scanner_double_read",
        "scanner_split", "line_drop", "line_flip", "line_delay", "line_split", "cable_out", "device_dark",
        "brown_out", "scanner_unplugged", "printer_cover_open",
    }
)  # fmt: skip
"""What a clerk has seen."""


def struck_by(trouble: Trouble, target: str, devices: Iterable[Device]) -> tuple[str, ...]:
    """Devices that a trouble of ``target`` befalls: itself, or for a cable those on it that the trouble is about."""
    is_of_cable = isinstance(trouble.means, CableOut | Damaged)
    return tuple(
        device.name
        for device in devices
        if (device.wire if is_of_cable else device.name) == target
        and (not trouble.kinds or device.kind in trouble.kinds)
    )


def troubles_of(devices: Iterable[Device]) -> Mapping[str, frozenset[str]]:
    """The list of each device: every trouble that can befall it or its cable."""
    devices = tuple(devices)
    lists: dict[str, set[str]] = {device.name: set() for device in devices}
    for trouble in TROUBLES.values():
        for target in trouble.targets(devices):
            for name in struck_by(trouble, target, devices):
                lists[name].add(trouble.name)
    return {name: frozenset(names) for name, names in lists.items()}


def _of_trouble(trouble: Trouble, only: str = "") -> Mishap:
    """A trouble as a mishap, of a device that is drawn, or of ``only`` this device or cable."""
    is_of_slot = isinstance(trouble.means, Done) and trouble.means.hand == "slugs"
    is_still = (
        is_of_slot
        or trouble.name == "coin_replaced"
        or (trouble.boundary is Boundary.HOPPER and isinstance(trouble.means, Done))
    )

    def begin(world: World, dice: random.Random) -> None:
        reach = WorldReach(world)
        devices = reach.devices
        targets = (only,) if only else trouble.targets(devices)
        if not targets:
            return  # this rig has nothing that it can befall
        target = dice.choice(targets)
        world.tell("mishap", f"{trouble.says} ({target})")
        trouble.begin(reach, target)
        world.befell.update((trouble.name, name) for name in struck_by(trouble, target, devices))
        if is_of_slot:
            world.run_until(lambda: not world.acceptor.snapshot()["falling"], MOST_SLUGS * ANSWER_MS)
        if is_still:
            world.run_for(EXCHANGE_MS)
            world.settle()

    def end(world: World, dice: random.Random) -> None:
        reach = WorldReach(world)
        targets = (only,) if only else trouble.targets(reach.devices)
        if targets:
            trouble.end(reach, dice.choice(targets))

    per_thousand = USUAL if trouble.name in EVERYDAY else RARE
    return Mishap(
        trouble.name,
        trouble.boundary,
        per_thousand,
        begin,
        end if trouble.is_lasting else _nothing,
        trouble.says,
        # A bowl is emptied or exchanged by somebody who opened the machine; nobody buys meanwhile.
        is_beforehand=is_still,
    )


# --- the store --------------------------------------------------------------------------------------------------------


def _disk(world: World) -> Disk:
    if not isinstance(world.storage, ForgetfulStorage):
        raise StuckError("only a simulated disk can fail at will")
    return world.storage.disk


def _store(fault: Fault, *, for_ever: bool = False) -> Deed:
    def begin(world: World, dice: random.Random) -> None:
        disk = _disk(world)
        if fault is Fault.SLOW:
            disk.pause = lambda _ms: _pass(world)
        disk.fail_at(dice.randrange(1, 12), fault, for_ever=for_ever)

    return begin


def _pass(world: World) -> None:
    world.clock.now_us += SLOW_MS * US_PER_MS


def _mend_store(world: World, dice: random.Random) -> None:
    del dice
    _disk(world).mend()


def _space(level: str, free_mib: int) -> Deed:
    def begin(world: World, dice: random.Random) -> None:
        del dice
        world.free_space = lambda: (level, free_mib)

    return begin


def _much_space(world: World, dice: random.Random) -> None:
    del dice
    world.free_space = lambda: ("ok", 1_000_000)


# --- power and process ------------------------------------------------------------------------------------------------


def _cut(cut: Cut) -> Deed:
    def begin(world: World, dice: random.Random) -> None:
        del dice
        if world.is_running:
            world.cut_power(cut)

    return begin


def _brown_out(world: World, dice: random.Random) -> None:
    """Half a second without light: some devices live through it."""
    for name, simulator in world.simulators.items():
        if simulator.is_powered and dice.randrange(2):
            world.set_power(name, is_on=False)
            world.after(BROWN_OUT_MS, _powering(world, name))
            world.befell["brown_out", name] += 1


def _powering(world: World, name: str) -> Callable[[], None]:
    return lambda: world.set_power(name, is_on=True)


def _all_dark(world: World, dice: random.Random) -> None:
    del dice
    for name in world.simulators:
        world.set_power(name, is_on=False)


def _all_lit(world: World, dice: random.Random) -> None:
    del dice
    for name in world.simulators:
        world.set_power(name, is_on=True)


def _stuff(world: World, dice: random.Random) -> None:
    dice.choice(tuple(world.lines.values())).is_stuffed = True


def _unstuff(world: World, dice: random.Random) -> None:
    line = dice.choice(tuple(world.lines.values()))
    line.is_stuffed = False
    line.due_us = world.clock.now_us


# --- clock and screen -------------------------------------------------------------------------------------------------


def _step(*choices: int, back: int = 1) -> Deed:
    def begin(world: World, dice: random.Random) -> None:
        world.clock.step_wall(back * dice.choice(choices))

    return begin


def _stop_clock(world: World, dice: random.Random) -> None:
    del dice
    world.clock.stop_wall(is_stopped=True)


def _start_clock(world: World, dice: random.Random) -> None:
    del dice
    world.clock.stop_wall(is_stopped=False)


def _boot_in_1970(world: World, dice: random.Random) -> None:
    """The clock's battery is empty: the machine restarts and believes it is 1970."""
    del dice
    if world.is_running:
        world.cut_power(Cut.HOST)
    world.clock.step_wall(-int((world.clock.wall() - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))


def _true_clock(world: World, dice: random.Random) -> None:
    del dice
    world.clock.stop_wall(is_stopped=False)
    world.clock.step_wall(round((world.clock.true_wall() - world.clock.wall()).total_seconds()))


def _silent_screen(world: World, dice: random.Random) -> None:
    del dice
    world.shows_screen = False


def _speaking_screen(world: World, dice: random.Random) -> None:
    """The page draws again and says so; the till hears it at its next turn."""
    del dice
    world.shows_screen = True


# --- people -----------------------------------------------------------------------------------------------------------


def _type_in(world: World, clerk: str, event: ev.PersonEvent) -> None:
    """A clerk signs in, types one thing and signs out; typed again until it was answered, as a careful person does."""

    def visit() -> Script:
        left = [ev.ClerkEntered(clerk=clerk), event, ev.ClerkLeft(clerk=clerk)]
        while left:
            try:
                came = yield (FREE_MS, lambda: _is_free(world))
                reply = world.ask(left[0])
                came = yield (ANSWER_MS, reply.done)
                if came:
                    left.pop(0)
            except DarkError:
                if len(left) == 2:  # the start has signed the clerk out
                    left.insert(0, ev.ClerkEntered(clerk=clerk))

    world.run(visit())
    world.settle()


def _is_free(world: World) -> bool:
    screen = world.screen
    return screen is not None and screen.view in {View.IDLE, View.THANKS, View.SERVICE, View.HALTED}


def _token(world: World, name: str) -> str:
    return f"{name}-{world.clock.now_us}"


def _rob_box(world: World, dice: random.Random) -> None:
    """Somebody with a key empties the cash box and tells nobody."""
    del dice
    world.hidden[CASH_BOX] -= world.empty_box()


def _mistyped_refill(world: World, dice: random.Random) -> None:
    """A clerk pours coins into a hopper and types another number; the next count of the bowl will show it.

    A device that counts its pieces shows it by itself: what it knows of is not past every sensor.
    """
    hopper = dice.choice(world.hoppers)
    reach = WorldReach(world)
    believed = reach.believed(hopper)
    poured = min(dice.randrange(5, 30), CAPACITY - hopper.inside)
    typed = max(1, poured + dice.choice((-4, -1, 1, 5)))
    try:
        hopper.fill(poured)
    except UnknownActError:
        return  # it is full: nobody types anything in
    seen = reach.believed(hopper) - believed if hopper.name in world.counted else typed
    world.hidden[hopper_container(hopper.name)] += (poured - seen) * hopper.value_minor
    event = ev.HopperFilled(token=_token(world, "refill"), clerk="hasty", device=hopper.name, qty=typed)
    _type_in(world, "hasty", event)
    if hopper.name in world.counted and poured > typed:
        # Some units tell their levels only after they paid or took something; that nobody typed it in would be unknown till then.
        world.set_power(hopper.name, is_on=False)
        world.set_power(hopper.name, is_on=True)
        world.run_for(EXCHANGE_MS)
        world.settle()


def _mistyped_collection(world: World, dice: random.Random) -> None:
    """A clerk empties the cash box and types another sum than was in it."""
    counted_minor = max(0, world.collect_box() + dice.choice((-100, -10, 10, 200)))
    event = ev.CashBoxCollected(token=_token(world, "box"), clerk="hasty", counted_minor=counted_minor)
    _type_in(world, "hasty", event)


def _two_claims(world: World, dice: random.Random) -> None:
    """Two people claim the same money in the same moment, as the claim desk would put it to the till."""
    state = None if world.till is None else world.till.state()
    certain = [debt for debt in state.debts.values() if debt.is_certain] if state else []
    debt = dice.choice(certain) if certain else None
    for number in (1, 2):
        amount_minor = debt.amount_minor if debt else 100
        world.ask(
            ev.ClaimMade(
                token=_token(world, f"claim-{number}"),
                about=f.About.NO_MONEY_BACK,
                visit=debt.visit if debt else "",
                said_minor=amount_minor,
                channel="phone",
                subject="",
                verdict=f.Verdict.PROVEN if debt else f.Verdict.UNSEEN,
                amount_minor=amount_minor,
                debt=debt.debt if debt else "",
                evidence=(),
            )
        )
    world.run_for(ANSWER_MS)
    world.settle()


def _scan_at_will(world: World, dice: random.Random) -> None:
    """A child plays with the scanner: codes of goods and codes of nothing, one after the other."""
    products = [
        product for product in world.catalogue.products.values() if product.gtins and product.is_for_sale
    ]
    reach = WorldReach(world)
    for _ in range(dice.randrange(2, 12)):
        code = dice.choice(products).gtins[0] if dice.randrange(2) else str(dice.randrange(10**12))
        reach.act(SCANNER, "scan", {"code": code})


_OWN: Final = (
    Mishap(
        "store_full_once", Place.STORE, RARE, _store(Fault.FULL), _mend_store, "A write finds the disk full."
    ),
    Mishap(
        "store_full",
        Place.STORE,
        RARE,
        _store(Fault.FULL, for_ever=True),
        _mend_store,
        "The disk is full and stays so.",
    ),
    Mishap(
        "store_write_fails_once", Place.STORE, RARE, _store(Fault.IO_WRITE), _mend_store, "A write fails."
    ),
    Mishap(
        "store_write_fails",
        Place.STORE,
        RARE,
        _store(Fault.IO_WRITE, for_ever=True),
        _mend_store,
        "All writes fail.",
    ),
    Mishap("store_sync_fails_once", Place.STORE, RARE, _store(Fault.IO_SYNC), _mend_store, "A sync fails."),
    Mishap(
        "store_sync_fails",
        Place.STORE,
        RARE,
        _store(Fault.IO_SYNC, for_ever=True),
        _mend_store,
        "All syncs fail.",
    ),
    Mishap("store_slow", Place.STORE, USUAL, _store(Fault.SLOW), _mend_store, "A sync takes five seconds."),
    Mishap(
        "store_read_only",
        Place.STORE,
        RARE,
        _store(Fault.READ_ONLY),
        _mend_store,
        "The disk takes no more writes.",
    ),
    Mishap(
        "space_low", Place.STORE, RARE, _space("low", 200), _much_space, "Disk space is below its reserve."
    ),
    Mishap(
        "space_full", Place.STORE, RARE, _space("full", 20), _much_space, "There is next to no disk space."
    ),
    Mishap(
        "process_killed", Place.PROCESS, USUAL, _cut(Cut.PROCESS), _nothing, "The kiosk's process is killed."
    ),
    Mishap("box_cut", Boundary.POWER, USUAL, _cut(Cut.BOX), _nothing, "The whole machine loses its power."),
    Mishap(
        "host_cut",
        Boundary.POWER,
        USUAL,
        _cut(Cut.HOST),
        _nothing,
        "The computer loses its power, the acceptor and all other devices keep theirs.",
    ),
    Mishap("brown_out", Boundary.POWER, USUAL, _brown_out, _all_lit, TROUBLES["brown_out"].says),
    Mishap("all_dark", Boundary.POWER, RARE, _all_dark, _all_lit, "No device has power, the computer has."),
    Mishap("line_stuffed", Boundary.LINE, RARE, _stuff, _unstuff, "A line takes no more bytes."),
    Mishap(
        "scanner_played_with",
        Boundary.SCANNER,
        USUAL,
        _scan_at_will,
        _nothing,
        "A child plays with the scanner.",
    ),
    Mishap(
        "clock_jumps",
        Place.CLOCK,
        USUAL,
        _step(-10 * YEAR_SECONDS, 10 * YEAR_SECONDS),
        _true_clock,
        "The clock jumps by ten years.",
    ),
    Mishap(
        "clock_back", Place.CLOCK, USUAL, _step(-HOUR_SECONDS), _true_clock, "The clock goes back an hour."
    ),
    Mishap("clock_stops", Place.CLOCK, RARE, _stop_clock, _start_clock, "The clock stands still."),
    Mishap(
        "clock_1970",
        Place.CLOCK,
        RARE,
        _boot_in_1970,
        _true_clock,
        "The computer starts and believes it is 1970.",
    ),
    Mishap(
        "screen_silent",
        Place.SCREEN,
        RARE,
        _silent_screen,
        _speaking_screen,
        "The page at the screen is dead.",
    ),
    Mishap(
        "box_robbed",
        Place.PEOPLE,
        RARE,
        _rob_box,
        _nothing,
        "Somebody empties the cash box without service mode.",
        is_beforehand=True,
    ),
    Mishap(
        "refill_mistyped",
        Place.PEOPLE,
        RARE,
        _mistyped_refill,
        _nothing,
        "A clerk types another number of coins than were poured in.",
        is_beforehand=True,
    ),
    Mishap(
        "collection_mistyped",
        Place.PEOPLE,
        RARE,
        _mistyped_collection,
        _nothing,
        "A clerk types another sum than was in the cash box.",
        is_beforehand=True,
    ),
    Mishap(
        "two_claims",
        Place.PEOPLE,
        RARE,
        _two_claims,
        _nothing,
        "Two claims for the same money come at once.",
        is_beforehand=True,
    ),
)

MISHAPS: Final[Mapping[str, Mishap]] = {
    trouble.name: _of_trouble(trouble) for trouble in TROUBLES.values()
} | {mishap.name: mishap for mishap in _OWN}
"""All of them by name; a world does some in its own way (a brown-out strikes several devices at once)."""


# --- how often --------------------------------------------------------------------------------------------------------

Profile = Mapping[str, int]
"""Name -> visits of a thousand that meet it."""

SWARM_RATES: Final = (0, 0, 0, 0, 1, 3, 10, 40, 150)
"""Per thousand: half of the mishaps never come in a run, the others from rarely to nearly always."""


class UnknownMishapError(ValueError):
    """There is no such mishap or profile; the message says which there are."""


EVERY: Final = "every"
"""The profile that deals each device each trouble of its list once, one a visit from the first visit on."""


def profile_of(text: str, seed: str = "") -> Profile:
    """The profile called ``text``: none, every, usual, rough, swarm (drawn from ``seed``), or ``name=rate,name=rate``.

    What `EVERY` deals is no matter of rates; see `Doses`.

    Raises:
        UnknownMishapError: A name or a rate that does not exist.
    """
    match text.strip():
        case "" | "none" | "every":
            return {}
        case "usual":
            return {
                name: mishap.per_thousand[0] for name, mishap in MISHAPS.items() if mishap.per_thousand[0]
            }
        case "rough":
            return {name: mishap.per_thousand[1] for name, mishap in MISHAPS.items()}
        case "swarm":
            dice = random.Random(f"{seed}/swarm")
            return {name: rate for name in sorted(MISHAPS) if (rate := dice.choice(SWARM_RATES))}
    rates = {}
    for part in text.split(","):
        name, _, digits = part.strip().partition("=")
        if name not in MISHAPS:
            raise UnknownMishapError(f"no mishap {name[:40]!r}; there are: " + ", ".join(MISHAPS))
        if not (digits.isascii() and digits.isdecimal() and int(digits[:9]) <= THOUSAND):
            raise UnknownMishapError(f"{name} comes to 0 to {THOUSAND} of a thousand, not {digits[:20]!r}")
        rates[name] = int(digits)
    return rates


class Doses:
    """Lets mishaps befall visits: drawn from the seed and the visit's number alone.

    Args:
        profile: How often each comes.
        seed: Of the world.
        deals: Over and above that, each device meets each trouble of its list once: visit after visit, in an order drawn from
            the seed, and after a visit that was too short for it.
    """

    def __init__(self, profile: Profile, seed: str, *, deals: bool = False) -> None:
        """Nothing has happened yet."""
        self.profile = profile
        self._deals = deals
        self._hand: tuple[Mishap, ...] = ()
        self._due: _Dose | None = None
        self.met: dict[str, int] = {}
        """How often each mishap has come."""
        self._seed = seed
        self._names = tuple(sorted(name for name, rate in profile.items() if rate))
        self._open: list[_Dose] = []

    def before(self, world: World, index: int) -> None:
        """Let happen what comes before visit ``index``, and set going what will come in its midst; the world is at rest."""
        dice = random.Random(f"{self._seed}/mishap/{index}")
        if self._deals:
            self._deal(world, index)
        for name in self._names:
            if dice.randrange(THOUSAND) >= self.profile[name]:
                continue
            self.met[name] = self.met.get(name, 0) + 1
            dose = _Dose(world, MISHAPS[name], f"{self._seed}/mishap/{index}/{name}")
            begins_ms, lasts_ms = dice.choice(BEGINS_MS), dice.choice(LASTS_MS)
            if dose.mishap.is_beforehand:
                dose.begin()
                continue
            self._open.append(dose)
            world.after(begins_ms, dose.begin)
            world.after(begins_ms + lasts_ms, dose.end)

    def _deal(self, world: World, index: int) -> None:
        """Set going what is dealt to visit ``index``, if anything is left."""
        if not self._hand:
            hand = [
                _of_trouble(trouble, target)
                for trouble in TROUBLES.values()
                for target in trouble.targets(WorldReach(world).devices)
            ]
            random.Random(f"{self._seed}/every").shuffle(hand)
            self._hand = tuple(hand)
        if index >= len(self._hand):
            return
        seed = f"{self._seed}/dealt/{index}"
        dice = random.Random(seed)
        dose = self._due = _Dose(world, self._hand[index], seed)
        world.dealt = dose.mishap.boundary
        self.met[dose.mishap.name] = self.met.get(dose.mishap.name, 0) + 1
        if dose.mishap.is_beforehand:
            dose.begin()
            return
        begins_ms, lasts_ms = dice.choice(DEALT_BEGINS_MS), dice.choice(LASTS_MS)
        self._open.append(dose)
        world.after(begins_ms, dose.begin)
        world.after(begins_ms + lasts_ms, dose.end)

    def after(self, world: World, index: int) -> None:
        """Mend whatever the visit left broken; the world is at rest again."""
        del index
        if self._due is not None and not self._due.has_begun:
            self._due.begin()
            world.run_for(LASTS_MS[0])
        self._due = None
        world.dealt = ""
        for dose in self._open:
            dose.end()
        self._open.clear()
        world.settle()


class _Dose:
    """One mishap of one visit: begins at most once, and not after it was ended."""

    def __init__(self, world: World, mishap: Mishap, seed: str) -> None:
        self.mishap = mishap
        self._world = world
        self._seed = seed
        self.has_begun = False
        self._is_over = False

    def begin(self) -> None:
        if self.has_begun or self._is_over:
            return
        self.has_begun = True
        if self.mishap.name not in TROUBLES:  # a device's trouble tells its target itself
            self._world.tell("mishap", self.mishap.says)
        self.mishap.begin(self._world, random.Random(self._seed))

    def end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self.has_begun:
            self.mishap.end(self._world, random.Random(self._seed))
