"""The end of power, as the simulation plays it."""

from __future__ import annotations


class PowerCut(BaseException):
    """The power fails now: no code of the kiosk may catch this or do anything after it.

    ``passed`` is how many bytes of the chunk that was on its way still got through.
    """

    def __init__(self, passed: int = 0) -> None:
        super().__init__("power cut")
        self.passed = passed
