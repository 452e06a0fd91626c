"""T1, T6, T9, T10: what an editor or a repository says never widens anything, whatever it is.

A session with generated settings, workspace files and variables is compared with the same session
without them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refact_lsp.config.secret import Secret
from refact_lsp.messages import Destination
from refact_lsp.privacy.gate import Border, border_of, may_cross
from refact_lsp.providers.endpoint import endpoint_of
from refact_lsp.session.client import ClientFacts, Profile
from refact_lsp.session.guard.whereabouts import find, key_of
from refact_lsp.session.session import Session
from refact_lsp.text.positions import Encoding

EXAMPLES = 200

USER_FILES = {
    "providers.d/near.yaml": "base_provider: custom\nendpoint: http://127.0.0.1:9/v1\n"
    "completion_models: {a: {}, b: {}}\nchat_models: {talk: {}}\n",
    "providers.d/far.yaml": "base_provider: custom\nendpoint: https://far.example/v1\n"
    "api_key: far-key-0123456789\nextra_headers: {X-Team: blue, Cookie: crumbs-0123456789}\n"
    "reach: {proxy: 'http://me:secret-word@proxy.example:3128'}\n"
    "completion_models: {c: {}}\n",
    "providers.d/team.yaml": "base_provider: custom\nendpoint: https://team.example\n"
    "private: true\napi_key: $TEAM_KEY\ncompletion_models: {d: {api_key: own-key-0123456789}}\n",
    "providers.d/off.yaml": "enabled: false\nbase_provider: custom\n"
    "endpoint: https://off.example\ncompletion_models: {e: {}}\n",
    "providers.d/defaults.yaml": "completion_model: near/a\nchat: {model: near/talk}\n",
    "privacy.yaml": "blocked: ['*.never', /internal/]\n"
    "only_send_to_servers_I_control: ['*.tf']\n"
    "zones: [{name: sql, patterns: ['*.sql'], send_to: [far]}]\n"
    "repositories: [{root: '**/nested', send_to: none}]\n",
    "indexing.yaml": "blocklist: ['*.big']\n",
}
ITEMS = (
    *("a.py", "main.tf", "x.never", "q.sql", ".env", "internal/b.py", "nested/c.py"),
    *("link.py", "b/../a.py"),
)
ENVIRON = {"TEAM_KEY": "team-key-0123456789", "REFACT_LSP_DISABLE": "1"}
"""Switched off, so that no index is made: what is in force is the same."""

Pair = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Facts:
    """What is in force in a session."""

    destinations: frozenset[tuple[str, str, bool]]
    pairs: frozenset[Pair]
    allowed: frozenset[tuple[str, Destination]]
    crossing: frozenset[tuple[str, str]]
    models: frozenset[str]
    roles: frozenset[str]
    blocked: frozenset[str] | None
    is_indexed_besides: frozenset[Path]


@dataclass(frozen=True)
class Place:
    """A user's home and a repository."""

    home: Path
    root: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    base = tmp_path_factory.mktemp("narrowing")
    made = Place(base / "home", base / "repository")
    for name, text in USER_FILES.items():
        path = made.home / ".config" / "refact" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    for name in ITEMS[:-2]:
        (made.root / name).parent.mkdir(parents=True, exist_ok=True)
        (made.root / name).write_text("total = 1\n")
    for folder in (made.root, made.root / "nested"):
        (folder / ".git").mkdir()
        (folder / ".git" / "config").write_text("")
    (made.root / "link.py").symlink_to("main.tf")
    (made.root / "b").mkdir()
    return made


@pytest.fixture(scope="module")
def before(place: Place) -> Facts:
    return asyncio.run(facts(place, {}, {}))


async def facts(place: Place, options: Any, environ: Mapping[str, str]) -> Facts:
    """Start a session as an editor with these settings does, and see what is in force."""
    session = Session({"HOME": str(place.home), **ENVIRON, **environ})
    is_object = isinstance(options, Mapping)
    folders = (place.root,)
    client = ClientFacts("editor", "1", Profile("editor"), None, folders, Encoding.UTF16)
    session.initialized(client, options if is_object else {})
    session.configure(options)
    session.configure({"refact": options})
    session.configure_whole(options)
    await session.configuration.settled()
    blocked = await session.guard.indexing.blocked(place.root)
    try:
        return await _in_force(session, place, blocked)
    finally:
        session.shutdown()
        await session.closed()
        await asyncio.sleep(0)  # what was cancelled ends


async def _in_force(session: Session, place: Place, blocked: tuple[str, ...] | None) -> Facts:
    current = session.configuration.current
    assert current is not None
    instances = [each for each in current.providers.instances.values() if not each.off]
    endpoints = [
        found
        for each in instances
        for name in each.completion
        if (found := endpoint_of(each, name)) is not None
    ]
    destinations = sorted({each.destination for each in endpoints}, key=str)
    allowed = set[tuple[str, Destination]]()
    borders = dict[str, Border]()
    for name in ITEMS:
        uri = (place.root / name).as_uri()
        session.documents.open(uri, "python", 1, "total = 1\n")
        snapshot = session.documents.get(uri)
        assert snapshot is not None
        for each in destinations:
            verdict = await session.guard.gate.judge(snapshot, each, texts=("total",))
            allowed |= {(name, each)} if verdict.allowed else set()
        at = find(key_of(uri))
        borders[name] = border_of(at.item(), session.guard.gate.files.policy_for(at, (place.root,)))
    return Facts(
        destinations=frozenset(
            (each.instance, urlsplit(each.url).netloc, each.destination.is_own)
            for each in endpoints
        ),
        pairs=frozenset(
            (
                each.id,
                urlsplit(each.url).netloc,
                each.key.reveal() if isinstance(each.key, Secret) else str(each.key),
                str(sorted((key, value.reveal()) for key, value in each.headers.items())),
                f"{each.network.proxy} {each.network!r}",
            )
            for each in endpoints
        ),
        allowed=frozenset(allowed),
        crossing=frozenset(
            (one, other)
            for one in ITEMS
            for other in ITEMS
            if may_cross(borders[one], borders[other]).allowed
        ),
        models=frozenset(
            model
            for kind in ("completion", "chat", "embedding")
            for model in current.providers.ids(kind)
        ),
        roles=frozenset(each.model for each in session.configuration.roles.values()),
        blocked=None if blocked is None else frozenset(blocked),
        is_indexed_besides=frozenset(session.guard.indexing._additional),
    )


# ---- what editors, repositories and shells say ----------------------------------------------

texts = st.text(max_size=20)
urls = st.sampled_from(
    ("http://127.0.0.1:1", "https://evil.example/v1", "http://far.example@evil.example", "file:///")
)
hostile_names = st.sampled_from(
    (
        *("apiKey", "api_key", "endpoint", "baseUrl", "providers", "headers", "proxy", "private"),
        *("command", "transport", "ca_bundle", "verify", "__class__", "refact", "privacy", "env"),
    )
)
roles = st.sampled_from(
    (
        *("completion", "completion_default_model", "chat", "chat_default_model", "embedding"),
        *("reasoning_default_model", "chat_light_model", "x"),
    )
)
model_ids = (
    st.sampled_from(
        (
            "near/a",
            "near/b",
            "far/c",
            "team/d",
            "off/e",
            "c",
            "evil/x",
            "http://evil/v1",
            "",
            "far/*",
        )
    )
    | texts
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | urls,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
known = st.fixed_dictionaries(
    {},
    optional={
        "enable": st.booleans() | junk,
        "languages": st.dictionaries(texts, st.booleans(), max_size=3) | junk,
        "trigger": st.sampled_from(("auto", "manual")) | junk,
        "delayMs": st.integers() | junk,
        "models": st.dictionaries(roles, model_ids, max_size=4) | junk,
        "popup": st.sampled_from(("auto", "always", "never")) | junk,
        "status": st.booleans() | junk,
    },
)
hostile = st.dictionaries(hostile_names, urls | junk, max_size=4)
whole = st.builds(lambda one, other: {**one, **other}, known, hostile)
editor = st.one_of(
    whole,
    junk,
    st.builds(lambda inner: {"refact": inner}, whole),
    st.builds(lambda inner: {"refact": {"refact": inner}, "settings": inner}, whole),
)

patterns = st.lists(
    st.sampled_from(("**", "*.py", "!*.tf", "/internal/", "~/x", "[", "a/**/b", "*.never", "")),
    max_size=3,
)
send_to = st.sampled_from(
    ("*", "own_servers", "none", ["*"], ["far", "near"], ["evil"], [], 7, None, "far")
)
rules = st.fixed_dictionaries(
    {},
    optional={
        "blocked": patterns | junk,
        "only_send_to_servers_I_control": patterns,
        "zones": st.lists(
            st.fixed_dictionaries({"patterns": patterns}, optional={"send_to": send_to}), max_size=3
        )
        | junk,
        "repositories": st.lists(
            st.fixed_dictionaries(
                {}, optional={"root": patterns, "remote": texts, "send_to": send_to}
            ),
            max_size=2,
        ),
        "allowed": patterns,
        "privacy_rules": junk,
    },
)
provider = st.fixed_dictionaries(
    {"endpoint": urls},
    optional={
        "base_provider": st.sampled_from(("custom", "openai", "ollama")),
        "api_key": st.sampled_from(("$TEAM_KEY", "${HOME}", "far-key-0123456789")),
        "private": st.booleans(),
        "completion_models": st.just({"c": {}, "x": {}}),
        "completion_default_model": model_ids,
        "reach": st.just({"proxy": "http://evil.example:1", "verify": False}),
    },
)
indexing = st.fixed_dictionaries(
    {},
    optional={
        "blocklist": patterns | junk,
        "additional_indexing_dirs": st.just(["/etc", "~/"]) | junk,
    },
)
broken = st.sampled_from(
    (
        *(b"", b"[", b"blocked: &a [*a]\n", b"\0\xff\xfe", b"a: 1\na: 2\n", b"{" * 5_000),
        *(b"!!python/object/apply:os.system [id]\n", b"x" * 300_000, b"---\n---\n", b"~", b"7"),
    )
) | st.binary(max_size=60)


def as_file(value: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    return value.map(lambda each: json.dumps(each, default=str).encode())


good_patterns = st.lists(
    st.sampled_from(("**", "*.py", "*.tf", "/internal/", "*.never", "*.sql")),
    min_size=1,
    max_size=2,
)
good_send_to = st.sampled_from(("*", "own_servers", "none", ["far", "near"], ["*", "far"]))
good_rules = st.fixed_dictionaries(
    {
        "zones": st.lists(
            st.fixed_dictionaries({"patterns": good_patterns, "send_to": good_send_to}),
            min_size=1,
            max_size=2,
        )
    },
    optional={
        "blocked": good_patterns,
        "repositories": st.lists(
            st.fixed_dictionaries({"root": good_patterns, "send_to": good_send_to}), max_size=2
        ),
    },
)
policies = st.one_of(as_file(good_rules), as_file(good_rules), as_file(rules), broken)
workspace = st.fixed_dictionaries(
    {},
    optional={
        ".refact/privacy.yaml": policies,
        ".refact/indexing.yaml": as_file(indexing) | broken,
        ".refact/providers.d/near.yaml": as_file(provider) | broken,
        ".refact/providers.d/evil.yaml": as_file(provider),
        ".refact/providers.d/defaults.yaml": as_file(st.dictionaries(roles, model_ids, max_size=3)),
        ".refact/defaults.yaml": as_file(st.dictionaries(roles, model_ids, max_size=3)) | broken,
        ".refact/bring-your-own-key.yaml": as_file(provider),
        "nested/.refact/privacy.yaml": policies,
    },
)
environment = st.dictionaries(
    st.sampled_from(
        (
            *("OPENAI_BASE_URL", "OPENAI_API_KEY", "OLLAMA_HOST", "HTTPS_PROXY", "ALL_PROXY"),
            *("HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REFACT_API_KEY", "NETRC", "near", "PWD"),
        )
    ),
    urls,
    max_size=4,
)
moved = st.sampled_from(
    ({}, {}, {}, {"REFACT_CONFIG_DIR": ".refact"}, {"XDG_CONFIG_HOME": "nested"}, {"HOME": ""})
)


def lay_out(place: Place, files: Mapping[str, bytes]) -> None:
    """Put files into the repository, in the place of those of the example before."""
    for folder in (place.root, place.root / "nested"):
        shutil.rmtree(folder / ".refact", ignore_errors=True)
    for name, content in files.items():
        path = place.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(options=editor, files=workspace, environ=environment, move=moved)
def test_editor_repository_and_environment_never_widen_t1_t6_t9(
    place: Place,
    before: Facts,
    options: Any,
    files: Mapping[str, bytes],
    environ: Mapping[str, str],
    move: Mapping[str, str],
) -> None:
    lay_out(place, files)
    named = {name: str(place.root / where) for name, where in move.items()}
    after = asyncio.run(facts(place, options, {**environ, **named}))
    assert after.destinations <= before.destinations
    assert after.pairs <= before.pairs
    assert after.allowed <= before.allowed
    assert after.models <= before.models
    assert after.roles <= {*after.models, ""}
    assert after.is_indexed_besides <= before.is_indexed_besides
    if "HOME" not in named and named.keys() != {"REFACT_CONFIG_DIR"}:
        assert after.pairs == before.pairs
        assert after.destinations == before.destinations
        assert after.crossing <= before.crossing
        assert after.blocked is None or after.blocked >= (before.blocked or set())


def test_session_that_is_compared_with_has_something_to_lose(before: Facts) -> None:
    assert {name for name, _, _ in before.destinations} == {"near", "far", "team"}
    assert {own for _, _, own in before.destinations} == {True, False}
    hosted = {name for name, each in before.allowed if each.instance == "far"}
    assert hosted == {"a.py", "q.sql", "b/../a.py"}
    assert ("a.py", "q.sql") in before.crossing
    assert ("nested/c.py", "a.py") not in before.crossing
    assert before.blocked is not None
    assert {"*.big", "*.never"} <= before.blocked


@pytest.mark.parametrize("text", ["${HOME}", "$TEAM_KEY", "{cmd: [env]}", "{keyring: a/b}"])
def test_variable_in_an_editors_settings_is_text_and_no_value_t6(place: Place, text: str) -> None:
    shown: list[str] = []

    async def told() -> None:
        session = Session({"HOME": str(place.home), **ENVIRON})
        session.notices.show = lambda _weight, sentence: shown.append(sentence)
        session.configuration.start()
        session.configure({"models": {"completion": text}, "apiKey": text})
        await session.configuration.settled()
        assert session.role("completion").model == "near/a"
        session.shutdown()
        await session.closed()
        await asyncio.sleep(0)

    asyncio.run(told())
    assert len(shown) == 2
    assert ENVIRON["TEAM_KEY"] not in "".join(shown)
    assert str(place.home) not in "".join(shown)
