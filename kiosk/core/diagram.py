"""The till's table drawn for people: the state diagram and the table of events, as they stand in ``kiosk/README.md``.

The table comes from `kiosk.core.till.ROWS`; the moves are those that facts make in `kiosk.core.fold`, and a test drives the till
through every one of them and through no other.
"""

from __future__ import annotations

from typing import Final

from kiosk.core import facts as f
from kiosk.core.state import Phase
from kiosk.core.till import ROWS, Entry, Ignored, Impossible, Refused

Move = tuple[Phase, type[f.Fact], Phase]
"""From a phase, by a fact, to a phase."""

MOVES: Final[tuple[Move, ...]] = (
    *((phase, f.Booted, Phase.STARTING) for phase in Phase if phase is not Phase.STARTING),
    (Phase.STARTING, f.Recovered, Phase.IDLE),
    (Phase.STARTING, f.Recovered, Phase.HALTED),
    (Phase.IDLE, f.VisitOpened, Phase.SHOPPING),
    (Phase.SHOPPING, f.VendStarted, Phase.FULFILLING),
    (Phase.SHOPPING, f.SettlingStarted, Phase.SETTLING),
    (Phase.SHOPPING, f.VisitSettled, Phase.IDLE),
    (Phase.SHOPPING, f.CardRequested, Phase.TENDERING),
    *(
        (Phase.TENDERING, over, Phase.SHOPPING)
        for over in (f.CardDenied, f.CardCancelled, f.CardRefunded, f.CardRefundFailed, f.CardLost)
    ),
    (Phase.TENDERING, f.VendStarted, Phase.FULFILLING),
    (Phase.TENDERING, f.SaleClosed, Phase.FULFILLING),
    (Phase.FULFILLING, f.SecondChoiceOffered, Phase.SHOPPING),
    (Phase.FULFILLING, f.SettlingStarted, Phase.SETTLING),
    (Phase.SETTLING, f.VisitSettled, Phase.IDLE),
    (Phase.IDLE, f.ServiceStarted, Phase.SERVICE),
    (Phase.HALTED, f.ServiceStarted, Phase.SERVICE),
    (Phase.SERVICE, f.ServiceEnded, Phase.IDLE),
    (Phase.SERVICE, f.ServiceEnded, Phase.HALTED),
    *((phase, f.TillHalted, Phase.HALTED) for phase in Phase if phase not in {Phase.STARTING, Phase.HALTED}),
    (Phase.HALTED, f.HaltCleared, Phase.IDLE),
)
"""Every way from one phase to another."""

WORDS: Final = (
    "**does** a rule decides; *no* whoever asked is told no; · nothing happens, for a reason; ! cannot come"
)


def state_diagram() -> str:
    """The phases and the facts that lead from one to another, as Mermaid; a start from any phase is drawn once."""
    lines = ["stateDiagram-v2", "    [*] --> starting: Booted (from every phase)"]
    lines += [
        f"    {before} --> {after}: {fact.__name__}" for before, fact, after in MOVES if fact is not f.Booted
    ]
    return "\n".join(lines)


def _word(entry: Entry) -> str:
    match entry:
        case Ignored():
            return "·"
        case Refused():
            return "*no*"
        case Impossible():
            return "!"
        case _:
            return "**does**"


def event_table() -> str:
    """Which event does what in which phase, as a Markdown table in the order of `kiosk.core.till.ROWS`."""
    lines = ["| event | " + " | ".join(Phase) + " |", "|---" * (len(Phase) + 1) + "|"]
    lines += [
        f"| {kind.__name__} | " + " | ".join(_word(row[phase]) for phase in Phase) + " |"
        for kind, row in ROWS.items()
    ]
    return "\n".join(lines)


def diagram() -> str:
    """Diagram and table as one piece of Markdown, ending without a line break."""
    return f"```mermaid\n{state_diagram()}\n```\n\n{WORDS}\n\n{event_table()}"
