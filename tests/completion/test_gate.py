from __future__ import annotations

from dataclasses import replace

import pytest

from refact_lsp.completion.gate import Kind, Situation, gate, pragma_line
from refact_lsp.completion.reasons import HELP, Reason, Silence
from refact_lsp.config.settings import Settings, Trigger
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot


def situation(source: str, kind: Kind = Kind.AUTOMATIC) -> Situation:
    """Take a source with one `<cursor>` as a situation."""
    before, after = source.split("<cursor>")
    text = Text(before + after)
    snapshot = DocumentSnapshot("file:///a.py", 1, "python", text)
    return Situation(snapshot, text.position(len(before)), kind, Settings())


def reason(at: Situation) -> Reason | None:
    silence = gate(at)
    return silence.reason if silence else None


@pytest.mark.parametrize(
    "source",
    [
        "x = <cursor>",
        "f(<cursor>)",
        "f(a[<cursor>]):",
        "x = '<cursor>'",
        "f(<cursor> );",
        "def f<cursor>\n",
    ],
)
def test_automatic_request_is_let_through_before_closers(source: str) -> None:
    assert reason(situation(source)) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ret<cursor>urn x", Reason.MID_WORD),
        ("x<cursor>_y", Reason.MID_WORD),
        ("f(<cursor>, b)", Reason.TEXT_FOLLOWS),
        ("a <cursor> + b", Reason.TEXT_FOLLOWS),
        (" \n\n<cursor>\n", Reason.NO_CONTEXT),
        ("a\0b\n<cursor>", Reason.BINARY),
        ("x" * 2001 + "<cursor>", Reason.LINE_TOO_LONG),
    ],
)
def test_automatic_request_is_refused_with_its_reason(source: str, expected: Reason) -> None:
    assert reason(situation(source)) is expected


def test_request_by_key_is_let_through_inside_a_word() -> None:
    assert reason(situation("ret<cursor>urn x", Kind.INVOKED)) is None


def test_large_document_is_refused_even_by_key() -> None:
    at = situation("x = 1\n" * 400_000 + "<cursor>", Kind.INVOKED)
    assert gate(at) == Silence(Reason.FILE_TOO_LARGE, "2.4 million characters")


def test_settings_switch_off_everything_a_language_and_typing() -> None:
    at = situation("x = <cursor>")
    assert reason(replace(at, settings=Settings(enable=False))) is Reason.DISABLED_GLOBAL
    assert (
        reason(replace(at, settings=Settings(languages={"python": False})))
        is Reason.DISABLED_LANGUAGE
    )
    assert reason(replace(at, settings=Settings(languages={"*": False, "python": True}))) is None
    manual = replace(at, settings=Settings(trigger=Trigger.MANUAL))
    assert reason(manual) is Reason.MANUAL_MODE
    assert reason(replace(manual, kind=Kind.INVOKED)) is None


def test_deletion_keeps_typing_quiet_but_not_the_key() -> None:
    at = replace(situation("x = <cursor>"), after_deletion=True)
    assert reason(at) is Reason.TYPING_DELETION
    assert reason(replace(at, kind=Kind.INVOKED)) is None


def test_snooze_keeps_typing_quiet_but_not_the_key() -> None:
    at = replace(situation("x = <cursor>"), snoozed_until="14:05")
    assert gate(at) == Silence(Reason.SNOOZED, "until 14:05")
    assert reason(replace(at, kind=Kind.INVOKED)) is None


def test_what_the_session_switched_off_holds_for_the_key_too() -> None:
    at = replace(situation("x = <cursor>", Kind.INVOKED), off=Silence(Reason.DISABLED_FILE))
    assert reason(at) is Reason.DISABLED_FILE


@pytest.mark.parametrize(
    "line",
    [
        "# refact: off",
        "    # refact: off",
        "#refact:off\r",
        "// Refact: OFF",
        "/// refact: off",
        "-- refact: off",
        "--[[ refact: off ]]",
        ";; refact: off",
        "/* refact: off */",
        "/** refact: off **/",
        " * refact: off",
        "<!-- refact: off -->",
        '" refact: off',
        "% refact: off",
        "%% refact: off",
        "! refact: off",
        "' refact: off",
        "(* refact: off *)",
        "{- refact: off -}",
        "{# refact: off #}",
        "REM refact: off",
        ":: refact: off",
        ".. refact: off",
    ],
)
def test_comment_line_says_off_in_any_language(line: str) -> None:
    at = situation(f"first\n{line}\nx = <cursor>", Kind.INVOKED)
    assert gate(at) == Silence(Reason.PRAGMA_OFF, "line 2")


@pytest.mark.parametrize(
    "line",
    [
        "refact: off",
        "x = 1  # refact: off",
        '"refact: off",',
        'say = "refact: off"',
        "# refact: on",
        "# refact: office hours",
        "# write `refact: off` to switch it off",
        "# refact: off" + " " * 200,
    ],
)
def test_what_is_no_comment_line_of_its_own_says_nothing(line: str) -> None:
    assert reason(situation(f"{line}\nx = <cursor>")) is None


def test_off_counts_behind_the_byte_order_mark_that_some_editors_send() -> None:
    at = situation("\ufeff# refact: off\nx = <cursor>", Kind.INVOKED)
    assert gate(at) == Silence(Reason.PRAGMA_OFF, "line 1")


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (9, 50, 10),
        (10, 50, None),
        (50, 4, 51),
        (50, 5, None),
        (0, 0, 1),
        (11, 0, 12),
    ],
)
def test_off_counts_in_the_first_ten_and_the_last_five_lines(
    above: int, below: int, expected: int | None
) -> None:
    lines = ["x = 1"] * above + ["# refact: off"] + ["x = 1"] * below
    found = pragma_line(Text("\n".join(lines)))
    assert (None if found is None else found + 1) == expected


def test_secret_file_is_never_completed() -> None:
    at = replace(situation("x = <cursor>", Kind.INVOKED), secret_rule=".env")
    assert gate(at) == Silence(Reason.PRIVACY_ZONE, ".env")


def test_every_reason_has_its_help() -> None:
    assert set(HELP) == set(Reason)
    assert all(line.endswith(".") for line in HELP.values())
