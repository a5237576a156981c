"""What is proposed to the provider, and what counts as a change."""

from hypothesis import given
from hypothesis import strategies as st

from local.bridge.plan import at, changed, proposed_new
from local.bridge.schema import Field, Type
from local.bridge.values import UNKNOWN

STRING, NUMBER = Type("string"), Type("number")
RULE = Type(
    "object",
    fields={
        "id": Field(STRING, required=True),
        "days": Field(NUMBER, optional=True),
        "prefix": Field(STRING, optional=True, computed=True),
    },
)
ROOT = Type(
    "object",
    fields={
        "name": Field(STRING, required=True),
        "arn": Field(STRING, computed=True),
        "class": Field(STRING, optional=True, computed=True),
        "note": Field(STRING, optional=True),
        "rule": Field(Type("list", element=RULE), block=True),
        "tag": Field(Type("set", element=RULE), block=True),
    },
)


def root(**values: object) -> dict[str, object]:
    return {"name": "a", "arn": None, "class": None, "note": None, "rule": [], "tag": [], **values}


def test_what_the_provider_computed_is_proposed_again() -> None:
    prior = root(arn="arn:a", **{"class": "STANDARD"})
    assert proposed_new(ROOT, prior, root()) == prior


def test_what_the_configuration_drops_is_not_kept() -> None:
    assert proposed_new(ROOT, root(note="old"), root())["note"] is None


def test_what_the_configuration_sets_wins_over_what_was_computed() -> None:
    prior = root(**{"class": "STANDARD"})
    assert proposed_new(ROOT, prior, root(**{"class": "GLACIER"}))["class"] == "GLACIER"


def test_blocks_of_a_list_are_matched_by_index() -> None:
    prior = root(rule=[{"id": "x", "days": 1, "prefix": "p"}])
    wanted = root(rule=[{"id": "y", "days": 2, "prefix": None}, {"id": "z", "days": 3, "prefix": None}])
    assert proposed_new(ROOT, prior, wanted)["rule"] == [
        {"id": "y", "days": 2, "prefix": "p"},
        {"id": "z", "days": 3, "prefix": None},
    ]


def test_blocks_of_a_set_are_matched_by_what_is_configured() -> None:
    prior = root(tag=[{"id": "x", "days": 1, "prefix": "of x"}, {"id": "y", "days": 2, "prefix": "of y"}])
    wanted = root(tag=[{"id": "y", "days": 2, "prefix": None}, {"id": "x", "days": 5, "prefix": None}])
    assert proposed_new(ROOT, prior, wanted)["tag"] == [
        {"id": "y", "days": 2, "prefix": "of y"},
        {"id": "x", "days": 5, "prefix": None},
    ]


def test_unknown_blocks_stay_unknown() -> None:
    assert proposed_new(ROOT, root(), root(rule=UNKNOWN))["rule"] == UNKNOWN


def test_a_deletion_proposes_nothing() -> None:
    assert proposed_new(ROOT, root(), None) is None


def test_the_order_of_a_set_is_no_change_and_that_of_a_list_is() -> None:
    x, y = {"id": "x", "days": 1, "prefix": None}, {"id": "y", "days": 2, "prefix": None}
    assert changed(ROOT, root(tag=[x, y]), root(tag=[y, x])) == frozenset()
    assert changed(ROOT, root(rule=[x, y]), root(rule=[y, x])) == {"rule"}


def test_what_is_unknown_is_a_change() -> None:
    assert changed(ROOT, root(arn="arn:a"), root(arn=UNKNOWN)) == {"arn"}


def test_a_path_is_followed_into_lists_and_ends_where_nothing_is() -> None:
    value = root(rule=[{"id": "x", "days": "30", "prefix": None}])
    assert at(ROOT, value, ("rule", 0, "days")) == at(ROOT, root(rule=[{"id": "x", "days": 30.0}]), ("rule", 0, "days"))
    assert at(ROOT, value, ("rule", 1, "days")) is None
    assert at(ROOT, None, ("name",)) is None


TEXTS = st.one_of(st.none(), st.text(max_size=3))
RULES = st.fixed_dictionaries({"id": st.text(max_size=3), "days": st.one_of(st.none(), st.integers()), "prefix": TEXTS})
ROOTS = st.fixed_dictionaries(
    {
        "name": st.text(max_size=3),
        "arn": TEXTS,
        "class": TEXTS,
        "note": TEXTS,
        "rule": st.lists(RULES, max_size=3),
        "tag": st.lists(RULES, max_size=3),
    }
)


@given(ROOTS)
def test_proposing_what_stands_changes_nothing(state: dict[str, object]) -> None:
    assert changed(ROOT, state, proposed_new(ROOT, state, state)) == frozenset()


@given(ROOTS, ROOTS)
def test_a_proposal_holds_all_that_is_configured(prior: dict[str, object], wanted: dict[str, object]) -> None:
    proposal = proposed_new(ROOT, prior, wanted)
    assert all(proposal[name] == wanted[name] for name in ("name", "note"))
    assert [rule["id"] for rule in proposal["rule"]] == [
        rule["id"] for rule in proposed_new(ROOT, None, wanted)["rule"]
    ]
