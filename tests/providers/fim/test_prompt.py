"""Golden prompts of every family, and what must not come into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.providers.fim.families import Family, family_names, family_of
from refact_lsp.providers.fim.prompt import (
    FimText,
    Snippet,
    as_comments,
    build_continuation,
    build_prompt,
)
from refact_lsp.providers.fim.tokens import Cleaned, Removed, remove_tokens

FAMILIES = {name: family for name in family_names() if (family := family_of("", name))}
PLAIN = FimText("P", "S", "src/a.py", "python", "shop")
FULL = FimText("P", "S", "src/a.py", "python", "shop", (Snippet("b.py", "x = 1"),))
COMMENTS = "# Path: b.py\n# x = 1\n#\n"

GOLDEN = {
    "qwen2.5-coder": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        (
            "<|repo_name|>shop\n<|file_sep|>b.py\nx = 1\n<|file_sep|>src/a.py\n"
            "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
        ),
    ),
    "codeqwen": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}P<fim_suffix>S<fim_middle>",
    ),
    "starcoder2": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        (
            "<repo_name>shop<file_sep>b.py\nx = 1<file_sep><fim_prefix>src/a.py\nP"
            "<fim_suffix>S<fim_middle>"
        ),
    ),
    "starcoder": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        (
            "<reponame>shop<filename>b.py\nx = 1\n<filename>src/a.py\n"
            "<fim_prefix>P<fim_suffix>S<fim_middle>"
        ),
    ),
    "santacoder": (
        "<fim-prefix>P<fim-suffix>S<fim-middle>",
        f"<fim-prefix>{COMMENTS}P<fim-suffix>S<fim-middle>",
    ),
    "refact": (
        "<fim_suffix>S<fim_prefix>P<fim_middle>",
        f"<fim_suffix>S<fim_prefix>{COMMENTS}P<fim_middle>",
    ),
    "stable-code": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}P<fim_suffix>S<fim_middle>",
    ),
    "codellama": ("<PRE> P <SUF>S <MID>", f"<PRE> {COMMENTS}P <SUF>S <MID>"),
    "deepseek-coder": (
        "<\uff5cfim\u2581begin\uff5c>P<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>",
        (
            "#b.py\nx = 1\n<\uff5cfim\u2581begin\uff5c>#src/a.py\nP"
            "<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>"
        ),
    ),
    "deepseek-coder-v2": (
        "<\uff5cfim\u2581begin\uff5c>P<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>",
        (
            "#b.py\nx = 1\n<\uff5cfim\u2581begin\uff5c>#src/a.py\nP"
            "<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>"
        ),
    ),
    "codestral": (
        "[SUFFIX]S[PREFIX]P",
        "[SUFFIX]S[PREFIX]+++++ b.py\nx = 1\n\n+++++ src/a.py\nP",
    ),
    "codegemma": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        "b.py\nx = 1<|file_separator|>src/a.py\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    ),
    "granite-code": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}P<fim_suffix>S<fim_middle>",
    ),
    "granite-3.3": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}P<fim_suffix>S<fim_middle>",
    ),
    "granite-4": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        f"<|fim_prefix|>{COMMENTS}P<|fim_suffix|>S<|fim_middle|>",
    ),
    "codegeex4": (
        (
            "<|user|>\n###PATH:src/a.py\n###LANGUAGE:python\n###MODE:BLOCK\n"
            "<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n"
        ),
        (
            "<|user|>\n###REFERENCE:\n###PATH:b.py\nx = 1\n###PATH:src/a.py\n###LANGUAGE:python\n"
            "###MODE:BLOCK\n<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n"
        ),
    ),
    "glm-4": (
        "<|code_prefix|>P<|code_suffix|>S<|code_middle|>",
        f"<|code_prefix|>{COMMENTS}P<|code_suffix|>S<|code_middle|>",
    ),
    "seed-coder": (
        "<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
        f"<[fim-suffix]>S<[fim-prefix]>{COMMENTS}P<[fim-middle]>",
    ),
    "mellum": (
        "<fim_suffix>S<fim_prefix>P<fim_middle>",
        "<filename>b.py\nx = 1\n\n<filename>src/a.py\n<fim_suffix>S<fim_prefix>P<fim_middle>",
    ),
    "aixcoder": (
        (
            "\u2581<AIX-SPAN-PRE>\u2581<AIX-SPAN-POST>S\u2581<AIX-SPAN-MIDDLE>"
            "# the file path is: src/a.py\nP"
        ),
        (
            "\u2581<AIX-SPAN-PRE>\u2581<AIX-SPAN-POST>S\u2581<AIX-SPAN-MIDDLE>"
            f"# the file path is: src/a.py\n{COMMENTS}P"
        ),
    ),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_prompt_is_the_one_the_family_was_trained_on(name: str) -> None:
    alone, among_others = GOLDEN[name]
    assert build_prompt(FAMILIES[name], PLAIN).text == alone
    assert build_prompt(FAMILIES[name], FULL).text == among_others


def test_order_can_be_chosen_where_there_is_one() -> None:
    family = FAMILIES["starcoder"]
    assert family.orders == ("psm", "spm")
    spm = "<fim_prefix><fim_suffix>S<fim_middle>P"
    assert build_prompt(family, PLAIN, order="spm").text == spm
    assert build_prompt(FAMILIES["codestral"], PLAIN, order="psm").text == "[SUFFIX]S[PREFIX]P"


def test_first_token_is_written_only_on_demand() -> None:
    assert build_prompt(FAMILIES["codellama"], PLAIN, with_bos=True).text == (
        "<s><PRE> P <SUF>S <MID>"
    )


def test_what_looks_like_a_place_is_text() -> None:
    text = FimText("{suffix}", "{prefix} {0} %s", snippets=(Snippet("{path}", "{text}"),))
    assert build_prompt(FAMILIES["qwen2.5-coder"], text).text == (
        "<|repo_name|>default_repo\n<|file_sep|>{path}\n{text}\n<|file_sep|>\n"
        "<|fim_prefix|>{suffix}<|fim_suffix|>{prefix} {0} %s<|fim_middle|>"
    )


def test_removed_tokens_are_told_with_their_places() -> None:
    text = FimText("a<|fim_middle|>b", "<|endoftext|>")
    built = build_prompt(FAMILIES["qwen2.5-coder"], text)
    assert built.text == "<|fim_prefix|>ab<|fim_suffix|><|fim_middle|>"
    assert built.removed == (
        ("prefix", Removed(1, "<|fim_middle|>")),
        ("suffix", Removed(0, "<|endoftext|>")),
    )


def test_name_of_a_file_cannot_write_lines_or_tokens() -> None:
    text = FimText("P", "S", "a\n<|fim_middle|>.py", "", "r", (Snippet("b\nc", "x"),))
    assert build_prompt(FAMILIES["qwen2.5-coder"], text).text == (
        "<|repo_name|>r\n<|file_sep|>b c\nx\n<|file_sep|>a .py\n"
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
    )


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a<t>b", Cleaned("ab", (Removed(1, "<t>"),))),
        ("a<<t>t>b", Cleaned("ab", (Removed(2, "<t>"), Removed(1, "<t>")))),
        ("<<t>", Cleaned("<", (Removed(1, "<t>"),))),
        ("a<t b", Cleaned("a<t b")),
    ],
)
def test_token_is_taken_out_also_where_it_only_comes_to_be(text: str, cleaned: Cleaned) -> None:
    assert remove_tokens(text, ("<t>",)) == cleaned


@pytest.mark.parametrize("name", [name for name in FAMILIES if FAMILIES[name].bos])
def test_first_token_in_a_users_text_is_taken_out(name: str) -> None:
    family = FAMILIES[name]
    text = FimText(f"a{family.bos}b", f"c{family.bos}", "p")
    assert family.bos not in build_prompt(family, text).text


def pieces(family: Family) -> st.SearchStrategy[str]:
    """Texts of a family's tokens, their halves, and letters."""
    halves = [half for token in family.special for half in (token[:3], token[3:]) if half]
    return st.lists(st.sampled_from([*family.special, *halves, "a", "\n", " "]), max_size=8).map(
        "".join
    )


@pytest.mark.parametrize("name", FAMILIES)
@given(st.data())
def test_no_token_of_a_users_text_survives(name: str, data: st.DataObject) -> None:
    family = FAMILIES[name]
    draw = pieces(family)
    prefix, suffix, other = data.draw(draw), data.draw(draw), data.draw(draw)
    built = build_prompt(family, FimText(prefix, suffix, other, "python", other)).text
    clean = build_prompt(family, FimText("", "", "p", "python", "r")).text
    for token in family.special:
        assert built.count(token) == clean.count(token), token
    with_snippet = FimText(prefix, suffix, other, "python", other, (Snippet(other, other),))
    built = build_prompt(family, with_snippet).text
    empty = FimText("", "", "p", "python", "r", (Snippet("p", "p"),))
    clean = build_prompt(family, empty).text
    for token in family.special:
        assert built.count(token) == clean.count(token), token


@given(st.lists(st.sampled_from(["<t>", "<", "t", ">", "a"]), max_size=20).map("".join))
def test_removed_tokens_put_back_give_the_text(text: str) -> None:
    tokens = ("<t>", "<<")
    cleaned = remove_tokens(text, tokens)
    assert not any(token in cleaned.text for token in tokens)
    assert len(text) == len(cleaned.text) + sum(len(each.token) for each in cleaned.removed)


def test_comments_are_the_languages_own() -> None:
    snippets = (Snippet("a.lua", "x = 1\r\n\r\ny = 2\n"),)
    assert as_comments(snippets, "lua", "") == "-- Path: a.lua\n-- x = 1\n--\n-- y = 2\n--\n"
    assert as_comments(snippets[:1], "", "a.go").startswith("// Path: a.lua\n")
    assert as_comments((), "lua", "") == ""


def test_continuation_ends_in_no_white_space() -> None:
    text = FimText("def f():\n    ", "return", "a.py", "python", "", (Snippet("b.py", "x"),))
    built = build_continuation(text)
    assert built.text == "# Path: b.py\n# x\n#\ndef f():"
    assert built.healed == "\n    "
