"""One instance at a fake server, asked with a client of its own."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from refact_lsp.config.load import load_templates
from refact_lsp.config.provider_file import read_provider_file
from refact_lsp.config.resolve import Instance, WrittenFile, resolve_providers
from refact_lsp.net.client import HttpClient
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.discovery.discover import Discovered, discover
from refact_lsp.providers.known import KnownModels

CANARY = "sk-canary-31c9aaQQlist"


def instance(family: str, url: str, more: str = "") -> Instance:
    """Make an instance from a file as a user writes it."""
    text = f"base_provider: {family}\nendpoint: {url}\n{more}"
    given, problems = read_provider_file(text.encode(), "mine.yaml")
    assert problems == ()
    files = [WrittenFile("mine.yaml", "mine", given)]
    return resolve_providers(load_templates()[0], files, {}).instances["mine"]


@asynccontextmanager
async def client() -> AsyncIterator[HttpClient]:
    """Give a client, and close it."""
    made = HttpClient()
    try:
        yield made
    finally:
        await made.aclose()


async def ask(asked: Instance, known: KnownModels | None = None) -> Discovered:
    """Discover with a client of its own."""
    async with client() as made:
        return await discover(asked, made, Keys(), known if known is not None else KnownModels())


def unused_port() -> int:
    """Answer a port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
