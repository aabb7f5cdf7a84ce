"""Structured logs: one JSON object a line on stderr, and never the text of an issue.

Our own records say constant words and facts from ``FACTS``, nothing else. What others log is not
ours to vouch for, so of their records only where they come from is kept; and of an exception its
type and the way to it, for its message may quote what it choked on.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

OURS = "classifier.web"
SERVER = "uvicorn"  # its messages have placeholders, which stay empty
FACTS = frozenset(
    {
        "action",
        "busy",
        "count",
        "delivery",
        "event",
        "issue_id",
        "method",
        "milliseconds",
        "model",
        "outcome",
        "request",
        "reviewer_id",
        "route",
        "seconds",
        "status",
        "verdict",
    }
)
FRAMES = 12  # innermost calls that are told of an exception


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        row: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is_of(record.name, OURS) or _is_of(record.name, SERVER):
            row["message"] = str(record.msg)
        else:
            row["place"] = f"{record.module}:{record.lineno}"
        if _is_of(record.name, OURS):
            row |= {name: value for name, value in vars(record).items() if name in FACTS}
        if record.exc_info and record.exc_info[0]:
            row["exception"] = record.exc_info[0].__name__
            row["calls"] = _calls(record)
        return json.dumps(row, default=str)


def log_config(level: str = "info") -> dict[str, Any]:
    """Settings for ``logging.config.dictConfig``, and for uvicorn's ``log_config``.

    ``level`` is of our own records; "info" has one of each request.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            OURS: {"level": level.upper()},
            SERVER: {"level": "WARNING"},
            "uvicorn.access": {"handlers": [], "propagate": False},  # logs paths with searches
        },
    }


def _is_of(name: str, family: str) -> bool:
    return name == family or name.startswith(f"{family}.")


def _calls(record: logging.LogRecord) -> list[str]:
    frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES:]]
