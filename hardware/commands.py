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
    """Accept coins or notes of exactly these positions; empty inhibits the acceptor. Safe: needs no authority.

    A card reader has the one position 1: open for cards.
    """

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PayCoins(Command):
    """Pay ``qty`` coins (1 to 250) for ``job``. ``paid_total`` is the hopper's lifetime count before it."""

    job: str
    qty: int
    paid_total: int | None


@dataclass(frozen=True, slots=True)
class LeaveFloat(Command):
    """Put all but ``keep`` pieces of ``device`` into the cash box or stacker of its own unit, for ``job``; 0 empties it.

    Nothing leaves the machine. Answered by `PiecesMoved`; only recyclers and coin units that can do it themselves take it.
    """

    job: str
    keep: int = 0


@dataclass(frozen=True, slots=True)
class StackNote(Command):
    """Keep the note that waits in escrow, for ``job``."""

    job: str


@dataclass(frozen=True, slots=True)
class ReturnNote(Command):
    """Give the note that waits in escrow back, for ``job``."""

    job: str


@dataclass(frozen=True, slots=True)
class RequestCard(Command):
    """Ask the card's side for ``amount_minor`` for ``job``.

    Where a card must be shown first, the driver waits for it until `CancelCard`. ``item`` is the goods' number on the wire,
    0xFFFF for a cart of several.
    """

    job: str
    amount_minor: int
    item: int = 0xFFFF


@dataclass(frozen=True, slots=True)
class CancelCard(Command):
    """Withdraw the open request ``job``; answered by `CardCancelled`, or by what the reader said first."""

    job: str


@dataclass(frozen=True, slots=True)
class SettleCard(Command):
    """The goods of the approved ``job`` were delivered: make the charge final."""

    job: str


@dataclass(frozen=True, slots=True)
class RefundCard(Command):
    """The goods of the approved ``job`` were not delivered: give the charge back."""

    job: str


@dataclass(frozen=True, slots=True)
class LoadCard(Command):
    """Put ``amount_minor`` onto the card that is shown, for ``job``; the driver waits for a card for a while.

    Answered by `CardLoaded`, `CardLoadRefused` (nothing was put anywhere) or `CardLoadUnknown`.
    """

    job: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReportCashSale(Command):
    """Tell a card reader that keeps a machine's figures what was sold for cash: ``amount_minor``. Safe: needs no authority.

    Said once, answered by nothing: the journal is the book, this is a courtesy. ``item`` as in `RequestCard`.
    """

    amount_minor: int
    item: int = 0xFFFF


@dataclass(frozen=True, slots=True)
class TurnCoil(Command):
    """Turn the coil of ``slot`` (the board's own number) once for ``job``."""

    job: str
    slot: int


@dataclass(frozen=True, slots=True)
class OfferFunds(Command):
    """Let an old machine sell for up to ``amount_minor``; 0 ends the offer.

    It moves nothing: each sale is asked for and approved.
    """

    amount_minor: int


@dataclass(frozen=True, slots=True)
class ApproveVend(Command):
    """Let an old machine deliver for ``job`` what it asked for as ``request``, for exactly ``amount_minor``.

    A request that is not open any more is answered by `VendFailed`, and the machine is told nothing.
    """

    job: str
    request: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DenyVend(Command):
    """Do not let an old machine deliver what it asked for as ``request``. Safe: needs no authority."""

    request: int


@dataclass(frozen=True, slots=True)
class Print(Command):
    """Print ``document`` for ``job``."""

    job: str
    document: Document


@dataclass(frozen=True, slots=True)
class OpenDrawer(Command):
    """Open the cash drawer at the printer, once, for ``job``; answered by `PrintEnded`."""

    job: str


PHYSICAL = (
    PayCoins,
    LeaveFloat,
    StackNote,
    ReturnNote,
    RequestCard,
    CancelCard,
    SettleCard,
    RefundCard,
    LoadCard,
    TurnCoil,
    ApproveVend,
    Print,
    OpenDrawer,
)
"""Commands that move something in the world or on somebody's account, and so need an authority."""
