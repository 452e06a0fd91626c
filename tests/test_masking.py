"""The forms in which a text may hold a key."""

from __future__ import annotations

import pytest

from refact_lsp.config.redaction import redact, redact_bytes
from refact_lsp.config.secret import Secret
from refact_lsp.masking import forms_of, longest_first, signs_of
from refact_lsp.net import redact as of_servers

KEY = "a/b c+d~é?"


@pytest.mark.parametrize(
    "form",
    [
        "a/b c+d~é?",
        "a%2Fb%20c%2Bd~%C3%A9%3F",
        "a/b%20c%2Bd~%C3%A9%3F",
        "a%2Fb+c%2Bd~%C3%A9%3F",
        "a%2fb%20c%2bd~%c3%a9%3f",
        "a/b c+d~\\u00e9?",
        "YS9iIGMrZH7DqT8=",
        "YS9iIGMrZH7DqT8",
        "EvYiBjK2R-w6k_",
    ],
)
def test_key_has_form(form: str) -> None:
    assert form in forms_of(KEY)


def test_blanks_around_a_key_make_no_difference() -> None:
    assert forms_of(KEY) < forms_of(f" {KEY}\n")


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_no_form_is_empty(nothing: str) -> None:
    assert "" not in forms_of(nothing)


def test_every_form_holds_a_sign() -> None:
    forms = forms_of(f" {KEY}")
    signs = signs_of(forms)
    assert signs < forms
    assert all(any(sign in form for sign in signs) for form in forms)


def test_form_that_holds_another_comes_before_it() -> None:
    assert longest_first({"ab", "abc", "a"}) == ["abc", "ab", "a"]


def test_key_with_half_a_character_is_masked() -> None:
    held = Secret("begin\udce9end-of-it")
    assert redact(f"x {held.reveal()} y") == "x **** y"
    assert redact_bytes(b"x begin%ED%B3%A9end-of-it y") == b"x **** y"
    assert of_servers.redact(f"x {held.reveal()} y", [held.reveal()]) == "x **** y"


def test_servers_words_and_all_that_goes_out_know_the_same_forms() -> None:
    held = Secret('sk-both"kinds\\of/words')
    for form in forms_of(held.reveal()):
        assert redact(f"x {form} y") == "x **** y"
        assert of_servers.redact(f"x {form} y", [held.reveal()]) == "x **** y"
