"""The report as one self-contained HTML page: no script, nothing fetched; for a phone, the dark, and paper."""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit.model import Drift, Report
from audit.reports.inert import in_html
from audit.reports.words import headline, overdue_sentence, sentences, size

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def render(report: Report, pictures: Mapping[str, str]) -> str:
    """Writes the page.

    Args:
        report: what was found.
        pictures: SVG by bucket name, the life of an object there. Made by this project, so taken as it is.

    Returns:
        HTML whose Content-Security-Policy allows nothing but the styles that stand in it, each named by its hash.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    # Escaping alone leaves unseen characters: every value goes through `show`, which spells them out first.
    environment.finalize = _only_markup
    environment.filters["show"] = lambda value: Markup(in_html(str(value)))  # noqa: S704
    environment.filters["size"] = size
    page = environment.get_template("report.html.j2").render(
        report=report,
        headline=headline(report),
        sentences=list(sentences(report)),
        claims=_by_claim(report),
        new=set(report.since.new) if report.since else set[str](),
        overdue=[overdue_sentence(o) for o in report.overdue if o.objects],
        pictures={bucket: Markup(svg) for bucket, svg in pictures.items()},  # noqa: S704
    )
    return page.replace("POLICY", _policy(page), 1)


def _only_markup(value: object) -> object:
    """Refuses text that did not pass through `show`: a forgotten filter fails the test, not the reader."""
    if isinstance(value, str) and not isinstance(value, Markup):
        raise TypeError(f"{value!r:.40} is printed without the filter `show`")
    return value


def _by_claim(report: Report) -> dict[str, list[Drift]]:
    groups: dict[str, list[Drift]] = defaultdict(list)
    for finding in report.findings:
        groups[finding.claim or "declared by the program, no claim of the runbook"].append(finding)
    return dict(sorted(groups.items()))


def _policy(page: str) -> str:
    digests = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _STYLE.findall(page)}
    allowed = " ".join(f"'sha256-{d}'" for d in sorted(digests))
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'"
