"""T4: the disk of the real kiosk process as a power cut at any moment would leave it, opened and counted.

The kiosk sells under a recorder; at chosen steps of the trace the disk is rebuilt with un-synced writes dropped, kept and torn.
Each image is opened as a kiosk opens it: keys, `Ledger.open`, the fold, the pure part of recovery, `verify_journal`. Its journal
must be a prefix of the run's final one, and hold everything that the world could know at that step.
"""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inventory.catalogue import Catalogue
from inventory.stockroom import load_catalogue
from kiosk.config import Config, load_config
from kiosk.core import events as ev
from kiosk.core.draft import Stamp
from kiosk.core.facts import Recorded, SaleClosed
from kiosk.core.fold import check
from kiosk.core.rules import Shop
from kiosk.core.state import Phase, State
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import Entry, recorded_of
from kiosk.money import Currency
from kiosk.runtime.keys import KeyFileError, load_keys
from kiosk.runtime.service import SOFTWARE, STORE_FILE
from kiosk.runtime.shop import rules_of
from kiosk.store.database import StoreError, open_unlimited_reader, open_writer, sqlite_driver, sqlite_url
from kiosk.store.ledger import Ledger, read_entries
from kiosk.store.verify import verify_journal
from tests.crash.disk import Believes, Disk, Loss, check_trace, write_image
from tests.crash.recorder import MARKS, Kind, RecordedMarket, Trace, compile_recorder, copy_of_product
from tests.crash.shopper import QUICK, Shopper
from tests.crash.visible import Sight, see

SALES_PUSH: Final = 10
STORE: Final = f"store/{STORE_FILE}"
QUICK_FOLDER: Final = Path("/dev/shm")
FINDINGS_KEPT: Final = 10
LOSSES: Final = {Loss.DROPPED: 1, Loss.KEPT: 1, Loss.TORN: 4}
"""How often each: a step has one image with all dropped and one with all kept, and very many torn ones."""

MOST_DEADLINES: Final = 50
"""Recovery without devices closes everything in a handful of deadlines; more would be a loop."""

SYNCHRONOUS: Final = ("kiosk/store/database.py", '"synchronous": 2', '"synchronous": {}')
"""Where a copy of the product is changed to show that the check bites."""

Progress = Callable[[int, int], None]
Known = dict[bytes, tuple[str, ...]]
"""Digest of a closed store file -> what `verify_journal` found in it."""


def no_progress(_done: int, _most: int) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run found; everything is well when ``bad`` is 0.

    Attributes:
        seed: Repeats the choice of steps and losses on the same trace.
        sales: Visits that the recorded process served.
        entries: Entries that it appended.
        records: Steps of the trace.
        syncs: Syncs among them.
        marks: Moments at which bytes left for the world.
        screens: Screens among them that were laid beside the journal; ``payouts``, ``turns``, ``receipts`` likewise.
        images: Disks rebuilt, opened and checked.
        distinct: Different ones among them; equal images are judged once, and compared at every step.
        lost: Images without something that the world knew already; ``lost_sales``: without a closed sale among it.
        damaged: Images that a kiosk would not open, or whose books do not verify.
        forked: Images whose journal is not a prefix of the final one.
        findings: The first few, in words.
        seconds: Of checking, without the recording.
    """

    seed: int
    sales: int
    entries: int
    records: int
    syncs: int
    marks: int
    screens: int
    payouts: int
    turns: int
    receipts: int
    images: int
    distinct: int
    lost: int
    lost_sales: int
    damaged: int
    forked: int
    findings: tuple[str, ...]
    seconds: float

    @property
    def bad(self) -> int:
        """Images that break the promise."""
        return self.lost + self.damaged + self.forked

    def lines(self) -> tuple[str, ...]:
        """For a report."""
        rate = self.images / self.seconds if self.seconds else 0
        return (
            (
                f"crash images of the real process (T4), seed {self.seed}: {self.images:,} images, "
                f"{self.distinct:,} different, {rate:.0f} a second"
            ),
            f"  recorded: {self.sales} visits, {self.entries} entries, {self.records:,} steps, {self.syncs} syncs",
            (
                f"  seen outside: {self.screens} screens, {self.payouts} payout commands, {self.turns} coil commands, "
                f"{self.receipts} receipts, {self.marks:,} sends in all"
            ),
            f"  lost {self.lost} (a closed sale in {self.lost_sales}), damaged {self.damaged}, forked {self.forked}",
            *(f"  {finding}" for finding in self.findings),
        )


@dataclass(frozen=True, slots=True)
class Story:
    """A recorded process and what its journal came to."""

    trace: Trace
    sight: Sight
    journal: tuple[Recorded, ...]
    heads: Mapping[int, str]
    before_seq: int
    sales: int
    config: Config
    shop: Shop


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an image says: how far its journal goes (0: none), the digest there, and what is wrong with it."""

    seq: int
    head: str
    problems: tuple[str, ...]


def record_sales(scratch: Path, sales: int, seed: int, *, source: Path | None = None) -> tuple[Story, Story]:
    """Lay out a market; let the real kiosk recover from a kill and serve ``sales`` visits: both are recorded.

    Args:
        scratch: An empty folder; everything is made in it.
        sales: Visits.
        seed: Of the shoppers' choices; what threads and devices do in real time no seed fixes.
        source: Product packages to run instead of the checkout's.

    Returns:
        The story of the laying out, and that of the selling.

    Raises:
        TraceError: The recorder did not see everything that the process wrote.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    library = compile_recorder(scratch)
    market = RecordedMarket(library, scratch, source=source, times=QUICK)
    with market:
        shopper = Shopper(market, random.Random(seed))
        # The recorded start finds a visit with money in it: its recovery is cut at every step too.
        shopper.coin(200)
        market.kill_kiosk()
        market.start_again()
        for _ in range(sales):
            shopper.visit()
        market.stop_recorded()
        for trace in market.traces.values():
            check_trace(trace)
        config = load_config(market.folder / "kiosk.toml")
    birth, run = market.traces["make-market"], market.traces["run"]
    return _story(birth, config, 0, scratch), _story(run, config, sales, scratch)


def _journal_in(
    files: Mapping[str, bytes], trace: Trace, config: Config, scratch: Path
) -> tuple[list[Entry], Catalogue]:
    """The journal and the goods in a process's files, of which there may be none yet."""
    folder = Path(tempfile.mkdtemp(prefix="files-", dir=scratch))
    write_image({str(Path(name).relative_to(trace.folder)): data for name, data in files.items()}, folder)
    if not (folder / STORE).exists():
        return [], Catalogue.of((), ())
    with open_unlimited_reader(sqlite_url(folder / STORE)).connect() as connection:
        return list(read_entries(connection, config.kiosk_id)), load_catalogue(connection)


def _story(trace: Trace, config: Config, sales: int, scratch: Path) -> Story:
    """Read the journal as the process left it, and lay what was seen beside it."""
    earlier, _goods = _journal_in(trace.before, trace, config, scratch)
    entries, catalogue = _journal_in(trace.after, trace, config, scratch)
    before_seq = earlier[-1].seq if earlier else 0
    journal = tuple(recorded_of(entry) for entry in entries)
    return Story(
        trace=trace,
        sight=see(trace, journal, before_seq),
        journal=journal,
        heads={entry.seq: entry.digest.hex() for entry in entries},
        before_seq=before_seq,
        sales=sales,
        config=config,
        shop=Shop(rules=rules_of(config), catalogue=catalogue),
    )


# --- one image ------------------------------------------------------------------------------------------------------------


def stored_seq(path: Path) -> int:
    """The last entry in a store file, 0 when there is no journal in it; read with the stock driver, nothing is changed.

    Raises:
        sqlite_driver.DatabaseError: It is no store.
    """
    if not path.exists():
        return 0
    connection = sqlite_driver.connect(path)
    try:
        has_journal = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone()
        return (
            int(connection.execute("SELECT max(seq) FROM journal").fetchone()[0] or 0) if has_journal else 0
        )
    finally:
        connection.close()


def recover_without_devices(state: State, shop: Shop) -> State:
    """Start the till on ``state`` with no device answering, up to the end of recovery: what is pure of a boot.

    Raises:
        InvariantBroken: A rule or the books did not hold.
    """
    now_ms = 0
    event: ev.Event = ev.BootStarted(boot=state.boot + 1, is_clean=state.is_stopped, software=SOFTWARE)
    for _ in range(MOST_DEADLINES):
        stamp = Stamp(at="2100-01-01T00:00:00.000Z", now_ms=now_ms)
        state = decide(state, event, stamp, shop).state
        if state.phase in {Phase.IDLE, Phase.HALTED}:
            break
        deadline = next_deadline(state, shop.rules, touched_ms=0)
        if deadline is None:
            raise InvariantBroken(f"recovery waits for nothing in {state.phase}")
        now_ms = max(now_ms, deadline[0])
        event = ev.DeadlinePassed(deadline[1])
    check(state)
    if state.visit is not None or state.totals.held:
        raise InvariantBroken("recovery left a visit open")
    return state


def judge(folder: Path, story: Story, known: Known) -> Verdict:
    """Open an image as a kiosk opens its store, and say what is there.

    Args:
        folder: The image's files.
        story: The run that it is of.
        known: What the walk through equal stores found before; extended here.
    """
    path = folder / STORE
    try:
        seq = stored_seq(path)
        if seq == 0:
            # A store that was never finished must start as a new one, or somebody would have to repair it by hand.
            return Verdict(
                0, "", () if _opens(folder, story) else ("an unborn store does not start as a new one",)
            )
        keys = load_keys(folder / "keys")
        config = story.config
        ledger, state = Ledger.open(
            open_writer(sqlite_url(path)),
            kiosk_id=config.kiosk_id,
            currency=Currency(config.money.currency, config.money.exponent),
            key=keys.signing,
            stamp=Stamp(at="2100-01-01T00:00:00.000Z", now_ms=0),
            software=SOFTWARE,
        )
        try:
            head = ledger.head
            recover_without_devices(state, story.shop)
        finally:
            ledger.close()
        problems = _verified(path, keys.public_hex, known)
    except (StoreError, KeyFileError, InvariantBroken, sqlite_driver.Error, OSError) as error:
        return Verdict(0, "", (f"{type(error).__name__}: {error}",))
    return Verdict(head.seq, head.digest.hex(), problems)


def _verified(path: Path, public_key: str, known: Known) -> tuple[str, ...]:
    """What `verify_journal` finds. A closed store is one file without a log, and equal bytes need reading only once."""
    digest = hashlib.sha256(path.read_bytes()).digest()
    if digest not in known:
        with open_unlimited_reader(sqlite_url(path)).connect() as connection:
            known[digest] = verify_journal(connection, public_key=public_key).problems
    return known[digest]


def _opens(folder: Path, story: Story) -> bool:
    """Whether a kiosk starts on a folder whose journal was not born yet."""
    config = story.config
    (folder / "store").mkdir(mode=0o700, exist_ok=True)
    ledger, state = Ledger.open(
        open_writer(sqlite_url(folder / STORE)),
        kiosk_id=config.kiosk_id,
        currency=Currency(config.money.currency, config.money.exponent),
        key=load_keys(folder / "keys").signing,
        stamp=Stamp(at="2100-01-01T00:00:00.000Z", now_ms=0),
        software=SOFTWARE,
    )
    ledger.close()
    return state.seq == 1


# --- many images ----------------------------------------------------------------------------------------------------------


def check_images(
    story: Story,
    *,
    seed: int,
    images: int,
    progress: Progress = no_progress,
    believes: Believes = lambda _name: True,
) -> Counts:
    """Rebuild and judge ``images`` disks of one story.

    Args:
        story: From `record_sales`.
        seed: Chooses steps and losses.
        images: How many; a third of them at moments when bytes left for the world.
        progress: Told how many are done, of how many.
        believes: Syncs to believe; to show that the check bites, believe fewer.
    """
    began = time.monotonic()
    records = story.trace.records
    chance = random.Random(seed)
    marks = [place for place, record in enumerate(records) if record.kind in MARKS] or [len(records) - 1]
    steps = [place for place, record in enumerate(records) if record.kind not in MARKS]
    plan = [(len(records) - 1, Loss.DROPPED)]  # it ended cleanly: all of it must be there
    while len(plan) < images:
        place = chance.choice(marks if len(plan) % 3 == 0 else steps)
        plan.append((place, chance.choices(tuple(LOSSES), tuple(LOSSES.values()))[0]))
    plan.sort(key=lambda each: each[0])
    disk = Disk(story.trace, believes)
    played = -1
    verdicts: dict[bytes, Verdict] = {}
    known: Known = {}
    found: Counter[str] = Counter()
    findings: list[str] = [*story.sight.unexplained]
    found["lost"] += len(findings)
    where = QUICK_FOLDER if QUICK_FOLDER.is_dir() and os.access(QUICK_FOLDER, os.W_OK) else None
    for done, (place, loss) in enumerate(plan):
        while played < place:
            played += 1
            disk.play(records[played])
        image = disk.image(loss, chance)
        key = _digest(image)
        if key not in verdicts:
            with tempfile.TemporaryDirectory(prefix="crash-image-", dir=where) as name:
                write_image(image, Path(name))
                verdicts[key] = judge(Path(name), story, known)
        is_end = place == len(records) - 1
        problem = _problem(verdicts[key], story, records[place].number, is_end=is_end)
        if problem:
            found[problem[0]] += 1
            found["lost_sales"] += problem[0] == "lost" and _misses_sale(
                verdicts[key].seq, story, records[place].number
            )
            findings.append(f"step {records[place].number}, un-synced writes {loss}: {problem[1]}")
        progress(done + 1, images)
    return Counts(
        seed=seed,
        sales=story.sales,
        entries=len(story.journal) - story.before_seq,
        records=len(records),
        syncs=sum(record.kind is Kind.SYNCED for record in records),
        marks=len(marks),
        screens=story.sight.screens,
        payouts=story.sight.payouts,
        turns=story.sight.turns,
        receipts=story.sight.receipts,
        images=len(plan),
        distinct=len(verdicts),
        lost=found["lost"],
        lost_sales=found["lost_sales"],
        damaged=found["damaged"],
        forked=found["forked"],
        findings=tuple(findings[:FINDINGS_KEPT]),
        seconds=time.monotonic() - began,
    )


def _digest(image: Mapping[str, bytes]) -> bytes:
    whole = hashlib.sha256()
    for name, content in sorted(image.items()):
        whole.update(f"{name} {len(content)} ".encode())
        whole.update(content)
    return whole.digest()


def _problem(verdict: Verdict, story: Story, number: int, *, is_end: bool) -> tuple[str, str] | None:
    """What an image at this step breaks, if anything."""
    if verdict.problems:
        return "damaged", "; ".join(verdict.problems[:3])
    if verdict.seq and story.heads.get(verdict.seq) != verdict.head:
        return "forked", f"entry {verdict.seq} is not the one that the process wrote"
    required = max(story.before_seq, story.sight.required(number))
    if is_end:
        required = len(story.journal)
    if verdict.seq < required:
        return "lost", f"entries {verdict.seq + 1} to {required} are gone, but {story.sight.what(number)}"
    return None


def _misses_sale(seq: int, story: Story, number: int) -> bool:
    """Whether a sale that the world saw closed at this step is behind the end of an image's journal."""
    required = story.sight.required(number)
    return any(seq < each.seq <= required and isinstance(each.fact, SaleClosed) for each in story.journal)


def planted(scratch: Path, synchronous: int) -> Path:
    """A copy of the product that opens its store with another ``synchronous``: 0 is OFF, 1 is NORMAL."""
    name, old, new = SYNCHRONOUS
    return copy_of_product(scratch / "product", (name, old, new.format(synchronous)))


def run_images(
    seed: int, images: int, progress: Progress = no_progress, *, sales: int = SALES_PUSH
) -> Counts:
    """Record a fresh run of the real process and check ``images`` of its crash images."""
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        _birth, story = record_sales(Path(name), sales, seed)
        return check_images(story, seed=seed, images=images, progress=progress)
