"""Asks one server about its models: a path in, decoded JSON out; four questions at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from refact_lsp.config.listed import base_of
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.net.call import Answer, Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.limits import SMALL
from refact_lsp.providers.credentials import Credentials
from refact_lsp.providers.endpoint import network_of
from refact_lsp.providers.endpoints import endpoint_url

AT_ONCE = 4


@dataclass(slots=True)
class Asking:
    """The way to one server; nothing of the user's text ever goes along."""

    settings: ProviderFile
    client: HttpClient
    credentials: Credentials
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def url(self, path: str) -> str:
        """Answer the URL of a path at this server."""
        return endpoint_url(base_of(self.settings), path)

    async def ask(self, url: str, body: Mapping[str, str] | None = None) -> object:
        """Answer the JSON at a URL, posting a body where there is one; raises RequestError."""
        call = Call(
            url,
            method="GET" if body is None else "POST",
            headers={**self.credentials.headers, "accept": "application/json"},
            body=b"" if body is None else json.dumps(body).encode(),
            secrets=self.credentials.secrets,
            network=network_of(self.settings),
        )
        async with self._places:
            answer = await self.client.fetch(call, SMALL)
        _refuse_page(answer, url)
        return answer.json()

    async def try_to_ask(self, url: str, body: Mapping[str, str] | None = None) -> object:
        """Answer the JSON at a URL, None where that brings none."""
        try:
            return await self.ask(url, body)
        except RequestError:
            return None


def label_of(url: str) -> str:
    """Answer the host and port of a URL, as a person writes them."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "its server"


def _refuse_page(answer: Answer, url: str) -> None:
    is_page = "html" in answer.headers.get("content-type", "").lower()
    if is_page or answer.body.lstrip()[:1] == b"<":
        sentence = f"{label_of(url)} answers with a web page, not with a list of models."
        facts = Facts(status=answer.status)
        raise RequestError(Kind.NOT_AN_API, f"{sentence} Check the URL and its port.", facts)
