from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.runbook.chain import is_chain, read_chain, render_chain
from policies.runbook.claims import LifecycleClaim
from policies.runbook.markdown import Block, RunbookError, blocks
from policies.runbook.values import AfterDays, Move, OnRetentionExpiry
from semantics.lifecycle.storage_classes import StorageClass

RECORDINGS = (
    "`author-recordings-*`: Standard → Standard-IA after 7 days → Glacier Deep Archive after 30 days"
    " → Delete on retention expiry."
)
EXPORTS = "`author-exports-*`: Standard → Expire after 14 days."


def lifecycle_claims(source: str) -> list[LifecycleClaim]:
    """Reads the lifecycle items of any document and passes over everything else."""
    items = (b.text for b in blocks(source) if isinstance(b, Block) and b.kind == "item")
    return [read_chain(item, "notes.md") for item in items if is_chain(item)]


def the_claim(item: str) -> LifecycleClaim:
    (claim,) = lifecycle_claims(item)
    return replace(claim, line=0, column=0, text="")


def test_reads_the_recordings_chain():
    assert the_claim(f"- {RECORDINGS}") == LifecycleClaim(
        buckets="author-recordings-*",
        start=StorageClass.STANDARD,
        moves=(Move(StorageClass.STANDARD_IA, 7), Move(StorageClass.DEEP_ARCHIVE, 30)),
        end=OnRetentionExpiry(),
    )


def test_reads_the_exports_chain():
    assert the_claim(f"- {EXPORTS}") == LifecycleClaim(
        buckets="author-exports-*", start=StorageClass.STANDARD, moves=(), end=AfterDays(14)
    )


@pytest.mark.parametrize(
    "spelling",
    [
        f"* {RECORDINGS}",
        f"1. {RECORDINGS}",
        f"- nested\n  - {RECORDINGS}",
        f"- {RECORDINGS.rstrip('.')}",
        f"- {RECORDINGS.replace('→', '->')}",
        f"- {RECORDINGS.replace(' → ', '→')}",
        f"- {RECORDINGS.replace('Standard-IA', 'STANDARD_IA').replace('Glacier Deep Archive', 'DEEP_ARCHIVE')}",
        f"- {RECORDINGS.replace('Standard-IA', 'S3 Standard-IA').replace('Glacier Deep', 'S3 Glacier Deep')}",
        "- " + RECORDINGS.replace(" → Glacier", "\n  → Glacier"),
    ],
)
def test_reads_other_spellings_of_the_same_chain(spelling: str):
    assert the_claim(spelling) == the_claim(f"- {RECORDINGS}")


def test_reads_one_day():
    assert the_claim("- `a-*`: Standard → Expire after 1 day").end == AfterDays(1)


def test_finds_items_in_any_document_and_passes_over_the_rest():
    document = f"# Notes\n\nOpen File → Save.\n\n- File → Save\n- `x`: a → b path\n\n{RECORDINGS}\n\n* {EXPORTS}\n"
    document = document.replace("- `x`: a → b path\n", "")
    (claim,) = lifecycle_claims(document)
    assert (claim.buckets, claim.line, claim.column) == ("author-exports-*", 9, 3)


@pytest.mark.parametrize(
    ("item", "line", "column", "text", "expected"),
    [
        ("- `a`: Standard → Sandard-IA after 7 days", 1, 19, "Sandard-IA", "Standard-IA"),
        ("- `a`: Standart → Expire after 7 days", 1, 8, "Standart", "a storage class"),
        ("- `a`: Standard → Expire after x days", 1, 32, "x", "a whole number of days"),
        ("- `a`: Standard → Expire after -1 days", 1, 32, "-1", "a whole number of days"),
        ("- `a`: Standard → Expire after 2 weeks", 1, 19, "Expire after 2 weeks", "Expire after N days"),
        ("- a: Standard → Expire after 4 days", 1, 3, "a", "in backticks"),
        ("- `a b`: Standard → Expire after 4 days", 1, 3, "`a b`", "a bucket name"),
        (
            "- `a`: Standard → Delete on retention expiry → Glacier after 3 days",
            1,
            48,
            "Glacier after 3 days",
            "nothing",
        ),
        ("- `a`: Standard → Expires after 14 days", 1, 19, "Expires", "`Expire after N days`"),
        ("- `a`: Standard → Expired after 14 days", 1, 19, "Expired", "`Delete after N days`"),
        ("- `a`: Standard → Remove after 14 days", 1, 19, "Remove", "`Expire after N days`"),
        ("- `a`: Standard → Expire after ١٤ days", 1, 32, "١٤", "a whole number of days"),
        (f"- `a`: Standard → Expire after {'9' * 5000} days", 1, 32, "9" * 80 + "…", "a whole number of days"),
        ("- `a`: Standard →", 1, 18, "", "CLASS after N days"),
        ("\n1. `a`: Standard →\n   Frozen after 3 days", 3, 4, "Frozen", "a storage class"),
    ],
)
def test_refuses_with_place_text_and_expectation(item: str, line: int, column: int, text: str, expected: str):
    with pytest.raises(RunbookError) as caught:
        lifecycle_claims(item)
    message = str(caught.value)
    assert message.startswith(f"notes.md:{line}:{column}: can't read {text!r}: expected ")
    assert expected in message.partition(": expected ")[2]


chains = st.builds(
    LifecycleClaim,
    buckets=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9*])?", fullmatch=True),
    start=st.sampled_from(StorageClass),
    moves=st.lists(st.builds(Move, st.sampled_from(StorageClass), st.integers(0, 9999)), max_size=4).map(tuple),
    end=st.one_of(st.builds(AfterDays, st.integers(0, 99999)), st.just(OnRetentionExpiry()), st.none()),
)


@given(chains, st.booleans(), st.booleans(), st.sampled_from(("- ", "* ", "+ ", "7. ", "- - ")))
def test_whatever_is_written_is_read_again(claim: LifecycleClaim, ascii_arrow: bool, stop: bool, bullet: str):
    text = render_chain(claim)
    text = text.replace("→", "->") if ascii_arrow else text
    assert the_claim(bullet + (text if stop else text.rstrip("."))) == claim


@given(
    chains,
    st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n\x0b\x0c"), max_size=6),
    st.data(),
)
def test_a_damaged_item_is_read_or_refused_never_a_crash(claim: LifecycleClaim, noise: str, data: st.DataObject):
    text = render_chain(claim)
    at = data.draw(st.integers(0, len(text)))
    assert places(f"- {text[:at]}{noise}{text[at:]}") > (0, 0)


def places(document: str) -> tuple[int, int]:
    """Where the document is refused, or where its only claim stands."""
    try:
        claims = lifecycle_claims(document)
    except RunbookError as error:
        return error.line, error.column
    return (claims[0].line, claims[0].column) if claims else (1, 1)
