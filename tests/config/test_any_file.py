"""Whatever stands in a file: reading it answers, with a place for every problem."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.config.indexing import read_indexing
from refact_lsp.config.model_records import ChatModel, CompletionModel, EmbeddingModel
from refact_lsp.config.oldest_file import OldestFile, read_oldest_file
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.provider_file import ProviderFile, read_provider_file
from refact_lsp.config.roles import DefaultsFile, RoleDefault, read_defaults_file
from refact_lsp.privacy.policy import CLOSED
from refact_lsp.privacy.policy_file import PrivacyFile, RepositoryRule, Zone, read_policy

RECORDS = (
    ProviderFile,
    CompletionModel,
    ChatModel,
    EmbeddingModel,
    OldestFile,
    DefaultsFile,
    RoleDefault,
    PrivacyFile,
    Zone,
    RepositoryRule,
)
NAMES = sorted({name for record in RECORDS for name in record.names()})
KEYS = st.sampled_from([*NAMES, "cmd", "keyring", "blocklist", "x", "", "a b"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "x", "$X", "a/b", "https://h/v1", "own_servers", "*", "{a: b}", "{a: ["])
    | st.text(max_size=4)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
FILES = st.dictionaries(KEYS, VALUES, max_size=6) | VALUES


def written(data: Any) -> bytes:
    return json.dumps(data).encode()


def check(problems: tuple[Problem, ...]) -> None:
    assert all(each.line == 1 and each.column >= 1 for each in problems)
    assert all(each.sentence.endswith((".", "?")) for each in problems)
    assert not any("another kind of value" in each.sentence for each in problems)


@given(FILES)
def test_any_provider_file_is_read_or_told(data: Any) -> None:
    given_file, problems = read_provider_file(written(data), "f")
    assert given_file is not None or problems
    check(problems)


@given(FILES)
def test_any_defaults_file_is_read_or_told(data: Any) -> None:
    check(read_defaults_file(written(data), "f")[1])


@given(FILES)
def test_any_oldest_file_is_read_or_told(data: Any) -> None:
    given_file, problems = read_oldest_file(written(data), "f")
    assert given_file is not None or problems
    check(problems)


@given(FILES)
def test_any_indexing_file_is_read_or_broken(data: Any) -> None:
    rules, problems = read_indexing(written(data), "f", is_workspace=False)
    assert (rules is None) == any(each.severity is Severity.ERROR for each in problems)
    check(problems)


@given(FILES)
def test_any_privacy_file_is_read_or_closes(data: Any) -> None:
    policy, problems = read_policy(written(data), "f")
    assert (policy == CLOSED) == bool(problems)
    check(problems)
