"""How a command of ours is typed where this process was started, for hints that a person copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

CHECKOUT: Final = "./run kiosk"
"""In a checkout the product is started by its one script, which runs `web.main` as a module."""

INSTALLED: Final = "kiosk"
"""The command that an installed package brings."""


def typed(words: str) -> str:
    """The line to type for ``kiosk <words>``, with the name under which this process was started.

    Args:
        words: The command and its arguments, without the product's name.
    """
    context = click.get_current_context(silent=True)
    # A command that stands alone, as in a test, is not named after the product.
    is_grouped = context is not None and context.parent is not None
    name = context.find_root().info_name if context is not None and is_grouped else None
    return f"{name or INSTALLED} {words}"


class ReasonedChoice(click.Choice[str]):
    """A choice that says why a name which one may expect is none of it.

    Args:
        names: What may be chosen.
        missing: Name -> why it may not.
    """

    def __init__(self, names: tuple[str, ...], missing: Mapping[str, str]) -> None:
        super().__init__(names)
        self._missing = missing

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The chosen name; ends the command with the reason for one that is missing."""
        if value in self._missing:
            self.fail(self._missing[value], param, ctx)
        return super().convert(value, param, ctx)
