"""A change to a user's file leaves every byte alone that it does not mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.config.editing import Change, Plain, edited, read_mapping
from refact_lsp.errors import ConfigError

REFACT = """\
# My defaults.  Two blanks, and a tab\tin a comment.

chat:   {model: a/b,   temperature: 0.50}   # the big one
chat_light:
    # indented by four
    model:   'a/small'   # quoted
    top_p: 1.0
"completion_model":  "old"
running_models:
- x   # not indented

-   y
# the last word
"""


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("chat", "model"), "c/d", "{model: a/b,   temp", "{model: c/d,   temp"),
        (("chat_light", "model"), "it's", "   'a/small'   #", "   'it''s'   #"),
        (("chat_light", "model"), None, "    model:   'a/small'   # quoted\n", ""),
        (
            ("chat_light", "max_new_tokens"),
            9,
            "top_p: 1.0\n",
            "top_p: 1.0\n    max_new_tokens: 9\n",
        ),
        (("completion_model",), "e:1", '"completion_model":  "old"', '"completion_model":  "e:1"'),
        (("completion_model",), None, '"completion_model":  "old"\n', ""),
        (("running_models",), ["z"], "\n- x   # not indented\n\n-   y\n", " [z]\n"),
        (("chat_light",), "a", "    model:   'a/small'   # quoted\n    top_p: 1.0\n", "    a\n"),
        (("embedding_model",), "e", "-   y\n", "-   y\nembedding_model: e\n"),
        (("chat_buddy", "model"), "e", "-   y\n", "-   y\nchat_buddy:\n  model: e\n"),
        (("chat", "top_p"), 0.5, "0.50}", "0.50, top_p: 0.5}"),
        (("chat", "model"), None, "{model: a/b,   temperature: 0.50}", "{temperature: 0.5}"),
        (("chat",), None, "chat:   {model: a/b,   temperature: 0.50}   # the big one\n", ""),
        (("enabled",), True, "-   y\n", "-   y\nenabled: true\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_meant_bytes_change(
    path: tuple[str, ...], value: Plain | None, before: str, after: str, newline: str
) -> None:
    assert REFACT.count(before) == 1
    new = edited(REFACT.replace("\n", newline).encode(), [Change(path, value)], "defaults.yaml")
    assert new.decode() == REFACT.replace(before, after).replace("\n", newline)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"a:\n  b: c\n"),
        (b"# only a comment", b"# only a comment\na:\n  b: c\n"),
        (b"{}", b"{a: {b: c}}"),
        (b"{x: 1} # flow\n", b"{x: 1, a: {b: c}} # flow\n"),
        (b"a:\nx: 1", b"a: {b: c}\nx: 1"),
        (b"a: {}\n", b"a: {b: c}\n"),
        (b"a: plain # why\n", b"a: {b: c} # why\n"),
        (b"  x: 1", b"  x: 1\n  a:\n    b: c\n"),
        (b"\xef\xbb\xbfx: 1\r\n", b"\xef\xbb\xbfx: 1\r\na:\r\n  b: c\r\n"),
        (b"x: |\n  text\n\n# end\n", b"x: |\n  text\n\na:\n  b: c\n# end\n"),
        (b"---\nx: 1\n...\n", b"---\nx: 1\na:\n  b: c\n...\n"),
        (b"a:\n  x: null\n# end\n", b"a:\n  x: null\n  b: c\n# end\n"),
    ],
)
def test_every_form_of_a_file_can_be_changed(before: bytes, after: bytes) -> None:
    assert edited(before, [Change(("a", "b"), "c")], "x.yaml") == after


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"a: [1\nb: 2\n", "x.yaml:2:2:"), (b"a: 1\na: 2\n", "x.yaml:2:1:"), (b"- a\n", "x.yaml:1:1")],
)
def test_broken_file_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        edited(content, [Change(("a",), "c")], "x.yaml")


def test_value_of_a_change_is_not_in_its_repr() -> None:
    assert "secret" not in repr(Change(("api_key",), "secret"))


NAMES = st.text("abcx_- '\"#:{[é\U0001f600", min_size=1, max_size=6)
SCALARS = st.one_of(st.booleans(), st.integers(0, 99), NAMES, st.sampled_from(["null", "1e3", "~"]))
VALUES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), NAMES, VALUES)
def test_any_value_is_read_back_as_it_was_meant(
    data: dict[str, Plain], name: str, value: Plain
) -> None:
    content = b""
    for key, each in data.items():
        content = edited(content, [Change((key,), each)], "x.yaml")
    changed = edited(content, [Change((name,), value)], "x.yaml")
    assert read_mapping(changed, "x.yaml") == {**data, name: value}
    taken = edited(changed, [Change((name,), None)], "x.yaml")
    assert read_mapping(taken, "x.yaml") == {key: data[key] for key in data if key != name}
