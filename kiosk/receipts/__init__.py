"""Receipts: the facts of a visit as one document, for the printer, the screen and a phone alike."""
