"""Days as lifecycle counts them. What lies beyond the calendar is `NEVER`."""

from datetime import UTC, date, datetime, timedelta

NEVER = date.max
"""A day that does not come."""


def day_of(moment: datetime) -> date:
    """Returns the day, UTC, on which a moment falls; a moment without time zone is UTC."""
    try:
        return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
    except OverflowError:
        return moment.date()


def later(day: date, days: int) -> date:
    """Returns the day so many days later."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return NEVER


def due(since: datetime, days: int) -> date:
    """Returns the day that begins when a version of that age is acted on."""
    return later(later(day_of(since), 1), days)


def midnight(text: str | None) -> date | None:
    """Returns the day that begins at a moment, ISO 8601, or None where none does; a text without zone is UTC."""
    try:
        moment = datetime.fromisoformat(text or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return moment.date() if moment.time() == datetime.min.time() else None
