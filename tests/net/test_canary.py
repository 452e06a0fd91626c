"""A key, through everything that goes wrong: it is in no exception, no repr, and no log."""

from __future__ import annotations

import logging
import traceback

import pytest

from refact_lsp.config.secret import Secret
from refact_lsp.net.call import Call, Network
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import RequestError
from tests.net.scripted import SSE, Peer, Script, answering, ending, holding, serving, whole
from tests.net.test_transfer import QUICK, outcome

CANARY = "canary-7f3a9c1e5b2d4806"


async def echoing(peer: Peer) -> None:
    """Answer an error that quotes the whole request."""
    seen = await peer.request()
    text = f"{seen.target} {seen.headers} {seen.body.decode()}"
    await peer.send(whole(text.encode(), "401 Unauthorized", x_request_id=CANARY))


async def echoing_in_a_stream(peer: Peer) -> None:
    seen = await peer.request()
    quoted = str(seen.headers).replace('"', "'")
    await peer.send(SSE + f'data: {{"error": {{"message": "{quoted}"}}}}\n\n'.encode())


async def resetting(peer: Peer) -> None:
    await peer.request()
    peer.reset()


FAULTS: dict[str, Script] = {
    "quoted": echoing,
    "quoted-in-a-stream": echoing_in_a_stream,
    "page": answering(whole(f"<title>{CANARY}</title>".encode())),
    "words": answering(whole(f"hello {CANARY}".encode())),
    "redirect": answering(whole(b"", "302 Found", location=f"https://{CANARY}@x.test/{CANARY}")),
    "no-http": ending(f"{CANARY}\r\n\r\n".encode()),
    "bad-header": ending(f"HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n".encode()),
    "bad-encoding": answering(whole(b"x", content_encoding="br")),
    "reset": resetting,
    "closed": ending(b""),
    "silent": holding(),
    "stalled": holding(SSE + b"data: a\n\n"),
}


def everything(error: BaseException) -> str:
    """Answer all that an exception holds, and those that hang on it."""
    texts: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None:
            texts += [str(each), repr(each), str(each.args), str(getattr(each, "facts", ""))]
            texts += traceback.format_exception(each)
            waiting += [each.__cause__, each.__context__]
    return "\n".join(texts)


@pytest.mark.parametrize("fault", FAULTS)
async def test_key_is_in_no_error_and_no_log_t5(
    client: HttpClient, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(FAULTS[fault]) as server:
        call = Call(
            f"{server.url}?key={CANARY}",
            headers={"Authorization": f"Bearer {CANARY}", "x-api-key": CANARY},
            body=f"code with {CANARY}".encode(),
            secrets=(Secret(CANARY),),
        )
        _, error = await outcome(client, call, QUICK)
    assert isinstance(error, RequestError)
    assert CANARY not in everything(error)
    assert CANARY not in caplog.text
    assert CANARY not in repr(call)


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("http://127.0.0.1:1/", f"Bearer {CANARY}\n"),
        (f"http://127.0.0.1:1/?key={CANARY}", CANARY),
        (f"http://{CANARY}@127.0.0.1:1/", CANARY),
        (f"http://api.test/?key={CANARY}", CANARY),
        (f"https://nowhere.test/?key={CANARY}", CANARY),
        (f"ftp://x/{CANARY}", CANARY),
        (f"https://x/ {CANARY}", CANARY),
    ],
)
async def test_key_is_in_no_error_of_a_request_that_was_not_sent_t5(
    client: HttpClient, caplog: pytest.LogCaptureFixture, url: str, value: str
) -> None:
    caplog.set_level(logging.DEBUG)
    call = Call(url, headers={"Authorization": value}, secrets=(Secret(CANARY),))
    _, error = await outcome(client, call, QUICK)
    assert error is not None
    assert CANARY not in everything(error)
    assert CANARY not in caplog.text


async def test_password_of_a_proxy_is_in_no_error_t5(client: HttpClient) -> None:
    network = Network(proxy=f"http://me:{CANARY}@127.0.0.1:1")
    _, error = await outcome(client, Call("https://api.test/", network=network), QUICK)
    assert error is not None
    assert CANARY not in everything(error)
