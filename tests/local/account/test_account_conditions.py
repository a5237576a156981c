import pytest

from local.account.conditions import judge

CONTEXT = {"aws:securetransport": "true", "s3:tlsversion": "1.3", "aws:principalaccount": "123456789012"}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "held"),
    [
        ("Bool", "aws:SecureTransport", "false", False),
        ("Bool", "aws:SecureTransport", True, True),
        ("NumericLessThan", "s3:TlsVersion", "1.2", False),
        ("NumericLessThan", "s3:TlsVersion", 1.4, True),
        ("StringEquals", "aws:PrincipalAccount", ["1", "123456789012"], True),
        ("StringNotEquals", "aws:PrincipalAccount", ["1", "123456789012"], False),
        ("StringNotEquals", "aws:PrincipalAccount", "1", True),
        ("StringLikeIfExists", "aws:PrincipalAccount", "1234*", True),
        ("StringEquals", "aws:SourceVpce", "vpce-1", None),
        ("DateLessThan", "aws:CurrentTime", "2030-01-01", None),
    ],
)
def test_one_condition(operator: str, key: str, wanted: object, held: bool | None) -> None:
    assert judge({operator: {key: wanted}}, CONTEXT) is held


def test_all_conditions_must_hold_and_a_sure_no_beats_an_unknown() -> None:
    known = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    assert judge({}, CONTEXT) is True
    assert judge({**known, "Bool": {"aws:ViaAWSService": "true"}}, CONTEXT) is None
    assert judge({"Bool": {"aws:ViaAWSService": "true", "aws:SecureTransport": "false"}}, CONTEXT) is False
