"""Each case is a cursor in a source, and a completion whose part to keep ends at `<end>`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refact_lsp.languages.block_end import block_end
from refact_lsp.languages.table import LANGUAGES, Language, language_of

CASES = [
    # A block around a blank line goes on to its dedent.
    ("python", "def f():\n    <cursor>", "x = 1\n    return x<end>\n\nprint(f())\n"),
    ("python", "def f():\n<cursor>", "    x = 1\n\n    return x<end>\n\n\ndef g():\n"),
    ("python", "if a:\n    <cursor>", "b()<end>\nelse:\n    c()\n"),
    (
        "python",
        "class A:\n    <cursor>",
        "def f(self):\n        return 1<end>\n\n    def g(self):\n",
    ),
    ("python", "def f():\n    <cursor>", "x = 1\n\n    y = 2\n    return x<end>\nz = 3\n"),
    # A statement goes on to the end of the block it opens.
    ("python", "for x in <cursor>", "y:\n    print(x)<end>\nprint()\n"),
    ("python", "if <cursor>", "a:\n    b()\nelif c:\n    d()\nelse:\n    e()<end>\nf()\n"),
    ("python", "x = f(<cursor>", "\n    a,\n    b,\n)<end>\ny = 1\n"),
    ("python", "def f(<cursor>", "\n    a: int,\n) -> int:\n    return a<end>\n\nf(1)\n"),
    ("python", "x = <cursor>", "1<end>\ny = 2\n"),
    ("python", "x = 1<cursor>", "\ny = 2\nz = 3<end>\n\ndef f():\n"),
    # At top level a paragraph is enough.
    ("python", "<cursor>", "import os\nimport sys<end>\n\ndef main():\n    pass\n"),
    ("python", "<cursor>", "def main():\n    x = 1\n\n    return x<end>\n\n\nmain()\n"),
    # Lines inside strings are not judged.
    ("python", "def f():\n    <cursor>", "x = '''\na\n\nb\n'''\n    return x<end>\nf()\n"),
    # Braces: the closing line belongs to the block, unless it is there already.
    ("javascript", "function f() {<cursor>", "\n  return 1;\n}<end>\n\nfunction g() {\n"),
    ("javascript", "function f() {\n  <cursor>", "return 1;\n}<end>\n\nfunction g() {\n"),
    ("javascript", "function f() {\n  <cursor>\n}\n", "return 1;<end>\n}\n\nfunction g() {\n"),
    ("javascript", "function f() {<cursor>}\n", "\n  return 1;<end>\n}\n"),
    ("javascript", "function f() {\n  <cursor>\n  g();\n}\n", "a();\n}<end>\nb();\n"),
    ("javascript", "if (a) {<cursor>", "\n  b();\n} else {\n  c();\n}<end>\nd();\n"),
    ("javascript", "if (a) {\n  <cursor>", "b();<end>\n} else {\n  c();\n}\n"),
    ("javascript", "f(() => {<cursor>", "\n  a();\n});<end>\ng();\n"),
    ("javascript", "f({<cursor>", "\n  a: 1,\n}, {\n  b: 2,\n});<end>\ng();\n"),
    ("javascript", "const a = <cursor>", "`\nb\n`;<end>\nconst c = 1;\n"),
    ("javascript", "  if (a) { <cursor>", "return b; }<end>\n  c();\n"),
    ("javascript", "  x = { a, <cursor>", "b, c };<end> }\n"),
    ("go", "func f() {\n\t<cursor>", "if a {\n\t\treturn\n\t}\n\tb()\n}<end>\n\nfunc g() {\n"),
    ("c", "int f() {\n  <cursor>", "#if A\n  a();\n#endif\n  return 1;\n}<end>\n\nint g;\n"),
    ("csharp", "void F()\n{\n    <cursor>", "G();\n}<end>\n\nvoid H()\n"),
    (
        "rust",
        "match a {\n    <cursor>",
        "B => c(),\n    D => {\n        e()\n    }\n}<end>\nf()\n",
    ),
    # Keywords.
    ("ruby", "def f<cursor>", "(a)\n  a + 1\nend<end>\n\ndef g\n"),
    ("ruby", "def f\n  <cursor>", "if a\n    b\n  else\n    c\n  end\nend<end>\n\ndef g\n"),
    ("ruby", "def f\n  <cursor>\nend\n", "if a\n    b\n  end<end>\nend\n\ndef g\n"),
    ("ruby", "if a<cursor>", "\n  b\nelsif c\n  d\nend<end>\ne\n"),
    ("lua", "local function f()<cursor>", "\n  return 1\nend<end>\n\nprint(f())\n"),
    ("lua", "repeat<cursor>", "\n  a()\nuntil b<end>\nc()\n"),
    ("shellscript", "for a in b; do<cursor>", "\n  c\ndone<end>\nd\n"),
    ("shellscript", "if a; then\n  <cursor>", "b\nfi<end>\nc\n"),
    # Nothing to end.
    ("python", "def f():\n    <cursor>", "x = 1\n    return x\n<end>"),
    ("python", "x = <cursor>", "1<end>"),
    ("python", "<cursor>", "\n\n<end>"),
    ("python", "<cursor>", "<end>"),
]


@pytest.mark.parametrize(("language_id", "source", "marked"), CASES)
def test_completion_is_kept_to_the_end_of_its_block(
    language_id: str, source: str, marked: str
) -> None:
    before, after = source.split("<cursor>")
    kept, rest = marked.split("<end>")
    end = block_end(before, kept + rest, language_of(language_id), text_after=after)
    assert (kept + rest)[:end] == kept


@pytest.mark.parametrize(("language_id", "source", "marked"), CASES)
def test_stream_is_never_stopped_before_the_end_and_never_far_behind(
    language_id: str, source: str, marked: str
) -> None:
    """Fed character by character, the first end found is the final one."""
    before, after = source.split("<cursor>")
    kept, rest = marked.split("<end>")
    language = language_of(language_id)
    for length in range(len(kept + rest) + 1):
        part = (kept + rest)[:length]
        end = block_end(before, part, language, text_after=after)
        if end < len(part):
            assert part[:end] == kept
            # The beginning of a word is enough, or the end of a line that closes the block.
            assert len(part.rstrip()) <= len(kept) + 9
            break


def test_unfinished_line_that_may_carry_the_statement_on_ends_nothing() -> None:
    python = language_of("python")
    assert block_end("if a:", "\n    b()\nel", python) == len("\n    b()\nel")
    assert block_end("if a:", "\n    b()\nx", python) == len("\n    b()")


def test_plain_text_ends_with_its_paragraph() -> None:
    assert block_end("Dear ", "all,\nhow are you?\n\nBye\n", None) == len("all,\nhow are you?")
    assert block_end("Dear ", "all,\nhow are you?\n", None) == len("all,\nhow are you?\n")


@settings(max_examples=300)
@given(
    language=st.sampled_from([*LANGUAGES, None]),
    before=st.text("ab {}()'\"#/:\n\r\t", max_size=30),
    completion=st.text("ab {}()'\"#/:\n\r\t", max_size=60),
    after=st.text("ab }\n", max_size=12),
)
def test_end_is_always_within_the_completion(
    language: Language | None, before: str, completion: str, after: str
) -> None:
    end = block_end(before, completion, language, text_after=after)
    assert 0 <= end <= len(completion)
    assert end == len(completion) or completion[:end] == completion[:end].rstrip()
