from __future__ import annotations

import json
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from refact_lsp.config.problems import Problem
from refact_lsp.privacy import policy_file
from refact_lsp.privacy.destination import Destination
from refact_lsp.privacy.gate import Item, Repository, decide, explain, may_be_context
from refact_lsp.privacy.policy import CLOSED, Policy


def read_policy(data: Any, file: str) -> tuple[Policy, tuple[Problem, ...]]:
    return policy_file.read_policy(json.dumps(data).encode(), file)


OWN = Destination("lab", is_own=True)
HOSTED = Destination("openai", is_own=False)
ZONES = [{"name": "plain", "patterns": ["*.md"]}, {"name": "work", "patterns": ["**/*.tf"]}]
POLICY, _ = read_policy({"zones": ZONES}, "privacy.yaml")
FAKE_KEY = "AK" + "IA" + "Q7WERTYUIOP2ASDF"


def item(path: str, real: str = "", text: str | None = None) -> Item:
    return Item(PurePosixPath(path), PurePosixPath(real or path), text=text)


def test_deciding_rule_is_named_for_a_person() -> None:
    verdict = decide(item("/p/main.tf"), HOSTED, POLICY)
    assert str(verdict) == "privacy.yaml: zones[1] 'work': **/*.tf"


def test_item_that_no_rule_forbids_is_allowed() -> None:
    verdict = decide(item("/p/main.py", text="x = 1\n"), HOSTED, POLICY)
    assert verdict.allowed
    assert str(verdict) == "no rule forbids it"


def test_secret_zone_decides_before_the_policy_and_for_own_servers_too() -> None:
    everything, _ = read_policy({"zones": [{"patterns": ["**"], "send_to": "*"}]}, "p")
    assert str(decide(item("/p/.env"), OWN, everything)) == "built-in secret zone: .env"


def test_secret_in_the_text_refuses_with_its_line() -> None:
    verdict = decide(item("/p/a.py", text=f"x = 1\nk = '{FAKE_KEY}'\n"), OWN, Policy())
    assert str(verdict) == "content: AWS key in line 2"


SPELLINGS = [
    ("/p/main.tf", "/p/main.tf"),
    ("/p/MAIN.TF", "/p/MAIN.TF"),
    ("/p/notes.txt", "/q/main.tf"),
    ("/p/main.tf", "/q/notes.txt"),
    ("/p/x/../main.tf", "/p/main.tf"),
    ("/p/main.t\u200bf", "/p/main.t\u200bf"),
    ("main.tf", "main.tf"),
]


@pytest.mark.parametrize(("path", "real"), SPELLINGS)
def test_rule_holds_under_every_spelling_of_the_path(path: str, real: str) -> None:
    assert not decide(item(path, real), HOSTED, POLICY).allowed


SECRETS: list[tuple[PurePath, PurePath]] = [
    (PurePosixPath("/p/notes.txt"), PurePosixPath("/home/u/.ssh/id_rsa")),
    (PurePosixPath("/p/.E\u200cNV"), PurePosixPath("/p/.E\u200cNV")),
    (PurePosixPath("/p/\u212aey.pem"), PurePosixPath("/p/x")),
    (PurePosixPath("/p/../home/u/.ssh/config"), PurePosixPath("/p/x")),
    (PurePosixPath("/p/x"), PurePosixPath("/proc/self/environ")),
    (PureWindowsPath("C:\\p\\Server.PEM::$DATA"), PureWindowsPath("C:\\p\\x")),
    (PureWindowsPath("\\\\host\\share\\.ENV"), PureWindowsPath("\\\\host\\share\\x")),
    (PureWindowsPath("C:\\p\\CREDEN~1"), PureWindowsPath("C:\\p\\credentials")),
]


@pytest.mark.parametrize(("path", "real"), SECRETS, ids=str)
def test_secret_file_is_refused_under_every_spelling(path: PurePath, real: PurePath) -> None:
    assert decide(Item(path, real), OWN, Policy()).source == "built-in secret zone"


def test_windows_path_is_matched_with_slashes() -> None:
    path = PureWindowsPath("C:\\Work\\a.py")
    policy, _ = read_policy({"blocked": ["c:/work"]}, "p")
    assert not decide(Item(path, path), OWN, policy).allowed


def test_root_that_is_a_link_is_matched_under_both_names() -> None:
    policy, _ = read_policy({"blocked": ["/link/src"]}, "p")
    path = PurePosixPath("/real/src/a.py")
    found = Item(path, path, Repository(PurePosixPath("/link")))
    assert decide(found, OWN, policy).allowed
    linked = Item(PurePosixPath("/link/src/a.py"), path, Repository(PurePosixPath("/link")))
    assert not decide(linked, OWN, policy).allowed


def test_path_too_long_is_refused() -> None:
    assert not decide(item("/" + "a" * 1_000_000), OWN, Policy()).allowed


def test_explain_answers_for_each_destination() -> None:
    policy, _ = read_policy({"only_send_to_servers_I_control": ["*.py"]}, "privacy.yaml")
    rows = explain(item("/p/a.py"), (HOSTED, OWN), policy)
    assert [(where.instance, verdict.allowed) for where, verdict in rows] == [
        ("openai", False),
        ("lab", True),
    ]


def in_repository(path: str, root: str) -> Item:
    return Item(PurePosixPath(path), PurePosixPath(path), Repository(PurePosixPath(root)))


RESTRICTED, _ = read_policy(
    {"repositories": [{"root": "/work/client", "send_to": "own_servers"}]}, "privacy.yaml"
)


def test_text_of_a_restricted_repository_stays_in_it() -> None:
    source = in_repository("/work/client/a.py", "/work/client")
    inside = in_repository("/work/client/b.py", "/work/client")
    outside = in_repository("/play/b.py", "/play")
    assert may_be_context(source, inside, RESTRICTED).allowed
    verdict = may_be_context(source, outside, RESTRICTED)
    assert str(verdict) == "privacy.yaml: repositories[0]: /work/client"


def test_text_of_any_other_repository_may_be_context() -> None:
    outside = in_repository("/play/b.py", "/play")
    assert may_be_context(outside, in_repository("/other/c.py", "/other"), RESTRICTED).allowed


def test_folder_without_git_that_a_rule_restricts_keeps_its_text() -> None:
    source, inside = item("/work/client/a.py"), item("/work/client/deep/b.py")
    assert may_be_context(source, inside, RESTRICTED).allowed
    assert not may_be_context(source, item("/work/b.py"), RESTRICTED).allowed


def test_repositories_of_one_rule_are_kept_apart() -> None:
    policy, _ = read_policy({"repositories": [{"root": "/work/**", "send_to": "none"}]}, "p")
    one = in_repository("/work/one/a.py", "/work/one")
    two = in_repository("/work/two/a.py", "/work/two")
    assert not may_be_context(one, two, policy).allowed
    assert may_be_context(one, in_repository("/work/one/b.py", "/work/one"), policy).allowed


def test_restricted_part_of_a_repository_is_kept_from_the_rest() -> None:
    policy, _ = read_policy({"repositories": [{"root": "/mono/x", "send_to": "none"}]}, "p")
    part, rest = in_repository("/mono/x/a.py", "/mono"), in_repository("/mono/y/a.py", "/mono")
    assert not may_be_context(part, rest, policy).allowed
    assert may_be_context(rest, part, policy).allowed


def test_text_that_is_sent_nowhere_stays_in_its_file() -> None:
    policy, _ = read_policy({"blocked": ["*.sql"]}, "p")
    assert not may_be_context(item("/p/a.sql"), item("/p/b.sql"), policy).allowed
    assert may_be_context(item("/p/a.sql"), item("/p/a.sql"), policy).allowed


def test_broken_policy_keeps_text_in_its_repository() -> None:
    one, two = in_repository("/one/a.py", "/one"), in_repository("/two/a.py", "/two")
    assert not may_be_context(one, two, CLOSED).allowed
    assert may_be_context(one, in_repository("/one/b.py", "/one"), CLOSED).allowed
