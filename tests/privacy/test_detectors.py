"""The secrets here are made up and put together in code, so that no scanner takes them as real."""

from __future__ import annotations

import base64
import hashlib
import random
import string
import time
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.privacy import detectors
from refact_lsp.privacy.detectors import find_secrets, mask

ALPHANUMERIC = string.ascii_letters + string.digits
CHANCE = random.Random(7)


def drawn(count: int, alphabet: str = ALPHANUMERIC) -> str:
    """A value with at least four digits, spread, as a long drawn one has."""
    every = [CHANCE.choice(alphabet) for _ in range(count)]
    for at in range(1, count, max(2, count // 5)):
        every[at] = CHANCE.choice(string.digits)
    return "".join(every)


def pem(kind: str) -> str:
    body = "\n".join(drawn(64) for _ in range(6))
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


def token_of_three() -> str:
    return ".".join(("ey" + "J" + drawn(20), "ey" + "J" + drawn(40), drawn(43)))


FAKES = {
    "rsa": pem("RSA PRIVATE" + " KEY"),
    "pkcs8": pem("PRIVATE" + " KEY"),
    "openssh": pem("OPENSSH PRIVATE" + " KEY"),
    "pgp": pem("PGP PRIVATE" + " KEY BLOCK"),
    "aws": "AK" + "IA" + drawn(16, string.ascii_uppercase),
    "aws session": "AS" + "IA" + drawn(16, string.ascii_uppercase),
    "github": "gh" + "p_" + drawn(36),
    "github server": "gh" + "s_" + drawn(36),
    "github fine": "github" + "_pat_" + drawn(22) + "_" + drawn(59),
    "gitlab": "gl" + "pat-" + drawn(20),
    "slack": "xo" + "xb-" + "123456789012-" + drawn(24),
    "slack hook": "https://hooks.slack" + ".com/services/T0/B0/" + drawn(24),
    "openai": "s" + "k-" + drawn(48),
    "openai project": "s" + "k-proj-" + drawn(60) + "-" + drawn(20),
    "anthropic": "s" + "k-ant-api03-" + drawn(60) + "_" + drawn(30),
    "google": "AI" + "za" + drawn(35),
    "google secret": "GOC" + "SPX-" + drawn(28),
    "stripe": "sk" + "_live_" + drawn(24),
    "stripe restricted": "rk" + "_test_" + drawn(24),
    "npm": "np" + "m_" + drawn(36),
    "hugging face": "h" + "f_" + drawn(34),
    "jwt": token_of_three(),
}
FRAMES = {
    "bare": "{}",
    "python": "key = '{}'\nprint(key)\n",
    "json": '{{"a": 1, "value": "{}"}}',
    "escaped": '"first line\\n{}\\nlast"',
    "shell": "export X={}\n",
    "url": "https://user:{}@example.org/path\n",
    "comment": "# it was {} once\n",
}
ASSIGNED = {
    "python": 'api_key = "{}"',
    "upper": "CLIENT_SECRET={}\nOTHER=1\n",
    "aws": "aws_secret_access_key = {}\n",
    "yaml": "password: {}\n",
    "json": '{{"accessToken": "{}"}}',
    "typescript": "const authKey: string = 1; const secretKey = `{}`;",
    "ruby": "config[:secret_token] => '{}'",
    "go": 'dbPassword := "{}"',
    "header": '"Authorization: Bearer {}"',
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("secret", FAKES.values(), ids=FAKES)
def test_fake_secret_is_found_and_wholly_masked(secret: str, frame: str) -> None:
    text = frame.format(secret)
    masked = mask(text)
    assert find_secrets(text)
    assert secret[-12:] not in masked
    assert secret[8:20] not in masked
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize("frame", ASSIGNED.values(), ids=ASSIGNED)
@pytest.mark.parametrize("alphabet", [ALPHANUMERIC, "0123456789abcdef"], ids=["mixed", "hex"])
def test_random_value_of_a_key_like_name_is_found(frame: str, alphabet: str) -> None:
    value = drawn(32, alphabet)
    assert value not in mask(frame.format(value))


HASH = hashlib.sha256(b"x").hexdigest()
IMAGE = base64.b64encode(random.Random(3).randbytes(900)).decode()
ORDINARY = {
    "sha256": f'sha256 = "{HASH}"',
    "git": f"commit {HASH[:40]}",
    "uuid": f'token = "{uuid.UUID(int=2**127 + 12345678901234567890)}"',
    "image": f'<img src="data:image/png;base64,{IMAGE}">',
    "npm lock": f'"integrity": "sha512-{IMAGE[:86]}=="',
    "poetry lock": f'{{file = "a.whl", hash = "sha256:{HASH}"}}',
    "cargo lock": f'checksum = "{HASH}"',
    "password hash": f'password_hash = "{HASH}"',
    "public key": f'public_key_token = "{HASH[:16]}"',
    "cache key": f'cache_key = "{HASH[:32]}"',
    "environment": 'secret_key = os.environ["SECRET_KEY"]',
    "call": "token = base64UrlEncode2048(header)",
    "attribute": "token = self.request.headers",
    "words": 'password = "correct-horse-battery-staple"',
    "example": "api_key = 'your-api-key-goes-here-1234'",
    "aws example": "AKIA" + "IOSFODNN7EXAMPLE",
    "css": ".sk-fading-circle-delay-10-animation { color: red }",
    "pem header": 'if text.startswith("-----BEGIN RSA PRIVATE' + ' KEY-----"):\n    return 1\n',
    "certificate": pem("CERTIFICATE"),
    "type": "token: Optional[AccessTokenResponse2]",
    "tokenizer": "tokenizer_name = 'bigcode/starcoder2-tokenizer-v15'",
    "constant": "TOKEN_TYPE_KEYWORD_2 = TokenType.KEYWORD_IDENTIFIER_22",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_code_is_no_secret(text: str) -> None:
    assert find_secrets(text) == ()
    assert mask(text) == text


def test_own_source_has_no_secret() -> None:
    package = Path(detectors.__file__).parents[1]
    found = {
        str(file.name): find_secrets(file.read_text(encoding="utf-8"))
        for file in package.rglob("*.py")
    }
    assert {name: spans for name, spans in found.items() if spans} == {}


@given(st.lists(st.text(max_size=30) | st.sampled_from([*FAKES.values()]), max_size=6))
def test_masking_keeps_offsets_and_leaves_nothing_to_mask(parts: list[str]) -> None:
    text = "\n".join(parts)
    masked = mask(text)
    assert len(masked) == len(text)
    assert find_secrets(masked) == ()


HOSTILE = {
    "a": "a",
    "begin": "-----BEGIN PRIVATE" + " KEY-----",
    "jwt": "eyJaaaaaaaaa.",
    "jwt run": "eyJ",
    "secret": "secret",
    "token=": "token=",
    "api_key": "api_key_",
    "sk-": "sk-",
    "quote": 'secret="a',
    "spaces": "token   ",
    "dashes": "-",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_of_a_megabyte_is_read_in_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    mask(text)
    assert time.process_time() - start < 2.0
