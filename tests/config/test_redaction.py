"""A key that somebody holds is masked in every form a text may have it."""

from __future__ import annotations

import base64
import gc
import io
import json
import logging
import secrets
from urllib.parse import quote, quote_plus

import pytest

from refact_lsp.config.redaction import RedactingFilter, redact, redact_bytes
from refact_lsp.config.secret import Secret

KEY = 'sk-a/b+c=d "é" %x 4f19'
SECRET = Secret(KEY)
RAW = KEY.encode()


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"https://host/?key={quote(KEY)}&x=1",
        f"https://host/?key={quote(KEY, safe='')}",
        f"https://host/?key={quote_plus(KEY)}",
        f"https://host/?key={quote_plus(KEY).lower()}",
        json.dumps({"api_key": KEY}),
        json.dumps({"api_key": KEY}, ensure_ascii=False),
        repr({"api_key": KEY}),
        base64.b64encode(RAW).decode(),
        base64.b64encode(b"u:" + RAW).decode(),
        base64.b64encode(b"me:" + RAW + b"tail").decode(),
        base64.urlsafe_b64encode(b"user:" + RAW).decode(),
    ],
)
def test_every_form_is_masked(text: str) -> None:
    masked = redact(f"before {text} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "****" in masked
    for part in ("sk-a", "4f19", base64.b64encode(RAW).decode()[4:20]):
        assert part not in masked
    assert redact_bytes(text.encode()).decode() == redact(text)


def test_masked_json_stays_json() -> None:
    body = json.dumps({"params": {"message": f"refused {KEY}"}}).encode()
    assert json.loads(redact_bytes(body)) == {"params": {"message": "refused ****"}}


def test_longer_key_is_masked_whole_where_another_begins_it() -> None:
    held = [Secret("sk-begin-1234"), Secret("sk-begin-1234-and-more")]
    assert redact("x sk-begin-1234-and-more y") == "x **** y"
    assert len(held) == 2


@pytest.mark.parametrize("word", ["none", "ollama", "any", ""])
def test_short_word_that_stands_for_a_key_is_left(word: str) -> None:
    held = Secret(word)
    assert redact(f"the {word} server") == f"the {word} server"
    assert held.reveal() == word


def test_equal_secret_stays_known_when_the_first_is_gone() -> None:
    value = secrets.token_hex(12)
    first, second = Secret(value), Secret(value)
    del first
    gc.collect()
    assert redact(value) == "****"
    assert second.reveal() == value


def test_log_record_with_arguments_and_traceback_is_masked() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    log = logging.getLogger("a log of its own")
    log.propagate = False
    log.addHandler(handler)
    try:
        int(KEY)
    except ValueError:
        log.exception("failed key=%s object=%r", KEY, {"key": KEY}, stack_info=True)
    written = stream.getvalue()
    assert written.startswith("failed key=**** object={'key': '****'}\n")
    assert "ValueError: invalid literal for int() with base 10: '****'" in written
    assert KEY not in written
    assert repr(KEY)[1:-1] not in written
