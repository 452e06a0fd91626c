"""What tests of requests stand on: a client, and certificates that only they trust."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from refact_lsp.net.client import HttpClient


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    """Answer a client that knows the name `model.test`, and no other."""

    def find(host: str) -> list[str]:
        if host == "model.test":
            return ["127.0.0.1"]
        raise OSError

    made = HttpClient(find)
    await made.warm("http://127.0.0.1:1/")  # the library is loaded, and time is the server's
    yield made
    await made.aclose()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Answer a certificate authority that no system trusts."""
    return trustme.CA(organization_name="Test Interception", organization_unit_name="Proxy")


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Answer the file of that authority."""
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def server_context(
    certificate: trustme.LeafCert, *, protocols: tuple[str, ...] = ()
) -> ssl.SSLContext:
    """Answer the TLS context of a server with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


@pytest.fixture(scope="session")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """Answer the TLS context of a server at 127.0.0.1 and `model.test`."""
    return server_context(authority.issue_cert("127.0.0.1", "model.test"))
