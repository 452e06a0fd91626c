"""Who signed a certificate that could not be trusted: the name to ask one's company about.

The handshake that failed does not give it, so the server is asked once more, without checking and
without sending anything.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from refact_lsp.net.address import Address
from refact_lsp.net.certificate import issuer_of

PATIENCE_S = 1.0


async def presented_issuer(address: Address, proxy: str) -> str:
    """Answer the issuer of the certificate that a server shows, or an empty text.

    `proxy`: the URL of the proxy that leads to it, or empty.
    """
    with suppress(OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(PATIENCE_S):
            return issuer_of(await _certificate(address, proxy))
    return ""


async def _certificate(address: Address, proxy: str) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    parts = urlsplit(proxy) if proxy else None
    if parts is not None and parts.scheme != "http":
        return b""
    host = parts.hostname if parts is not None else address.host
    port = (parts.port or 80) if parts is not None else address.port
    _, writer = opened = await asyncio.open_connection(host, port)
    try:
        if parts is not None:
            await _tunnel(*opened, address, _authorization(parts.username, parts.password))
        await writer.start_tls(context, server_hostname=address.host)
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return bytes(found or b"")
    finally:
        writer.transport.abort()


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address, extra: str
) -> None:
    host = f"[{address.host}]" if ":" in address.host else address.host
    target = f"{host}:{address.port}"
    writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{extra}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200" not in head.partition(b"\r\n")[0]:
        raise ConnectionError


def _authorization(name: str | None, password: str | None) -> str:
    if not name:
        return ""
    pair = f"{unquote(name)}:{unquote(password or '')}".encode()
    return f"Proxy-Authorization: Basic {b64encode(pair).decode()}\r\n"
