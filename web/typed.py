"""How a command of ours is typed where this process was started, for hints that a person copies."""

from __future__ import annotations

from typing import Final

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
