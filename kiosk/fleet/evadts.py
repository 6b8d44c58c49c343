"""EVA-DTS audit files: the trade's meter readings as lines of text, both ways.

A file is lines ``ID*element*element`` with CR LF, in printable ASCII; any other character stands as ``^HH^``, once for each of
its bytes. Empty elements at the end are left out. The envelope is DXS, ST, the data, G85 (a checksum), SE (a count) and DXE.
Money is a whole number with as many decimals as ID4 says.

A stranger's file is read as far as it goes: what does not fit is told, never refused, because public samples with wrong checksums
and counts exist and their figures are still what a machine said.

Source: EVA-DTS 6.1.1 (European Vending & Coffee Service Association), section 2 (files), appendix A (elements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crc import Calculator, Configuration

CHECKSUM: Final = Calculator(
    Configuration(width=16, polynomial=0x8005, init_value=0, reverse_input=True, reverse_output=True)
)
"""CRC-16/ARC: over everything from ST up to and including the line end before G85."""

MOST_BYTES: Final = 4 << 20
"""A machine with a hundred coils writes some 20 kB; a file of this size is no audit."""

MOST_LINE: Final = 1_000
"""The longest line that we read; the standard's own are below 256."""

COUNTER_DIGITS: Final = 8
"""Usual size of a counter: it goes from all nines to 0."""

DEFAULT_DECIMALS: Final = 2
"""Where ID4 does not say."""

MOST_DECIMALS: Final = 4
"""No currency has more (ISO 4217)."""

Problem = tuple[str, str]
"""A key of what does not fit, and where or how."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One line: its id and its elements as text, from element 1 on."""

    id: str
    elements: tuple[str, ...] = ()

    def text(self, element: int) -> str:
        """Element number ``element``, counted from 1; empty where it is missing."""
        return self.elements[element - 1] if element <= len(self.elements) else ""

    def number(self, element: int) -> int | None:
        """The same as a whole number; None where it is missing or no number."""
        text = self.text(element)
        return int(text) if text.isascii() and text.lstrip("-").isdigit() else None


@dataclass(frozen=True, slots=True)
class AuditFile:
    """What a file said.

    Attributes:
        sender: Communication id of DXS, 10 characters at most.
        segments: The data lines in their order, without the envelope.
        problems: What did not fit; a file that we wrote has none.
    """

    sender: str
    segments: tuple[Segment, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def decimals(self) -> int:
        """Decimals of money in this file; the usual ones where it names none that a currency has."""
        decimals = self.number("ID4", 1)
        return decimals if decimals is not None and 0 <= decimals <= MOST_DECIMALS else DEFAULT_DECIMALS

    def first(self, name: str) -> Segment:
        """The first segment of an id; an empty one where there is none."""
        return next((segment for segment in self.segments if segment.id == name), Segment(name))

    def number(self, name: str, element: int) -> int | None:
        """An element of the first segment of an id, as a number."""
        return self.first(name).number(element)


ENVELOPE: Final = ("DXS", "ST", "G85", "SE", "DXE")
"""The lines around the data."""

_LINE: Final = re.compile(r"[A-Z]{1,3}[0-9]{0,3}(\*[ -~]*)?")
"""An id and its elements, in printable ASCII."""

_PLAIN: Final = re.compile(rb"[ -)+-\]_-~]")
"""Printable ASCII but the two characters that mean something: ``*`` and ``^``."""
_ESCAPED: Final = re.compile(r"\^((?:[0-9A-Fa-f]{2})+)\^")


def _escape(text: str) -> str:
    return "".join(
        chr(byte) if _PLAIN.fullmatch(bytes((byte,))) else f"^{byte:02X}^" for byte in text.encode()
    )


def _unescape(text: str) -> str:
    def letters(found: re.Match[str]) -> str:
        return bytes.fromhex(found[1]).decode("latin-1")

    return _ESCAPED.sub(letters, text).encode("latin-1", "replace").decode("utf-8", "replace")


def _line(segment: Segment) -> str:
    return "*".join((segment.id, *map(_escape, segment.elements))).rstrip("*")


def write_file(file: AuditFile) -> bytes:
    """The file with its envelope, checksum and count."""
    data = [Segment("ST", ("001", "0001")), *file.segments]
    body = "".join(f"{_line(segment)}\r\n" for segment in data)
    checked = f"{body}G85*{CHECKSUM.checksum(body.encode('ascii')):04X}\r\n"
    lines = len(data) + 2
    sender = _escape(file.sender)
    return f"DXS*{sender}*VA*V0/6*1\r\n{checked}SE*{lines}*0001\r\nDXE*1*1\r\n".encode("ascii")


def read_file(data: bytes) -> AuditFile:
    """Read a file, ours or a stranger's; never raises for its content."""
    problems: list[Problem] = []
    if len(data) > MOST_BYTES:
        problems.append(("too_long", f"{len(data)} > {MOST_BYTES}"))
        data = data[:MOST_BYTES]
    lines = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows: list[tuple[str, Segment]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, *rest = line.split("*")
        if len(line) > MOST_LINE or not _LINE.fullmatch(line):
            problems.append(("not_a_line", str(number)))
            name = ""
        rows.append((line, Segment(name, tuple(_unescape(element) for element in rest))))
    envelope = {segment.id: index for index, (_, segment) in enumerate(rows) if segment.id in ENVELOPE}
    problems.extend(_envelope_problems(rows, envelope))
    sender = rows[envelope["DXS"]][1].text(1) if "DXS" in envelope else ""
    found = (segment for _, segment in rows if segment.id and segment.id not in ENVELOPE)
    return AuditFile(sender, tuple(found), tuple(problems))


def _envelope_problems(rows: list[tuple[str, Segment]], envelope: Mapping[str, int]) -> Iterator[Problem]:
    start = envelope.get("ST", 0)
    if not {"DXS", "ST", "DXE"} <= set(envelope):
        yield "no_envelope", ", ".join(sorted({"DXS", "ST", "DXE"} - set(envelope)))
    if "G85" not in envelope:
        yield "no_checksum", ""
    else:
        said = rows[envelope["G85"]][1].text(1).upper()
        body = "".join(f"{line}\r\n" for line, _ in rows[start : envelope["G85"]])
        found = f"{CHECKSUM.checksum(body.encode('latin-1')):04X}"
        if said != found:
            yield "checksum_differs", f"{said} / {found}"
    if "SE" in envelope:
        count = envelope["SE"] - start + 1
        if rows[envelope["SE"]][1].number(1) != count:
            yield "lines_differ", f"{rows[envelope['SE']][1].text(1)} / {count}"


def sums_that_differ(file: AuditFile) -> tuple[Problem, ...]:
    """Figures of one file that must agree and do not: what a careful reader checks before it believes a machine.

    Paid vends are cash, cashless and token sales together (values since the beginning, and since the last reset); cash in is what
    went to box, tubes and notes; where slots count, their numbers are the paid vends.
    """
    found: list[Problem] = []
    for name, vends, parts in (
        ("VA101", 1, (("CA2", 1), ("DA2", 1), ("DB2", 1), ("TA2", 1), ("TA2", 5))),
        ("VA103", 3, (("CA2", 3), ("DA2", 3), ("DB2", 3), ("TA2", 3), ("TA2", 7))),
    ):
        total = file.number("VA1", vends)
        known = [file.number(segment, element) for segment, element in parts]
        if total is not None and any(part is not None for part in known):
            _agree(found, name, total, sum(part or 0 for part in known))
    taken = file.number("CA3", 5)
    if taken is not None and file.number("CA3", 10) is not None:
        _agree(found, "CA305", taken, sum(file.number("CA3", element) or 0 for element in (6, 7, 10)))
    slots = [segment.number(1) or 0 for segment in file.segments if segment.id == "PA2"]
    number = file.number("VA1", 2)
    if slots and number is not None:
        _agree(found, "VA102", number, sum(slots))
    return tuple(found)


def _agree(found: list[Problem], name: str, said: int, sums: int) -> None:
    if said != sums:
        found.append(("sums_differ", f"{name}: {said} / {sums}"))


def moved_by(was: int, now: int, digits: int = COUNTER_DIGITS) -> int:
    """How far a counter went between two readings, once round at most.

    Args:
        was: The earlier reading, 0 or more.
        now: The later one.
        digits: Of the counter: it goes from all nines to 0.
    """
    span: int = 10**digits
    return (now - was) % span


def slots_of(file: AuditFile) -> Mapping[str, Mapping[str, Segment]]:
    """Slot -> its segments by id: PA2 and later ones belong to the PA1 above them."""
    slots: dict[str, dict[str, Segment]] = {}
    here: dict[str, Segment] | None = None
    for segment in file.segments:
        if segment.id == "PA1":
            here = slots.setdefault(segment.text(1), {})
        if segment.id.startswith("PA") and here is not None:
            here[segment.id] = segment
    return MappingProxyType({slot: MappingProxyType(found) for slot, found in slots.items()})
