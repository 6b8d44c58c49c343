"""Templates are compiled once in a process, however many applications draw from them.

A process may open several: the market of the demo has four doors, and a kiosk on its way back first shows that it is closed.
Compiling all of a door's templates takes a second or two on a small machine, and each application of Flask's begins anew.
"""

from __future__ import annotations

from types import CodeType
from typing import Final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_code: Final[dict[tuple[str, str], CodeType]] = {}


class CompiledTemplates(BytecodeCache):
    """Keeps what was compiled by the template's file and content; what is kept grows no larger than the product's templates.

    Environments that share it must be made alike: a template's code depends on the environment's syntax and on filters that
    it applies to constants. The product's have Flask's syntax and no filters of their own.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find what was compiled from the same file with the same content."""
        bucket.code = _code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            _code[bucket.key, bucket.checksum] = bucket.code
