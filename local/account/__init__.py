"""An AWS account on this machine: moto behind a wrapper that closes the gaps which would make a green run a lie."""

from local.account.daemon import Account, AccountError, authorization, ensure, reset, shift_clock, status, stop

__all__ = ["Account", "AccountError", "authorization", "ensure", "reset", "shift_clock", "status", "stop"]
