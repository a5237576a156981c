import pytest

from local.account.daemon import Account
from local.loopback import past_proxies


def test_without_a_proxy_nothing_is_set() -> None:
    assert past_proxies({"NO_PROXY": "example.org", "HTTP_PROXY": ""}) == {}


@pytest.mark.parametrize(
    ("told", "exempt"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "example.org"}, "example.org,127.0.0.1,localhost"),
        ({"no_proxy": "small", "NO_PROXY": "capital"}, "small,127.0.0.1,localhost"),
        ({"NO_PROXY": "localhost,127.0.0.1"}, "localhost,127.0.0.1"),
    ],
)
def test_with_a_proxy_this_machine_joins_what_is_exempt(told: dict[str, str], exempt: str) -> None:
    assert past_proxies({"https_proxy": "http://proxy:3128"} | told) == {"NO_PROXY": exempt, "no_proxy": exempt}


def test_a_tool_pointed_at_the_account_does_not_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    account = Account("http://127.0.0.1:5000", "us-east-1", "123456789012", 1, fresh=False)
    assert account.environment()["no_proxy"] == "127.0.0.1,localhost"
