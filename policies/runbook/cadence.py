"""How often something runs: in the runbook's words, and in EventBridge's expressions."""

import re
from dataclasses import dataclass

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PLAIN = ("hourly", "nightly", "daily", "every 24 hours", "weekly")


@dataclass(frozen=True)
class Cadence:
    """A rhythm.

    Attributes:
        rhythm: one of `PLAIN`, or `months`.
        months: for `months`, their numbers; it runs on the first day of each.
    """

    rhythm: str
    months: tuple[int, ...] = ()

    def __str__(self) -> str:
        if self.rhythm != "months":
            return self.rhythm
        names = [MONTHS[m - 1] for m in self.months]
        return "on the 1st of " + (", ".join(names[:-1]) + " and " if len(names) > 1 else "") + names[-1]


def cadence(text: str) -> Cadence:
    """Reads the runbook's words.

    Raises:
        ValueError: saying what is understood.
    """
    if text in PLAIN:
        return Cadence(text)
    if text.startswith("on the 1st of "):
        names = re.split(r", | and ", text.removeprefix("on the 1st of "))
        if all(n in MONTHS for n in names) and len(set(names)) == len(names):
            return Cadence("months", tuple(sorted(MONTHS.index(n) + 1 for n in names)))
    raise ValueError(f"{', '.join(PLAIN)}, or on the 1st of MONTH, MONTH and MONTH")


def runs(expression: str, wanted: Cadence) -> bool:
    """Says whether a schedule expression, `rate(...)` or `cron(...)`, has the rhythm.

    `nightly` is once a day between 00:00 and 05:59 in the schedule's time zone.
    """
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        hours = int(rate[1]) * {"minute": 1 / 60, "hour": 1, "day": 24}[rate[2]]
        return {"hourly": 1, "daily": 24, "every 24 hours": 24, "weekly": 168}.get(wanted.rhythm) == hours
    cron = re.fullmatch(r"cron\((\d+) (\S+) (\S+) (\S+) (\S+) \*\)", expression)
    return cron is not None and _cron_runs(cron[2], cron[3], cron[4], cron[5], wanted)


def _cron_runs(hour: str, day: str, month: str, weekday: str, wanted: Cadence) -> bool:
    every_day = month == "*" and (day, weekday) in (("*", "?"), ("?", "*"))
    if wanted.rhythm == "hourly":
        return every_day and hour in ("*", "0/1", "*/1")
    if not hour.isdecimal():
        return False
    if wanted.rhythm == "months":
        return day == "1" and weekday == "?" and month == ",".join(map(str, wanted.months))
    if wanted.rhythm == "weekly":
        return month == "*" and day == "?" and re.fullmatch(r"[1-7]|[A-Z]{3}", weekday) is not None
    return every_day and (wanted.rhythm != "nightly" or int(hour) < 6)
