"""Secrets that are made up, put together in code so that no scanner takes them as real."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

ALPHANUMERIC = string.ascii_letters + string.digits
Chance = random.Random


def drawn(chance: Chance, count: int, alphabet: str = ALPHANUMERIC) -> str:
    """A value with digits spread over it, as a long drawn one has."""
    every = [chance.choice(alphabet) for _ in range(count)]
    for at in range(1, count, max(2, count // 5)):
        every[at] = chance.choice(string.digits)
    return "".join(every)


def pem(chance: Chance, kind: str) -> str:
    body = "\n".join(drawn(chance, 64) for _ in range(6))
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


def token_of_three(chance: Chance) -> str:
    head, body = "ey" + "J" + drawn(chance, 20), "ey" + "J" + drawn(chance, 40)
    return f"{head}.{body}.{drawn(chance, 43)}"


KINDS: dict[str, Callable[[Chance], str]] = {
    "rsa": lambda c: pem(c, "RSA PRIVATE" + " KEY"),
    "openssh": lambda c: pem(c, "OPENSSH PRIVATE" + " KEY"),
    "pgp": lambda c: pem(c, "PGP PRIVATE" + " KEY BLOCK"),
    "aws": lambda c: "AK" + "IA" + drawn(c, 16, string.ascii_uppercase),
    "aws session": lambda c: "AS" + "IA" + drawn(c, 16, string.ascii_uppercase),
    "github": lambda c: "gh" + "p_" + drawn(c, 36),
    "github fine": lambda c: "github" + "_pat_" + drawn(c, 22) + "_" + drawn(c, 59),
    "gitlab": lambda c: "gl" + "pat-" + drawn(c, 20),
    "slack": lambda c: "xo" + "xb-" + "123456789012-" + drawn(c, 24),
    "slack hook": lambda c: "https://hooks.slack" + ".com/services/T0/B0/" + drawn(c, 24),
    "openai": lambda c: "s" + "k-" + drawn(c, 48),
    "anthropic": lambda c: "s" + "k-ant-api03-" + drawn(c, 60) + "_" + drawn(c, 30),
    "google": lambda c: "AI" + "za" + drawn(c, 35),
    "google secret": lambda c: "GOC" + "SPX-" + drawn(c, 28),
    "stripe": lambda c: "sk" + "_live_" + drawn(c, 24),
    "npm": lambda c: "np" + "m_" + drawn(c, 36),
    "hugging face": lambda c: "h" + "f_" + drawn(c, 34),
    "jwt": token_of_three,
    "assigned": lambda c: f'api_key = "{drawn(c, 32)}"',
    "assigned hex": lambda c: f"CLIENT_SECRET={drawn(c, 40, '0123456789abcdef')}",
}
EACH = 12
CORPUS = {
    f"{kind} {number}": make(random.Random(f"{kind}{number}"))
    for kind, make in KINDS.items()
    for number in range(EACH)
}
FRAMES = ("{}\n", "key = '{}'\nprint(key)\n", '{{"a": 1, "value": "{}"}}\n', "# once: {}\n")
