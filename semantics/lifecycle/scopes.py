"""What S3 refuses in a lifecycle rule's filter, and in what stands beside one.

Each function yields a `Defect` for each place; `semantics.lifecycle.constraints` lists them with page and date.
"""

from collections.abc import Iterator

from semantics.lifecycle.checks import Defect, Subject
from semantics.lifecycle.model import LifecycleRule

PREFIX_LIMIT, TAG_KEY_LIMIT, TAG_VALUE_LIMIT = 1024, 128, 256
SIZE_LIMIT = 5 << 40
"""Bytes of the largest size in a filter."""


def one_scope(subject: Subject) -> Iterator[Defect]:
    """Finds rules with both a filter and a prefix beside it, or with neither."""
    for rule in subject.configuration.rules:
        if len(rule.scopes) != 1:
            yield Defect(f"{rule.path}.filter", "either filter or prefix", " and ".join(rule.scopes) or "neither")


def one_predicate(subject: Subject) -> Iterator[Defect]:
    """Finds filters of several predicates without `and`, and `and` of fewer than two."""
    for rule in subject.configuration.rules:
        if len(rule.filter.written) > 1:
            yield Defect(f"{rule.path}.filter", "one predicate, or several in and", ", ".join(rule.filter.written))
        if "and" in rule.filter.written and len(rule.filter.joined) < 2:
            found = ", ".join(rule.filter.joined) or "nothing"
            yield Defect(f"{rule.path}.filter.and", "two predicates or more", found)


def sizes_possible(subject: Subject) -> Iterator[Defect]:
    """Finds size filters that admit nothing, or that look beyond 5 TB."""
    for rule in subject.configuration.rules:
        smallest, largest = rule.filter.sizes
        if smallest > largest or (rule.filter.larger_than or 0) < 0:
            yield Defect(f"{rule.path}.filter", "a size that an object can have", str(rule.filter))
        for size in (rule.filter.larger_than, rule.filter.smaller_than):
            if size is not None and size > SIZE_LIMIT:
                yield Defect(f"{rule.path}.filter", f"at most {SIZE_LIMIT} bytes, 5 TB", f"{size} bytes")


def names_fit(subject: Subject) -> Iterator[Defect]:
    """Finds prefixes and tags longer than those of any object."""
    for rule in subject.configuration.rules:
        if (length := len(rule.filter.prefix.encode())) > PREFIX_LIMIT:
            yield Defect(f"{rule.path}.filter.prefix", f"at most {PREFIX_LIMIT} bytes", f"{length} bytes")
        for key, value in rule.filter.tags:
            if not 1 <= len(key) <= TAG_KEY_LIMIT or len(value) > TAG_VALUE_LIMIT:
                expected = f"a key of 1 to {TAG_KEY_LIMIT} characters, a value of at most {TAG_VALUE_LIMIT}"
                yield Defect(f"{rule.path}.filter", expected, f"{len(key)} and {len(value)} characters")


def marker_unfiltered(subject: Subject) -> Iterator[Defect]:
    """Finds the removal of delete markers under a filter by tag or size, which markers have not."""
    for rule in subject.configuration.rules:
        if rule.expiration and rule.expiration.delete_marker is not None and _narrow(rule):
            yield Defect(f"{rule.path}.filter", "a prefix only, beside expiredObjectDeleteMarker", str(rule.filter))


def abort_unfiltered(subject: Subject) -> Iterator[Defect]:
    """Finds the end of multipart uploads under a filter by tag or size, which uploads have not."""
    for rule in subject.configuration.rules:
        if rule.abort_multipart_days is not None and _narrow(rule):
            expected = "a prefix only, beside abortIncompleteMultipartUpload"
            yield Defect(f"{rule.path}.filter", expected, str(rule.filter))


def _narrow(rule: LifecycleRule) -> bool:
    return bool(rule.filter.tags) or rule.filter.by_size


def newer_filtered(subject: Subject) -> Iterator[Defect]:
    """Finds spared noncurrent versions in a rule that has a prefix instead of a filter."""
    for rule in subject.configuration.rules:
        ends = (*rule.noncurrent_transitions, *filter(None, [rule.noncurrent_expiration]))
        if rule.scopes == ("prefix",) and any(e.newer_versions is not None for e in ends):
            yield Defect(f"{rule.path}.filter", "a filter, beside newerNoncurrentVersions", "prefix")
