import pytest

from local.account.conditions import Context, judge

CONTEXT: Context = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:principalaccount": "123456789012",
    "aws:currenttime": "2026-11-29T00:00:00+00:00",
    "aws:sourceip": "10.0.0.7",
    "s3:prefix": None,
    "s3:requestobjecttagkeys": ["a", "b"],
    "s3:max-keys": "many",
}


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
        ("DateLessThan", "aws:TokenIssueTime", "2030-01-01", None),
        ("DateLessThan", "aws:CurrentTime", "2030-01-01", True),
        ("DateGreaterThan", "aws:CurrentTime", "1900000000", False),
        ("DateNotEquals", "aws:CurrentTime", "2026-11-29T00:00:00Z", False),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.0.2.0/24"], False),
        ("Null", "s3:prefix", "true", True),
        ("Null", "s3:prefix", "false", False),
        ("Null", "aws:SourceIp", "true", False),
        ("Null", "aws:SourceVpce", "true", None),
        ("StringEquals", "s3:prefix", "", False),
        ("StringNotEquals", "s3:prefix", "mine/", True),
        ("StringEqualsIfExists", "s3:prefix", "mine/", True),
        ("ForAllValues:StringEquals", "s3:prefix", "mine/", True),
        ("ForAnyValue:StringEquals", "s3:prefix", "mine/", False),
        ("ForAllValues:StringEquals", "s3:RequestObjectTagKeys", ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", "s3:RequestObjectTagKeys", ["a"], False),
        ("ForAnyValue:StringEquals", "s3:RequestObjectTagKeys", ["b"], True),
        ("ForAnyValue:StringNotEquals", "s3:RequestObjectTagKeys", ["a", "b"], False),
        ("NumericLessThan", "s3:max-keys", "10", False),
        ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", True),
        ("StringLike", "aws:SourceIp", "${s3:prefix, '10.0'}.*", True),
        ("StringLike", "aws:SourceIp", "${s3:prefix}*", False),
        ("StringNotEquals", "aws:SourceIp", "${aws:PrincipalTag/address}", None),
        ("StringEquals", "aws:SourceIp", "10.0.0.7${?}", False),
        ("Resembles", "aws:SourceIp", "10.0.0.7", None),
    ],
)
def test_one_condition(operator: str, key: str, wanted: object, held: bool | None) -> None:
    assert judge({operator: {key: wanted}}, CONTEXT) is held


def test_all_conditions_must_hold_and_a_sure_no_beats_an_unknown() -> None:
    known = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    assert judge({}, CONTEXT) is True
    assert judge({**known, "Bool": {"aws:ViaAWSService": "true"}}, CONTEXT) is None
    assert judge({"Bool": {"aws:ViaAWSService": "true", "aws:SecureTransport": "false"}}, CONTEXT) is False
