"""What the HTTP library raises, told as `RequestError`; nothing of it goes further."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

from refact_lsp.net.errors import Facts, Kind, RequestError

_REFUSED_STREAM = 7
"""The code of RFC 9113, section 7."""

REFUSED = Facts(code="refused_stream")
"""An HTTP/2 server has not looked at the request, and it may be sent again (RFC 9113, 8.7)."""


@contextmanager
def told(host: str) -> Iterator[None]:
    """Raise `RequestError` for what the library raises inside; its own words are not shown.

    They hold what was sent: a header that cannot be sent is quoted with its key.
    """
    failure: RequestError | None = None
    try:
        yield
    except httpcore.ProxyError as error:
        failure = RequestError(Kind.PROXY, _proxy_sentence(str(error)))
    except httpcore.UnsupportedProtocol:
        failure = RequestError(Kind.ADDRESS, "A URL begins with http:// or https://.")
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        failure = _broken(host, error)
    if failure is not None:
        raise failure  # outside of the handler, so that nothing of the library hangs on it


def _proxy_sentence(text: str) -> str:
    status = text.partition(" ")[0] if text[:3].isdigit() else ""
    if status == "407":
        return "The proxy wants a user name and password (407). Write them into `proxy`."
    return f"The proxy does not let us through ({status or 'no answer'})."


def _broken(host: str, error: Exception) -> RequestError:
    cause = error.args[0] if error.args else None
    event = type(cause).__name__  # HTTP/2 is an extra: its classes may not be there
    if event == "StreamReset":
        refused = getattr(cause, "error_code", None) == _REFUSED_STREAM
        return RequestError(
            Kind.CUT_OFF, f"{host} ended the answer.", REFUSED if refused else Facts()
        )
    if isinstance(error, httpcore.NetworkError) or event == "ConnectionTerminated":
        return RequestError(Kind.CUT_OFF, f"The connection to {host} broke.")
    words = str(error)
    if words.startswith(("Server disconnected", "peer closed", "<ConnectionTerminated")):
        return RequestError(
            Kind.CUT_OFF, f"{host} closed the connection before its answer was whole."
        )
    if "too long" in words or "too large" in words:
        return RequestError(Kind.PROTOCOL, f"{host} sends more headers than 100 KB.")
    return RequestError(Kind.PROTOCOL, f"{host} does not answer in proper HTTP.")
