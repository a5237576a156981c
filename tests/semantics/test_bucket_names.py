import pytest

from semantics.bucket_names import problem


@pytest.mark.parametrize("name", ["abc", "a" * 63, "my.bucket-1", "1ab", "x-an-y"])
def test_a_name_that_s3_takes(name: str) -> None:
    assert problem(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ab", "3 to 63"),
        ("a" * 64, "3 to 63"),
        ("Abc", "3 to 63"),
        ("a_b", "3 to 63"),
        ("-ab", "begun and ended"),
        ("ab.", "begun and ended"),
        ("a..b", "two dots"),
        ("192.168.5.4", "IP address"),
        *((f"{beginning}x", "reserves") for beginning in ("xn--", "sthree-", "amzn-s3-demo-")),
        *((f"x{end}", "reserves") for end in ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")),
    ],
)
def test_a_name_that_s3_refuses(name: str, said: str) -> None:
    assert said in (problem(name) or "")
