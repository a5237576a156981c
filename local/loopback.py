"""Whatever proxy this machine uses, what listens on the machine itself is reached without it."""

from collections.abc import Mapping

HOSTS = ("127.0.0.1", "localhost")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy")


def past_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that exempt this machine from the proxy it uses; none where it uses none.

    Both spellings: boto3 and gRPC (which the engine, its host and the provider speak) read the small letters first.
    """
    if not any(environment.get(name) or environment.get(name.upper()) for name in PROXIES):
        return {}
    exempt = (environment.get("no_proxy") or environment.get("NO_PROXY") or "").split(",")
    value = ",".join([*filter(None, exempt), *(host for host in HOSTS if host not in exempt)])
    return {"NO_PROXY": value, "no_proxy": value}
