"""The orders of ESC/POS that we know, by their bytes: what each is for, where it is known from, and what it would move.

Sources: Epson, "ESC/POS Command Reference" (the names of its entries); mike42/escpos-php and receipt-print-hq/escpos-tools agree
with the lengths.
"""

from __future__ import annotations

from typing import Final

from hardware.sansio import WireCommand

_PRINTS, _CUTS, _RECOVERS, _SETS = "prints", "cuts", "recovers from an error", "changes how it prints"
_DRAWER: Final = "opens the drawer"
_UNKNOWN: Final = "prints, where it is not known"

COMMANDS: Final[tuple[WireCommand, ...]] = (
    WireCommand(b"\x0a", "line feed", "print the line", "LF", _PRINTS),
    WireCommand(b"\x0c", "form feed", "print the page", "FF", _PRINTS),
    WireCommand(b"\x0d", "carriage return", "print the line, or nothing: by its switches", "CR", _PRINTS),
    WireCommand(b"\x10\x04\x01", "status: printer", "on line, drawer", "DLE EOT"),
    WireCommand(b"\x10\x04\x02", "status: off line", "why: cover, paper, error", "DLE EOT"),
    WireCommand(b"\x10\x04\x03", "status: error", "cutter, or one that needs its power cut", "DLE EOT"),
    WireCommand(b"\x10\x04\x04", "status: paper", "near its end, at its end", "DLE EOT"),
    WireCommand(b"\x10\x05\x01", "recover, go on", "try again after an error", "DLE ENQ", _RECOVERS),
    WireCommand(b"\x10\x05\x02", "recover, drop", "try again and forget what waits", "DLE ENQ", _RECOVERS),
    WireCommand(b"\x10\x14\x01", "real-time pulse", "the drawer, even off line", "DLE DC4", _DRAWER),
    WireCommand(b"\x1b!", "print mode", "bold and large, by bits", "ESC !", _SETS),
    WireCommand(b"\x1b$", "position", "where the next picture or character stands", "ESC $", _SETS),
    WireCommand(b"\x1b*", "picture strip", "a picture as columns, on the line", "ESC *", _PRINTS),
    WireCommand(b"\x1b-", "underline", "on or off", "ESC -", _SETS),
    WireCommand(b"\x1b2", "usual line spacing", "as after power on", "ESC 2", _SETS),
    WireCommand(b"\x1b3", "line spacing", "in dots", "ESC 3", _SETS),
    WireCommand(b"\x1b@", "begin anew", "settings of power on; what waits is forgotten", "ESC @"),
    WireCommand(b"\x1bE", "bold", "on or off", "ESC E", _SETS),
    WireCommand(b"\x1bG", "double strike", "on or off", "ESC G", _SETS),
    WireCommand(b"\x1bJ", "feed dots", "print the line and feed", "ESC J", _PRINTS),
    WireCommand(b"\x1bM", "font", "which of its fonts", "ESC M", _SETS),
    WireCommand(b"\x1bR", "national characters", "by country", "ESC R", _SETS),
    WireCommand(b"\x1ba", "align", "left, centre, right", "ESC a", _SETS),
    WireCommand(b"\x1bd", "feed lines", "print the line and feed", "ESC d", _PRINTS),
    WireCommand(b"\x1bp", "drawer pulse", "the drawer, behind what is being printed", "ESC p", _DRAWER),
    WireCommand(b"\x1bt", "code page", "which characters the bytes mean", "ESC t", _SETS),
    WireCommand(b"\x1b{", "upside down", "on or off", "ESC {", _SETS),
    WireCommand(b"\x1d!", "character size", "one to eight times", "GS !", _SETS),
    WireCommand(b"\x1d(L\x04\x000P", "kept keys", "which pictures it keeps", "GS ( L 80", _UNKNOWN),
    WireCommand(b"\x1d(L", "kept picture", "keep one until its power goes, or show it", "GS ( L", _PRINTS),
    WireCommand(b"\x1d(k", "QR code", "settings, data, printing", "GS ( k", _PRINTS),
    WireCommand(b"\x1dB", "white on black", "on or off", "GS B", _SETS),
    WireCommand(b"\x1dI", "who are you?", "model, firmware, serial number", "GS I"),
    WireCommand(b"\x1dL", "left margin", "in units", "GS L", _SETS),
    WireCommand(b"\x1dP", "motion units", "one unit is one dot of a 203 dpi head", "GS P", _SETS),
    WireCommand(b"\x1dV", "cut", "whole or not, fed before or not", "GS V", _CUTS),
    WireCommand(b"\x1dW", "width", "of what is printed", "GS W", _SETS),
    WireCommand(b"\x1da", "tell every change", "status by itself: drawer, line, error, paper", "GS a"),
    WireCommand(b"\x1dr\x01", "answer when done", "everything before it was printed", "GS r"),
    WireCommand(b"\x1dr\x02", "drawer switch", "as it is when the printer comes here", "GS r"),
    WireCommand(b"\x1dv0", "picture", "a picture as rows, at once", "GS v 0", _PRINTS),
)
"""What a host sends; everything that is no order is a character, and is printed."""
