"""What we ask devices to do. Physical acts need an `Authority`, which only the ledger makes."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.document import Document


@dataclass(frozen=True, slots=True)
class Authority:
    """Proof that the intent of a physical act is durable in the journal: its epoch and sequence number.

    Made in one place, the ledger's append, after the commit. A host machine refuses to pay, turn or print without it.
    """

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands; ``device`` is the configured name."""

    device: str


@dataclass(frozen=True, slots=True)
class SetAccept(Command):
    """Accept coins of exactly these positions; empty inhibits the acceptor. Safe: needs no authority."""

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PayCoins(Command):
    """Pay ``qty`` coins (1 to 250) for ``job``. ``paid_total`` is the hopper's lifetime count before it."""

    job: str
    qty: int
    paid_total: int | None


@dataclass(frozen=True, slots=True)
class TurnCoil(Command):
    """Turn the coil of ``slot`` (the board's own number) once for ``job``."""

    job: str
    slot: int


@dataclass(frozen=True, slots=True)
class Print(Command):
    """Print ``document`` for ``job``."""

    job: str
    document: Document


PHYSICAL = (PayCoins, TurnCoil, Print)
"""Commands that move something in the world, and so need an authority."""
