"""Changes to a right lifecycle configuration, each breaking one constraint in one place."""

from collections.abc import Callable
from typing import Any

from tests.semantics.lifecycle.samples import noncurrent, recordings

Rules = list[dict[str, Any]]
Change = Callable[[Rules], object]


def nothing(rules: Rules) -> None:
    """Changes nothing."""


def merge(rules: Rules) -> None:
    """The two recordings rules merged into one."""
    rules[1]["transitions"] = rules[0]["transitions"] + rules[1]["transitions"]
    del rules[0]


def add(**rule: Any) -> Change:
    """One rule more."""
    return lambda rules: rules.append({"id": "added", "status": "Enabled", "filter": {"prefix": ""}, **rule})


def put(index: int, key: str, value: Any) -> Change:
    """One property of one rule replaced."""
    return lambda rules: rules[index].update({key: value})


def moved(when: int | str, storage_class: str) -> dict[str, Any]:
    """A transition on a day, or at a date."""
    time: dict[str, Any] = {"days": when} if isinstance(when, int) else {"date": f"{when}T00:00:00Z"}
    return {**time, "storageClass": storage_class}


def both(*changes: Change) -> Change:
    """Changes that only together leave the rest right."""
    return lambda rules: [change(rules) for change in changes]


A, E, X, N, T = (
    "recordings-archive",
    "expiration",
    "expiredObjectDeleteMarker",
    "noncurrentVersionExpiration",
    "transitions",
)
LEFT, IA = "recordings-leftovers", "recordings-infrequent"
TAG = {"tag": {"key": "kind", "value": "draft"}}
SMALL = {"objectSizeLessThan": 5000}

WRONG: list[tuple[str, str, Change, str, str]] = [
    ("rule-count", "rules", lambda r: r.extend({**r[0], "id": str(i)} for i in range(998)), "1,000", "1,001"),
    ("unique-ids", f"rules[{A}].id", put(0, "id", A), "an id of its own", "on 2 rules"),
    ("id-length", f"rules[{'x' * 256}].id", put(0, "id", "x" * 256), "255", "256 characters"),
    ("rule-count", "rules", lambda r: r.clear(), "1 to 1,000 rules", "0 rules"),
    ("has-action", f"rules[{IA}]", put(0, T, []), "at least one action", "none"),
    (
        "storage-class",
        f"rules[{IA}].{T}[0].storageClass",
        put(0, T, [{"days": 7, "storageClass": "Standard-IA"}]),
        "STANDARD_IA",
        "'Standard-IA'",
    ),
    (
        "storage-class",
        f"rules[{IA}].{T}[0].storageClass",
        put(0, T, [{"days": 7, "storageClass": "STANDARD"}]),
        "STANDARD_IA",
        "'STANDARD'",
    ),
    (
        "class-once",
        f"rules[{IA}].{T}",
        put(0, T, [{"days": d, "storageClass": "STANDARD_IA"} for d in (7, 8)]),
        "one transition",
        "2",
    ),
    (
        "positive-days",
        f"rules[{IA}].{T}[0].days",
        put(0, T, [{"days": -1, "storageClass": "STANDARD_IA"}]),
        "0 days or more",
        "-1",
    ),
    ("positive-days", f"rules[{A}].{E}.days", both(put(1, E, {"days": 0}), put(1, T, [])), "1 day or more", "0"),
    ("positive-days", f"rules[{A}].{N}.noncurrentDays", put(1, N, {"noncurrentDays": 0}), "1 day or more", "0"),
    (
        "positive-days",
        f"rules[{LEFT}].abortIncompleteMultipartUpload.daysAfterInitiation",
        put(2, "abortIncompleteMultipartUpload", {"daysAfterInitiation": -2}),
        "1 day or more",
        "-2",
    ),
    (
        "order",
        f"rules[{A}].{T}",
        put(1, T, [{"days": 10, "storageClass": "GLACIER"}, {"days": 40, "storageClass": "GLACIER_IR"}]),
        "GLACIER (day 10) can move to",
        "GLACIER_IR on day 40",
    ),
    ("spacing", f"rules[{A}].{T}", merge, "DEEP_ARCHIVE on day 37 or later", "day 30, 23 days after STANDARD_IA"),
    ("expiration-last", f"rules[{A}].{E}.days", put(1, E, {"days": 30}), "more than 30 days", "30"),
    ("days-or-date", f"rules[{A}].{E}", put(1, E, {}), "either days or a date", "neither"),
    (
        "days-or-date",
        f"rules[{A}].{E}",
        put(1, E, {"days": 45, "date": "2027-01-01T00:00:00Z"}),
        "either days or a date",
        "45 days and 2027",
    ),
    ("one-clock", f"rules[{A}]", put(1, E, {"date": "2027-01-01T00:00:00Z"}), "days throughout", "both"),
    (
        "midnight-dates",
        f"rules[{IA}].{T}[0].date",
        put(0, T, [{"date": "2027-01-01T06:00:00Z", "storageClass": "STANDARD_IA"}]),
        "midnight UTC",
        "06:00",
    ),
    (
        "midnight-dates",
        f"rules[{IA}].{T}[0].date",
        put(0, T, [{"date": "2027-01-01T00:00:00+02:00", "storageClass": "STANDARD_IA"}]),
        "midnight UTC",
        "+02:00",
    ),
    (
        "midnight-dates",
        f"rules[{IA}].{T}[0].date",
        put(0, T, [{"date": "soon", "storageClass": "STANDARD_IA"}]),
        "midnight UTC",
        "'soon'",
    ),
    ("marker-alone", f"rules[{LEFT}].{E}.{X}", put(2, E, {X: True, "days": 45}), "alone", "beside 45 days"),
    (
        "marker-unfiltered",
        f"rules[{LEFT}].filter",
        both(put(2, "filter", TAG), put(2, "abortIncompleteMultipartUpload", None)),
        "prefix only",
        "tag kind=draft",
    ),
    (
        "marker-unfiltered",
        f"rules[{LEFT}].filter",
        both(put(2, "filter", SMALL), put(2, "abortIncompleteMultipartUpload", None)),
        "prefix only",
        "under 5000 bytes",
    ),
    (
        "abort-unfiltered",
        "rules[added].filter",
        add(filter=TAG, abortIncompleteMultipartUpload={"daysAfterInitiation": 7}),
        "prefix only",
        "tag kind=draft",
    ),
    (
        "abort-unfiltered",
        "rules[added].filter",
        add(filter={"objectSizeGreaterThan": 131072}, abortIncompleteMultipartUpload={"daysAfterInitiation": 7}),
        "prefix only",
        "over 131072 bytes",
    ),
    (
        "sizes-possible",
        f"rules[{IA}].filter",
        put(0, "filter", {"and": {"objectSizeGreaterThan": 200_000, "objectSizeLessThan": 200_001}}),
        "a size that an object can have",
        "over 200000 bytes",
    ),
    (
        "sizes-possible",
        f"rules[{IA}].filter",
        put(0, "filter", {"objectSizeGreaterThan": -1}),
        "a size that an object can have",
        "over -1 bytes",
    ),
    (
        "sizes-possible",
        f"rules[{IA}].filter",
        put(0, "filter", {"objectSizeLessThan": (5 << 40) + 1}),
        "5 TB",
        "5497558138881 bytes",
    ),
    ("names-fit", f"rules[{IA}].filter.prefix", put(0, "filter", {"prefix": "é" * 513}), "1024 bytes", "1026 bytes"),
    (
        "names-fit",
        f"rules[{IA}].filter",
        put(0, "filter", {"tag": {"key": "k" * 129, "value": ""}}),
        "a key of 1 to 128 characters",
        "129 and 0",
    ),
    (
        "names-fit",
        f"rules[{IA}].filter",
        put(0, "filter", {"tag": {"key": "k", "value": "v" * 257}}),
        "at most 256",
        "1 and 257",
    ),
    ("one-scope", f"rules[{IA}].filter", put(0, "prefix", "logs/"), "either filter or prefix", "filter and prefix"),
    ("one-scope", f"rules[{IA}].filter", put(0, "filter", None), "either filter or prefix", "neither"),
    (
        "one-predicate",
        f"rules[{IA}].filter",
        put(0, "filter", {"prefix": "a", "objectSizeGreaterThan": 200_000}),
        "one predicate, or several in and",
        "prefix, objectSizeGreaterThan",
    ),
    (
        "one-predicate",
        f"rules[{IA}].filter",
        put(0, "filter", {"prefix": "", "tag": {"key": "k", "value": "v"}}),
        "one predicate",
        "prefix, tag",
    ),
    (
        "one-predicate",
        f"rules[{IA}].filter",
        put(0, "filter", {"prefix": "a", "and": {"prefix": "a", "tags": {"k": "v"}}}),
        "one predicate",
        "prefix, and",
    ),
    (
        "one-predicate",
        f"rules[{IA}].filter.and",
        put(0, "filter", {"and": {"prefix": "a"}}),
        "two predicates",
        "prefix",
    ),
    ("one-predicate", f"rules[{IA}].filter.and", put(0, "filter", {"and": {"tags": {"k": "v"}}}), "two", "k"),
    ("one-predicate", f"rules[{IA}].filter.and", put(0, "filter", {"and": {}}), "two predicates", "nothing"),
    *(
        ("spacing", f"rules[{A}].{T}", both(put(1, E, None), put(1, T, [moved(*first), moved(*second)])), *says)
        for first, second, says in (
            ((30, "GLACIER"), (60, "DEEP_ARCHIVE"), ("day 120 or later", "day 60, 30 days after GLACIER")),
            ((30, "GLACIER"), (119, "DEEP_ARCHIVE"), ("day 120 or later", "day 119, 89 days after GLACIER")),
            ((4, "GLACIER_IR"), (20, "DEEP_ARCHIVE"), ("day 94 or later", "day 20, 16 days after GLACIER_IR")),
            ((4, "GLACIER_IR"), (93, "GLACIER"), ("GLACIER on day 94", "day 93, 89 days")),
            ((0, "ONEZONE_IA"), (29, "GLACIER"), ("day 30 or later", "day 29, 29 days after ONEZONE_IA")),
            ((30, "STANDARD_IA"), (30, "INTELLIGENT_TIERING"), ("day 60 or later", "day 30, 0 days")),
            ((30, "INTELLIGENT_TIERING"), (30, "GLACIER"), ("day 31 or later", "day 30, 0 days")),
            (("2027-01-01", "GLACIER"), ("2027-03-31", "DEEP_ARCHIVE"), ("2027-04-01", "2027-03-31, 89 days")),
            (("2027-01-01", "STANDARD_IA"), ("2027-01-30", "GLACIER"), ("2027-01-31", "2027-01-30, 29 days")),
        )
    ),
    *(
        ("order", f"rules[{A}].{T}", both(put(1, E, None), put(1, T, [moved(*first), moved(*second)])), *says)
        for first, second, says in (
            ((10, "ONEZONE_IA"), (200, "GLACIER_IR"), ("ONEZONE_IA (day 10) can move to", "GLACIER_IR on day 200")),
            ((10, "ONEZONE_IA"), (200, "STANDARD_IA"), ("ONEZONE_IA (day 10)", "STANDARD_IA on day 200")),
            (
                ("2027-06-01", "STANDARD_IA"),
                ("2027-01-01", "GLACIER"),
                ("GLACIER (2027-01-01) can move to", "STANDARD_IA on 2027-06-01"),
            ),
        )
    ),
    (
        "expiration-last",
        f"rules[{A}].{E}.date",
        both(put(1, T, [moved("2027-06-01", "GLACIER")]), put(1, E, {"date": "2027-06-01T00:00:00Z"})),
        "later than 2027-06-01",
        "2027-06-01",
    ),
    (
        "expiration-last",
        f"rules[{A}].{E}.date",
        both(put(1, T, [moved("2027-06-01", "GLACIER")]), put(1, E, {"date": "2027-05-01T00:00:00Z"})),
        "later than 2027-06-01",
        "2027-05-01",
    ),
    (
        "one-clock",
        f"rules[{IA}]",
        put(0, T, [moved(7, "STANDARD_IA"), moved("2027-06-01", "GLACIER")]),
        "dates throughout",
        "both",
    ),
    ("marker-alone", f"rules[{LEFT}].{E}.{X}", put(2, E, {X: False, "days": 45}), "alone", "beside 45 days"),
    ("days-fit", f"rules[{A}].{E}.days", put(1, E, {"days": 2**31}), "at most 2147483647 days", "2147483648"),
    ("days-fit", f"rules[{A}].{N}.noncurrentDays", put(1, N, {"noncurrentDays": 2**31}), "2147483647", "2147483648"),
    (
        "newer-filtered",
        f"rules[{A}].filter",
        both(
            put(1, "filter", None),
            put(1, "prefix", ""),
            put(1, N, {"noncurrentDays": 1, "newerNoncurrentVersions": 1}),
        ),
        "a filter, beside newerNoncurrentVersions",
        "prefix",
    ),
    ("acts", f"rules[added].{E}.{X}", add(expiration={X: False}), "true, or another action", "false"),
    ("enabled", f"rules[{IA}].status", put(0, "status", "Disabled"), "Enabled", "Disabled"),
    (
        "noncurrent-expire",
        f"rules[{A}].{N}",
        put(1, N, None),
        "every noncurrent version deleted, for every object",
        "(absent)",
    ),
    (
        "noncurrent-expire",
        f"rules[{A}].{N}",
        put(1, N, {"noncurrentDays": 1, "newerNoncurrentVersions": 1}),
        "every noncurrent version",
        f"only {A}",
    ),
    ("markers-removed", f"rules[{A}].{E}.{X}", put(2, E, None), "removes expired delete markers", "(absent)"),
    (
        "small-objects-move",
        f"rules[{IA}].{T}[0]",
        put(0, "filter", {"objectSizeGreaterThan": 1000}),
        "under 131,072 bytes",
        "STANDARD_IA from 1,001 bytes",
    ),
    (
        "outrun",
        f"rules[{IA}].{T}[0]",
        put(0, T, [{"days": 46, "storageClass": "STANDARD_IA"}]),
        f"before {A} ends",
        "day 46",
    ),
    (
        "outrun",
        f"rules[{IA}].{T}[0]",
        put(0, T, [{"days": 31, "storageClass": "STANDARD_IA"}]),
        "a class that DEEP_ARCHIVE can move to",
        "STANDARD_IA on day 31",
    ),
    (
        "overlap",
        f"rules[{A}].{E}.days",
        add(filter={"prefix": ""}, expiration={"days": 40}, noncurrentVersionExpiration={"noncurrentDays": 1}),
        "one day for each object",
        "45 days; added",
    ),
    (
        "overlap",
        "rules[added].expiration.days",
        add(filter={"prefix": "drafts/"}, expiration={"days": 60}),
        "narrower rule the earlier",
        f"60 days; {A}",
    ),
]


ACCEPTED: list[Change] = [
    put(0, "id", None),
    lambda rules: [rule.pop("id") for rule in rules],
    put(0, "id", "x" * 255),
    add(expiration={X: False}),
    both(put(0, "filter", None), put(0, "prefix", "logs/")),
    put(0, "filter", {}),
    put(0, "filter", {"and": {"prefix": "", "objectSizeGreaterThan": 5 << 40}}),
    put(0, "filter", {"and": {"tags": {"a": "b", "c": ""}}}),
    put(0, "filter", {"tag": {"key": "k" * 128, "value": "v" * 256}}),
    both(put(1, E, None), put(1, T, [moved(30, "GLACIER"), moved(120, "DEEP_ARCHIVE")])),
    both(put(1, E, None), put(1, T, [moved(4, "GLACIER_IR"), moved(94, "DEEP_ARCHIVE")])),
    both(put(1, E, None), put(1, T, [moved(30, "INTELLIGENT_TIERING"), moved(31, "GLACIER_IR")])),
    both(put(1, E, None), put(1, T, [moved("2027-01-01", "GLACIER"), moved("2027-04-01", "DEEP_ARCHIVE")])),
    both(put(1, E, None), put(1, T, [moved(120, "DEEP_ARCHIVE"), moved(30, "GLACIER")])),
    put(0, T, [moved(2**31 - 1, "STANDARD_IA")]),
    put(0, T, [{"date": "2027-01-01T02:00:00+02:00", "storageClass": "STANDARD_IA"}]),
    put(0, T, [{"date": "2001-01-01T00:00:00Z", "storageClass": "STANDARD_IA"}]),
    put(1, N, {"noncurrentDays": 1, "newerNoncurrentVersions": 100}),
]
"""Changes after which S3 still accepts the configuration."""

MORE_WRONG: list[tuple[str, str, dict[str, Any], Change, bool, int]] = [
    ("versions-exist", f"rules[{A}].{N}", recordings(), nothing, False, 131_072),
    ("versions-exist", f"rules[{LEFT}].{E}.{X}", recordings(), nothing, False, 131_072),
    ("versions-exist", "rules[old-versions].noncurrentVersionTransitions", noncurrent(), nothing, False, 131_072),
    ("small-objects-stay", f"rules[{IA}].filter", recordings(), nothing, True, 4000),
    (
        "newer-versions",
        f"rules[old-versions].{N}.newerNoncurrentVersions",
        noncurrent(),
        put(0, N, {"noncurrentDays": 90, "newerNoncurrentVersions": 101}),
        True,
        131_072,
    ),
    (
        "expiration-last",
        f"rules[old-versions].{N}.noncurrentDays",
        noncurrent(),
        put(0, N, {"noncurrentDays": 40}),
        True,
        131_072,
    ),
    (
        "positive-days",
        "rules[old-versions].noncurrentVersionTransitions[0].noncurrentDays",
        noncurrent(),
        put(0, "noncurrentVersionTransitions", [{"noncurrentDays": -1, "storageClass": "GLACIER"}]),
        True,
        131_072,
    ),
    (
        "spacing",
        "rules[old-versions].noncurrentVersionTransitions",
        noncurrent(),
        lambda r: r[0]["noncurrentVersionTransitions"][1].update(noncurrentDays=39),
        True,
        131_072,
    ),
    (
        "spacing",
        "rules[old-versions].noncurrentVersionTransitions",
        noncurrent(),
        put(
            0,
            "noncurrentVersionTransitions",
            [{"noncurrentDays": d, "storageClass": c} for d, c in ((0, "GLACIER"), (89, "DEEP_ARCHIVE"))],
        ),
        True,
        131_072,
    ),
    (
        "days-or-date",
        "rules[old-versions].noncurrentVersionTransitions[0].noncurrentDays",
        noncurrent(),
        lambda r: r[0]["noncurrentVersionTransitions"][0].update(noncurrentDays=None),
        True,
        131_072,
    ),
    (
        "days-or-date",
        f"rules[old-versions].{N}.noncurrentDays",
        noncurrent(),
        put(0, N, {"newerNoncurrentVersions": 3}),
        True,
        131_072,
    ),
    (
        "outrun",
        "rules[old-versions].noncurrentVersionTransitions[1]",
        noncurrent(),
        add(noncurrentVersionExpiration={"noncurrentDays": 40}),
        True,
        131_072,
    ),
    (
        "minimum-size-name",
        "transitionDefaultMinimumObjectSize",
        {**recordings(), "transitionDefaultMinimumObjectSize": "128K"},
        nothing,
        True,
        131_072,
    ),
    (
        "small-objects-move",
        f"rules[{A}].{T}[0]",
        {**recordings(), "transitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        nothing,
        True,
        131_072,
    ),
]
