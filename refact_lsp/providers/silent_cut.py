"""Finds out whether a server cuts a long prompt without a word: one such prompt, and its count."""

from __future__ import annotations

from contextlib import aclosing

from refact_lsp.messages import Usage
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import RequestError
from refact_lsp.providers.asked_model import AskedModel
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import Credentials, credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.fim.ways import Way, WayKind
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.probing import PROBE
from refact_lsp.providers.question import PlainReader, Question
from refact_lsp.providers.reading import Reading
from refact_lsp.providers.wire.answer import prompt_was_cut
from refact_lsp.providers.wire.format import TokensPrompt, WireRequest

LINES = 400
_LINE = "value_{0} = compute(value_{0}, {0})\n"
_CHARS_PER_TOKEN = 3.5
"""A cautious guess for such lines; a server that reports 70 % of that has read it all."""


async def prompt_is_cut(
    endpoint: Endpoint, client: HttpClient, keys: Keys, known: KnownModels
) -> str:
    """Answer a sentence where a server cuts a long prompt in silence, else "".

    The prompt is the program's own text, of a length that would fit the context it tells. Raises
    `ConfigError` where the key cannot be had.
    """
    model = AskedModel(endpoint, known)
    way = next((each for each in model.ways() if each.kind is not WayKind.CHAT), None)
    if way is None:
        return ""
    asked = _long_question(way, model)
    given = await credentials(endpoint.key, endpoint.headers, keys)
    usage = await _usage(asked, model, client, given)
    expected = int(asked.chars / _CHARS_PER_TOKEN)
    if usage is None or not prompt_was_cut(expected, usage):
        return ""
    read = usage.input
    return f"{endpoint.id}: its server read {read} of about {expected} tokens, and said nothing."


async def _usage(
    asked: Question, model: AskedModel, client: HttpClient, given: Credentials
) -> Usage | None:
    """Ask, and answer what the server counted; None where it gave no whole answer or no count."""
    call = model.call(model.sent(asked), given)
    reading = Reading(asked, call.revealed())
    try:
        async with aclosing(reading.texts(client, call, PROBE)) as texts:
            async for _ in texts:
                pass
    except RequestError:
        return None
    return reading.usage if reading.broken_off is None else None


def _long_question(way: Way, model: AskedModel) -> Question:
    known = model.known
    text = "".join(_LINE.format(number) for number in range(LINES))
    room = int((known.context or LINES * 20) * 0.6 * _CHARS_PER_TOKEN)
    wire = WireRequest(
        model=model.endpoint.model,
        prompt=TokensPrompt(text[:room]),
        max_tokens=1,
        num_ctx=known.context or None,
        dropped=known.dropped,
        max_tokens_field=known.max_tokens_field or "max_tokens",
    )
    return Question(way, wire, len(text[:room]), PlainReader)
