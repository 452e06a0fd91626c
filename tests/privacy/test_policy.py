from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.privacy.destination import Destination
from refact_lsp.privacy.gate import Item, Repository, decide
from refact_lsp.privacy.policy import CLOSED, Policy, remote_name
from refact_lsp.privacy.policy_file import read_policy

OWN = Destination("lab", is_own=True)
HOSTED = Destination("openai", is_own=False)
OTHER = Destination("mistral", is_own=False)


def item(path: str) -> Item:
    return Item(PurePosixPath(path), PurePosixPath(path))


def written(data: Any) -> bytes:
    return json.dumps(data).encode()


def read(data: Any) -> Policy:
    policy, problems = read_policy(written(data), "privacy.yaml", home="/home/u")
    assert problems == ()
    return policy


def goes_to(path: str, policy: Policy) -> set[str]:
    every = (OWN, HOSTED, OTHER)
    return {each.instance for each in every if decide(item(path), each, policy).allowed}


def test_privacy_rules_block_and_keep_on_own_servers() -> None:
    rules = {"blocked": ["*.pem2"], "only_send_to_servers_I_control": ["*/work/*"]}
    policy = read({"privacy_rules": rules})
    assert goes_to("/p/a.pem2", policy) == set()
    assert goes_to("/p/work/a.py", policy) == {"lab"}
    assert goes_to("/p/a.py", policy) == {"lab", "openai", "mistral"}


def test_zones_leave_the_instances_they_name() -> None:
    zones = [
        {"name": "work", "patterns": ["**/*.tf"], "send_to": ["openai"], "on_shell_read": "deny"},
        {"name": "normal", "patterns": ["*"], "send_to": ["*"]},
    ]
    policy = read({"privacy_rules": {"zones": zones}})
    assert goes_to("/p/a.tf", policy) == {"openai"}
    assert goes_to("/p/a.py", policy) == {"lab", "openai", "mistral"}


def test_item_in_two_zones_goes_where_both_allow() -> None:
    zones = [
        {"patterns": ["*.tf"], "send_to": ["openai", "mistral"]},
        {"patterns": ["/p"], "send_to": ["mistral", "own_servers"]},
    ]
    assert goes_to("/p/a.tf", read({"zones": zones})) == {"mistral"}


def test_zone_without_destinations_goes_nowhere() -> None:
    assert goes_to("/p/a.tf", read({"zones": [{"patterns": ["*.tf"]}]})) == set()


def test_repository_is_known_by_its_folder() -> None:
    policy = read({"repositories": [{"root": "~/work", "send_to": "own_servers"}]})
    assert goes_to("/home/u/work/client/a.py", policy) == {"lab"}
    assert goes_to("/home/u/play/a.py", policy) == {"lab", "openai", "mistral"}


REMOTES = [
    "git@github.com:Acme/secret.git",
    "https://github.com/acme/secret",
    "https://user@github.com/acme/secret.git/",
    "ssh://git@github.com:22/acme/secret.git",
]


@pytest.mark.parametrize("remote", REMOTES)
def test_repository_is_known_by_its_remote_however_it_is_written(remote: str) -> None:
    assert remote_name(remote) == "github.com/acme/secret"
    policy = read({"repositories": [{"remote": "github.com/acme/*", "send_to": "none"}]})
    path = PurePosixPath("/p/a.py")
    found = Item(path, path, Repository(PurePosixPath("/p"), (remote,)))
    assert not decide(found, OWN, policy).allowed


@pytest.mark.parametrize("data", [None, {}, {"blocked": None}, {"privacy_rules": {"blocked": []}}])
def test_empty_policy_forbids_nothing(data: object) -> None:
    assert goes_to("/p/a.py", read(data)) == {"lab", "openai", "mistral"}


BROKEN: list[Any] = [
    "text",
    [1],
    {"zonez": []},
    {1: 2},
    {"zones": {}},
    {"zones": [{"name": "a", "send_to": ["*"]}]},
    {"zones": [{"patterns": ["*.tf"], "sendto": []}]},
    {"zones": [{"patterns": ["!a"]}]},
    {"zones": [{"patterns": [1]}]},
    {"zones": [{"patterns": ["a"], "send_to": "own_server"}]},
    {"zones": [{"patterns": ["a"], "send_to": [1]}]},
    {"blocked": "*.pem"},
    {"repositories": [{"send_to": "none"}]},
    {"privacy_rules": []},
]


@pytest.mark.parametrize("data", BROKEN, ids=str)
def test_broken_policy_leaves_own_servers_only(data: object) -> None:
    policy, problems = read_policy(written(data), "privacy.yaml")
    assert policy == CLOSED
    assert goes_to("/p/a.py", policy) == {"lab"}
    assert all(each.line == 1 and each.column > 0 for each in problems)
    assert problems[0].sentence.endswith("Only own servers are sent to until it is mended.")


def test_broken_policy_keeps_the_last_good_one() -> None:
    good = read({"blocked": ["*.tf"]})
    policy, problems = read_policy(b"zonez: 1", "privacy.yaml", last_good=good)
    assert policy == good
    assert "Did you mean 'zones'? The last good policy stays" in problems[0].sentence


def test_wrong_value_of_what_must_be_there_is_one_problem() -> None:
    _, problems = read_policy(b"zones:\n  - patterns: '*.tf'\n", "privacy.yaml")
    assert [(each.line, each.column) for each in problems] == [(2, 15)]
    assert problems[0].sentence.startswith("'patterns': expected a list.")


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("zonez: []", (1, 1), "Unknown key 'zonez'. Did you mean 'zones'?"),
        (
            "a\nb: 1",
            (2, 2),
            "This is no valid YAML: no `:` can stand here; put the text in quotes",
        ),
        ("- 1", (1, 1), "Expected a mapping of settings."),
        ("zones:\n  - send_to: none", (2, 5), "'patterns' is missing here."),
        (
            "zones:\n  - patterns: [a]\n    sendto: none",
            (3, 5),
            "Unknown key 'sendto'. Did you mean",
        ),
        ("blocked: '*.pem'", (1, 10), "'blocked': expected a list."),
        ("blocked:\n  - 5", (2, 5), "'blocked': expected text in quotes."),
        ("blocked:\n  - a\n  - '!a'", (3, 5), "'blocked': this pattern makes an exception, and a"),
        (
            "repositories:\n  - root: ~/work\n    send_to: own",
            (3, 14),
            "'send_to': expected own_servers, none, * or a list of names of providers.",
        ),
        ("repositories:\n  - send_to: none", (2, 14), "Expected `root` (a folder) or `remote`"),
        ("privacy_rules:\n  blocked:\n    - ' '", (3, 7), "'blocked': this pattern is empty."),
    ],
)
def test_problem_names_its_place_and_what_was_expected(
    text: str, place: tuple[int, int], sentence: str
) -> None:
    _, (problem, *_) = read_policy(text.encode(), "privacy.yaml")
    assert (problem.line, problem.column) == place
    assert problem.sentence.startswith(sentence)


def test_equal_policies_are_one_in_a_set() -> None:
    zones = {"zones": [{"patterns": ["*.tf"], "send_to": ["openai", "*"]}]}
    assert len({read(zones), read(zones)}) == 1


def test_rules_carry_the_source_that_is_wanted() -> None:
    policy, _ = read_policy(b"blocked: [a]", "/home/u/privacy.yaml", source="~/privacy.yaml")
    assert policy.rules[0].source == "~/privacy.yaml"


def test_rule_knows_the_line_it_was_written_in() -> None:
    text = b"blocked:\n  - '*.a'\nzones:\n  - name: work\n    patterns: ['*.b']\n"
    policy, _ = read_policy(text, "privacy.yaml")
    assert [(rule.name, rule.line) for rule in policy.rules] == [
        ("blocked", 2),
        ("zones[0] 'work'", 5),
    ]


PATTERNS = st.sampled_from(["*", "**/*.tf", "/p", "a.py", "src/", "!x", "", "~/work"])
SEND_TO = st.sampled_from(["own_servers", "none", "*", "x"]) | st.lists(
    st.sampled_from(["openai", "lab", "mistral", "*", "own_servers"])
)
ZONE = st.fixed_dictionaries(
    {"patterns": st.lists(PATTERNS), "send_to": SEND_TO}, optional={"name": st.text(max_size=5)}
)
REPOSITORY = st.fixed_dictionaries({"root": PATTERNS, "send_to": SEND_TO})
POLICY = st.fixed_dictionaries(
    {},
    optional={
        "blocked": st.lists(PATTERNS),
        "only_send_to_servers_I_control": st.lists(PATTERNS),
        "zones": st.lists(ZONE, max_size=3),
        "repositories": st.lists(REPOSITORY, max_size=2),
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
PATHS = st.sampled_from(["/p/a.py", "/p/x.tf", "/home/u/work/b.rs", "/q/src/c.go", "/q/.env"])


@given(user=POLICY | JSON, workspace=POLICY | JSON, path=PATHS)
def test_workspace_never_adds_a_destination(user: Any, workspace: Any, path: str) -> None:
    trusted, _ = read_policy(written(user), "user", home="/home/u")
    other, _ = read_policy(written(workspace), "workspace", home="/home/u")
    narrowed = trusted.narrowed_by(other)
    assert goes_to(path, narrowed) == goes_to(path, trusted) & goes_to(path, other)


@given(user=POLICY | JSON, path=PATHS)
def test_order_of_rules_makes_no_difference(user: Any, path: str) -> None:
    policy, _ = read_policy(written(user), "user")
    assert goes_to(path, Policy(policy.rules[::-1])) == goes_to(path, policy)
