"""The process's log: JSON lines in a size-capped folder of its own, with secrets and personal details left out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import structlog

FILE_BYTES: Final = 1 << 20
FILES_KEPT: Final = 4
"""Five files of 1 MiB: weeks of a healthy kiosk, and never the disk that the journal needs."""

LEFT_OUT: Final = frozenset(
    {"password", "pin", "secret", "secret_hash", "code", "token", "tap", "details", "contact", "cookie"}
)
"""Names of values that never reach a log."""

LONGEST_CHARS: Final = 500
"""A value longer than this is cut: a log line is for people."""


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out secrets by name, however deep, and cut what is too long; control characters are escaped by the JSON renderer."""
    for key, value in event.items():
        event[key] = _bare(key, value)
    return event


def _bare(name: object, value: Any) -> Any:
    """A value as it may be logged."""
    if name in LEFT_OUT:
        return "(left out)"
    match value:
        case str() if len(value) > LONGEST_CHARS:
            return value[:LONGEST_CHARS] + "..."
        case Mapping():
            return {key: _bare(key, each) for key, each in value.items()}
        case list() | tuple():
            return [_bare("", each) for each in value]
        case _:
            return value


def start_log(folder: Path, name: str) -> None:
    """Send this process's log to ``folder/name.log``."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                redact,
            ],
        )
    )
    # A log that cannot be written (a full disk) is not worth a trace on the terminal, and never stops the till.
    logging.raiseExceptions = False
    # force: a library of ours configures the root logger on import, and ours is the only say.
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
