"""The stub's HTTP: as little as S3 clients speak, kept lean so that the server is not what a benchmark measures."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from tests.stubs.s3.messages import Answer, Call
from tests.stubs.s3.operations import operation_of
from tests.stubs.s3.services import CONTROL, Services


class Connection(asyncio.Protocol):
    """One client's connection: requests come one after the other, each answered before the next."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._received = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport; Nagle's algorithm is off in asyncio already."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers once a whole request is here."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if headers.get("expect") == "100-continue" and len(self._received) == end + 4:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        size = end + 4 + int(headers.get("content-length", "0"))
        if len(self._received) < size:
            return
        body = bytes(self._received[end + 4 : size])
        del self._received[:size]
        method, target, _ = lines[0].split(" ", 2)
        self._answer(method, target, headers, body)

    def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        path, _, query = target.partition("?")
        if path.startswith(CONTROL):
            self._send(method, self._services.control(path.removeprefix(CONTROL), body))
            return
        self._services.began = self._services.began or time.monotonic()
        if operation := self._services.asked(method, path, headers):
            answer, kind = self._services.answer(operation, body)
            self._finish(method, answer, kind)
            return
        _, _, key = path.removeprefix("/").partition("/")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        call = Call(method, unquote(key), pairs, headers, body)
        operation = operation_of(call)
        api = self._services.api
        api.counts[operation] += 1
        fault = api.behaviour.fault(operation, api.counts[operation])
        answer = api.answer(operation, call)
        delay = api.behaviour.latency.of(operation, answer.keys)
        kind = fault.kind if fault else ""
        if delay:
            asyncio.get_running_loop().call_later(delay, self._finish, method, answer, kind)
        else:
            self._finish(method, answer, kind)

    def _finish(self, method: str, answer: Answer, fault: str = "") -> None:
        self._send(method, answer, fault)
        self._services.ended = time.monotonic()

    def _send(self, method: str, answer: Answer, fault: str = "") -> None:
        if fault == "reset":
            self._transport.abort()
        if fault in {"reset", "hang"}:
            return
        if fault == "foreign":
            answer = Answer(200, b"<html><body>Please log in</body></html>")
        body = answer.body[: len(answer.body) // 2] if fault == "truncated" else answer.body
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=self._services.clock_ahead), usegmt=True)
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nDate: {date}\r\n"
            f"Content-Type: application/xml\r\nContent-Length: {len(body)}\r\nx-amz-request-id: stub\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
            + "\r\n"
        ).encode()
        if fault == "slow":
            body = body[: len(body) // 2]
        if fault == "trickle":
            self._trickle(head + body)
        else:
            self._transport.write(head if method == "HEAD" else head + body)

    def _trickle(self, rest: bytes) -> None:
        """One byte now, and the others one by one: never silent for long, and never done."""
        if rest and not self._transport.is_closing():
            self._transport.write(rest[:1])
            asyncio.get_running_loop().call_later(0.05, self._trickle, rest[1:])


async def serve(services: Services, port: int) -> None:
    """Listens on 127.0.0.1 and prints the port, then serves for ever."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(services), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
