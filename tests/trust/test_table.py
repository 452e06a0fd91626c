"""Every threat that this program answers for has a test; the table is checked for holes."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

THREATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "T1": (
        "a repository or an editor's settings move where something is sent, or with what key",
        (
            "trust/test_redirects.py::test_trick_reaches_nobody_t1",
            "trust/test_redirects.py::test_all_tricks_at_once_reach_nobody_t1",
            "trust/test_redirects.py::test_modules_of_the_working_directory_are_not_imported_t1",
            "trust/test_narrowing.py::test_editor_repository_and_environment_never_widen_t1_t6_t9",
            "net/test_tls_and_proxy.py::test_proxies_of_the_environment_are_not_asked_p34",
        ),
    ),
    "T2": (
        "a redirect takes a key to another host",
        (
            "net/test_transfer.py::test_redirect_is_not_followed_p32",
            "net/test_transfer.py::test_redirect_of_every_kind_is_refused_p32",
        ),
    ),
    "T3": (
        "a key goes over plain http to another machine",
        (
            "net/test_address.py::test_key_goes_over_plain_http_to_this_machine_alone_t3",
            (
                "net/test_transfer.py::"
                "test_plain_http_with_a_key_is_refused_before_any_name_is_asked_t3"
            ),
        ),
    ),
    "T4": (
        "a file with a key can be read by others, or is written through a link",
        (
            (
                "config/test_writing.py::"
                "test_new_files_and_folders_are_the_users_alone_whatever_the_umask"
            ),
            "config/test_writing.py::test_link_is_refused_and_what_it_leads_to_stays",
        ),
    ),
    "T5": (
        "a key is in a message, a log, a cache, or the arguments of a program",
        (
            "trust/test_canaries.py::test_reading_commands_show_no_key",
            "trust/test_canaries.py::test_writing_commands_show_no_key",
            "trust/test_canaries_served.py::test_session_shows_no_key_in_any_error_t5",
            (
                "trust/test_canaries_served.py::"
                "test_indexer_gets_no_key_in_its_arguments_or_environment_t5"
            ),
            (
                "trust/test_canaries_served.py::"
                "test_server_that_quotes_the_key_back_gets_it_into_no_message_t5"
            ),
            "net/test_canary.py::test_password_of_a_proxy_is_in_no_error_t5",
        ),
    ),
    "T6": (
        "a repository reads variables",
        ("trust/test_narrowing.py::test_variable_in_an_editors_settings_is_text_and_no_value_t6",),
    ),
    "T7": (
        "secrets are sent as code",
        (
            "session/guard/test_gate.py::test_no_fake_secret_is_sent_whole_or_cut",
            "privacy/test_detectors.py::test_fake_secret_is_found_and_wholly_masked",
        ),
    ),
    "T8": (
        "a link, or another spelling of a name, leads round the secret zone",
        (
            "session/guard/test_gate.py::test_secret_file_is_refused_under_every_spelling",
            "session/guard/test_gate.py::test_link_out_of_the_workspace_is_refused",
            (
                "session/guard/test_gate.py::"
                "test_file_that_is_swapped_all_the_time_is_never_judged_by_its_name_alone"
            ),
        ),
    ),
    "T9": (
        "text of a restricted file goes to another destination",
        (
            "session/guard/test_gate.py::test_completion_goes_only_where_every_rule_lets_it",
            "trust/test_narrowing.py::test_editor_repository_and_environment_never_widen_t1_t6_t9",
        ),
    ),
    "T10": (
        "a broken policy opens",
        ("session/guard/test_policies.py::test_changed_byte_never_opens_what_was_closed",),
    ),
    "T16": (
        "files that are made to break their reader",
        (
            "config/test_guarded_yaml.py::test_bomb_is_refused_soon",
            "config/test_guarded_yaml.py::test_any_content_is_a_node_or_one_problem",
        ),
    ),
    "T17": (
        "patterns and lines that take for ever",
        (
            "privacy/test_globs.py::test_hostile_pattern_is_answered_in_time",
            "privacy/test_detectors.py::test_hostile_text_of_a_megabyte_is_read_in_time",
        ),
    ),
    "T18": (
        "a server that answers without end",
        (
            "net/test_transfer.py::test_compressed_bomb_is_ended_p31",
            "net/test_transfer.py::test_answer_beyond_its_budget_is_ended",
            "net/test_transfer.py::test_slow_loris_headers_meet_the_deadline_p46",
        ),
    ),
    "T19": (
        "a client that sends without end, or too much",
        (
            "server/test_fault_table.py::test_fault_has_a_test",
            "server/test_wire_faults.py::test_cancel_storm_of_completions_is_answered_in_a_second_e1",
            "server/test_framing.py::test_body_at_the_limit_is_taken",
        ),
    ),
    "T20": (
        "a URL that leads into the network of the machine itself",
        (
            "net/test_address.py::test_url_that_is_none_of_a_model_server_is_refused_t20",
            "net/test_address.py::test_address_of_the_network_is_refused_in_every_spelling_t20",
            "net/test_transfer.py::test_name_that_leads_to_the_network_itself_is_refused_t20",
        ),
    ),
    "T25": (
        "something is reported to somebody",
        ("test_ways_out.py::test_serving_connects_to_nothing_and_starts_the_indexer_alone",),
    ),
}
"""What each is, and the tests that prove the answer to it."""

HERE = ("test_redirects.py", "test_narrowing.py", "test_canaries_served.py")


@cache
def names_in(name: str) -> frozenset[str]:
    path = TESTS / name
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in tree.body if isinstance(each, kinds))


@pytest.mark.parametrize("threat", THREATS)
def test_threat_has_tests(threat: str) -> None:
    about, named = THREATS[threat]
    assert named, about
    missing = [
        each for each in named if each.partition("::")[2] not in names_in(each.partition("::")[0])
    ]
    assert missing == [], about


def test_table_has_every_threat_of_files_keys_and_the_network() -> None:
    assert set(THREATS) == {f"T{n}" for n in (*range(1, 11), *range(16, 21), 25)}


def test_tests_of_trust_name_no_threat_that_the_table_lacks() -> None:
    names = [name for file in HERE for name in names_in(f"trust/{file}")]
    ids = {part.upper() for name in names for part in name.split("_") if part[1:].isdigit()}
    assert ids
    assert ids <= THREATS.keys()
