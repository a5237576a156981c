"""The HTML report in a real Chromium: on a phone, in the dark, on paper, and full of hostile strings."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from audit.model import Coverage, Drift, Exemption, Overdue, Report, Run, Since, Status, Subject, Waiver
from audit.reports import as_html
from declared.program import declared_estate
from estate.lives import lives
from policies.finding import Severity
from semantics.lifecycle.life_svg import life_svg

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EVIL = (
    '<script>document.title="taken"</script><img src=x onerror="document.title=1"><b id="intruder">b</b>'
    "<style>body{display:none}</style></code></article></main><svg onload=alert(1)> \u202e\x1b[31m"
)
PHONE, PAPER = {"width": 390, "height": 844}, {"width": 794, "height": 1123}


def finding(status: Status, text: str, path: str, *, waived: bool = False) -> Drift:
    waiver = Waiver("aws:sns/topic:Topic", "author-api", path, status, text, text, text, "2026-10-01", "2026-12-01")
    return Drift(
        subject=Subject("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "exports", text, path),
        status=status,
        severity=Severity.CRITICAL,
        expected="arn:aws:iam::123456789012:role/" + "a-very-long-name-without-any-break" * 6,
        found=text,
        why=text,
        claim=text,
        rule="exports-expire",
        source="docs/runbook.md:12",
        put_back=text,
        accept=text,
        waiver=waiver if waived else None,
    )


def hostile() -> Report:
    findings = (
        finding(Status.CHANGED, EVIL, "rules[exports].expiration.days"),
        finding(Status.UNREADABLE, EVIL, "policy"),
        finding(Status.UNMANAGED, EVIL, "tags.owner", waived=True),
    )
    return Report(
        stack="prod",
        account="123456789012",
        region="us-east-1",
        commit=EVIL,
        estate_hash="0" * 64,
        scope=EVIL,
        complete=False,
        incomplete_because=(EVIL,),
        findings=findings,
        coverage=Coverage(98, 100, (Exemption("aws:sns/topic:Topic", EVIL, EVIL, 2),)),
        overdue=(Overdue(EVIL, EVIL, 3, 5_000_000, "2026-08-01", complete=False),),
        unused_waivers=(EVIL,),
        resources={
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 7,
            EVIL: 1,
        },
        run=Run("2026-10-01T06:00:00Z", 1.25, {EVIL: 3}, 0, EVIL),
        since=Since("2026-07-01T06:00:00Z", (findings[0].id,), (EVIL,)),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the tests fail, they are not skipped."""
    fetched = (str(path) for path in (ROOT / ".local" / "browsers").glob("chromium-*/chrome-linux*/chrome"))
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), next(fetched, None))
    if found is None:
        pytest.fail(f"none of {', '.join(CHROMIUM)} is on the PATH: run `scripts/browser.sh`, or install one of them")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = {life.bucket: life_svg(life, style=i == 0) for i, (life, _) in enumerate(lives(declared_estate("prod")))}
    path = tmp_path_factory.mktemp("page") / "audit.html"
    path.write_text(as_html.render(hostile(), pictures), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page on a phone, and what the browser complained about."""
    complaints: list[str] = []
    page = browser.new_page(viewport=cast("Any", PHONE))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend([request.url] if not request.url.startswith("file:") else []))
    page.goto(file.as_uri())
    yield page, complaints
    page.close()


def style(page: Page, selector: str, name: str) -> str:
    return str(page.eval_on_selector(selector, f"e => getComputedStyle(e)['{name}']"))


def test_the_browser_has_nothing_to_complain_about(opened: tuple[Page, list[str]]) -> None:
    page, complaints = opened
    assert complaints == []
    assert page.title() == "Storage audit of prod"
    assert style(page, "article", "borderLeftWidth") != "0px"  # the policy let the page's own style through


def test_hostile_strings_make_no_element(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    assert page.locator("script, img, #intruder, [onload], [onerror]").count() == 0
    assert page.locator("article").count() == 3
    assert page.locator("body > *").count() == 1
    assert page.locator("style").count() == 2
    assert page.locator('code:has-text("<script>")').count() > 0


def test_a_phone_need_not_scroll_sideways(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    out = "e => [...e.querySelectorAll('*')].filter(x => x.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.eval_on_selector("main > p, main > ul", out) == 0


def test_the_life_of_an_object_is_shown_for_each_data_bucket(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    assert page.locator("figure svg[role=img]").count() == 3
    assert page.locator("figure svg rect").first.evaluate("e => getComputedStyle(e).fill") == "rgb(255, 255, 255)"
    widths = page.eval_on_selector_all("figure", "all => all.map(e => e.getBoundingClientRect().width)")
    assert all(0 < width <= PHONE["width"] for width in widths)
    size = "all => Math.min(...all.map(e => e.getBoundingClientRect().height))"
    assert page.eval_on_selector_all("figure svg text", size) >= 10  # readable: pictures scroll within themselves


def contrast(page: Page, selector: str) -> float:
    """Contrast of an element's text with the page's ground, as WCAG 2.2 defines it; 4.5 is readable."""
    colours = [style(page, selector, "color"), style(page, "body", "backgroundColor")]
    light, dark = sorted((luminance(c) for c in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(p) / 255 for p in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


READ = ("body", "h1", ".answer", "ul.facts")


def test_dark_is_dark_and_both_are_readable(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    grounds: dict[str, float] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=cast("Any", scheme))
        grounds[scheme] = luminance(style(page, "body", "backgroundColor"))
        assert {s: contrast(page, s) for s in READ if contrast(page, s) < 4.5} == {}
    assert grounds["dark"] < 0.05
    assert grounds["light"] > 0.9
    picture = page.locator("figure svg rect").first.evaluate("e => getComputedStyle(e).fill")
    assert luminance(picture) < 0.05


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_whatever_the_screen(opened: tuple[Page, list[str]], scheme: str) -> None:
    page, _ = opened
    page.set_viewport_size(cast("Any", PAPER))
    page.emulate_media(media="print", color_scheme=cast("Any", scheme))
    assert style(page, "body", "backgroundColor") == "rgb(255, 255, 255)"
    assert {s: contrast(page, s) for s in (*READ, "dt", "code") if contrast(page, s) < 4.5} == {}
    assert style(page, "article", "breakInside") == "avoid"
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert len(page.pdf(format="A4")) > 20_000
