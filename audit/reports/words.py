"""The sentences that every readable report shares."""

from collections.abc import Iterator

from audit.model import Overdue, Report, Status

OUTCOMES = {
    "in_sync": "in sync",
    "drift": "drift",
    "incomplete": "no trustworthy answer",
    "drift_and_incomplete": "drift, and not everything could be read",
}


def headline(report: Report) -> str:
    """Says the outcome in a few words, with the number of findings that count."""
    words = OUTCOMES[report.outcome]
    count = len(report.drift)
    return f"{words} ({count} finding{'s' if count != 1 else ''})" if count else words


def sentences(report: Report) -> Iterator[str]:
    """Says what was looked at, how much of it, what is not known, and what changed since the last time."""
    yield (
        f"{sum(report.resources.values())} resources of account {report.account} in {report.region}, "
        f"declared at {report.commit}; read in {report.run.seconds:.1f} s with {sum(report.run.calls.values())} calls"
    )
    coverage = report.coverage
    yield f"coverage {coverage.share:.1%}: {coverage.compared} of {coverage.declared} declared values compared"
    for exemption in coverage.exempt:
        kind = exemption.type.rsplit(":", 1)[-1]
        yield f"not compared: {kind} {exemption.path} ({exemption.count}): {exemption.reason}"
    if report.scope:
        yield f"scoped to {report.scope}: nothing else was looked at, and no evidence is written"
    for cut in sorted({o.bucket for o in report.overdue if not o.complete}):
        yield f"overdue objects of {cut}: more versions than one listing takes, the rest was not looked at"
    for reason in report.incomplete_because:
        yield f"incomplete: {reason}"
    for status in (s for s in Status if s is not Status.IN_SYNC):
        count = sum(f.status is status and f.waiver is None for f in report.findings)
        if count:
            yield f"{count} {status}"
    if waived := sum(f.waiver is not None for f in report.findings):
        yield f"{waived} waived"
    yield from report.unused_waivers
    if since := report.since:
        yield f"since {since.started}: {len(since.new)} new, {len(since.resolved)} resolved"
        yield from (f"resolved: {subject}" for subject in since.resolved)


def overdue_sentence(overdue: Overdue) -> str:
    """Says how many objects a lifecycle rule left behind."""
    least = "" if overdue.complete else "at least "
    return (
        f"{overdue.bucket}, rule {overdue.rule}: {least}{overdue.objects} objects, {size(overdue.bytes)}, "
        f"the oldest from {overdue.oldest}"
    )


def size(count: int) -> str:
    """Bytes with a binary unit, as `1.5 GiB`."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
