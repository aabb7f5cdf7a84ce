"""Column types that hold the same in SQLite and in PostgreSQL."""

import re
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither in a text


def storable(text: str) -> str:
    """The text with a replacement character for each that a database cannot hold."""
    return UNSTORABLE.sub("\ufffd", text)


class SafeText(TypeDecorator[str]):
    """Text that strangers wrote: stored as ``storable`` makes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make it storable on its way in."""
        del dialect
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A point in time: in Python always in UTC and aware of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn it to UTC; SQLite, which knows no zones, gets it bare."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:  # in the first or the last day that there is
            moment = value.replace(tzinfo=UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give it back in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
