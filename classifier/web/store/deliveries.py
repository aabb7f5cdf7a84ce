"""How long webhook deliveries are remembered."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from classifier.web.store.engine import reading, session
from classifier.web.store.tables import DeliveryRow

# GitHub sends a delivery again for three days at most. Who replays an older one, word by word,
# tells of an issue as it was then, which ``hearing.is_older`` refuses to believe; only that it is
# gone is always believed, and that does not cease to be true.
REMEMBERED = timedelta(days=30)


def forget_old(engine: Engine, *, now: datetime) -> None:
    """Delete old deliveries; as long as there are none, nobody waits for it."""
    is_old = DeliveryRow.received_at < now - REMEMBERED
    with reading(engine) as opened:
        found = opened.scalars(select(DeliveryRow.id).where(is_old).limit(1)).first()
    if found is not None:
        with session(engine) as opened:
            opened.execute(delete(DeliveryRow).where(is_old))
