"""Bodies that a model indents by another step than the document."""

from __future__ import annotations

import pytest

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.cleanup.steps import clean
from refact_lsp.messages import Shape
from tests.completion.places import around

BY_FOUR = "class A:\n    def f(self):\n        return 1\n\n"
BY_TWO = "class A {\n  f() {\n    return 1;\n  }\n\n"


def shown(source: str, answer: str, language: str) -> str:
    result = clean(Draft(answer, around(source, Shape.MULTI_LINE, language)))
    assert isinstance(result, Draft)
    return result.text


@pytest.mark.parametrize(
    ("place", "answer", "text"),
    [
        ("    <cursor>\n", "if a:\n      b()\n    c()", "if a:\n        b()\n    c()"),
        (
            "    <cursor>\n",
            "for a in b:\n      if a:\n        c()\n      else:\n        d()\n    e()",
            "for a in b:\n        if a:\n            c()\n        else:\n            d()\n    e()",
        ),
        ("    def g(self):<cursor>\n", "\n      return 2", "\n        return 2"),
        ("def g():\n<cursor>\n", "  if a:\n    b()", "    if a:\n        b()"),
        (
            "    <cursor>\n",
            "if a:\n      b(c,\n        d)\n      e()",
            "if a:\n        b(c,\n            d)\n        e()",
        ),
        (
            "    <cursor>\n",
            "if a:\n      long(b,\n           c)\n      d()",
            "if a:\n        long(b,\n             c)\n        d()",
        ),
        (
            "    <cursor>\n",
            'if a:\n      b = """\n      c\n      """\n      d()',
            'if a:\n        b = """\n      c\n      """\n        d()',
        ),
        (
            "    <cursor>\n",
            'def g():\n      """Go.\n\n      Args:\n          a: b\n      """\n      c()',
            'def g():\n        """Go.\n\n        Args:\n            a: b\n        """\n        c()',
        ),
        ("<cursor>\n", "    if a:\n      b()", "    if a:\n        b()"),
        # nothing to mend
        ("    <cursor>\n", "if a:\n        b()\n    c()", "if a:\n        b()\n    c()"),
        ("    <cursor>\n", "a = f(\n      b,\n    )", "a = f(\n      b,\n    )"),
        ("    <cursor>\n", "a = b \\\n      + c", "a = b \\\n      + c"),
        (
            "    <cursor>\n",
            "if a:\n      b()\n    if c:\n        d()",
            "if a:\n      b()\n    if c:\n        d()",
        ),
    ],
)
def test_body_is_indented_by_four_as_the_document(place: str, answer: str, text: str) -> None:
    assert shown(BY_FOUR + place, answer, "python") == text


@pytest.mark.parametrize(
    ("place", "answer", "text"),
    [
        ("  <cursor>\n", "g() {\n      return 2;\n  }", "g() {\n    return 2;\n  }"),
        (
            "  g() {\n    <cursor>\n",
            "if (a) {\n        b({\n            c,\n        });\n    }",
            "if (a) {\n      b({\n        c,\n      });\n    }",
        ),
        # nothing to mend
        ("  <cursor>\n", "g() {\n    return 2;\n  }", "g() {\n    return 2;\n  }"),
        ("  <cursor>\n", "a = b(\n      c);", "a = b(\n      c);"),
        ("  <cursor>\n", "a = b\n      .c()\n      .d();", "a = b\n      .c()\n      .d();"),
    ],
)
def test_body_is_indented_by_two_as_the_document(place: str, answer: str, text: str) -> None:
    assert shown(BY_TWO + place, answer, "typescript") == text


@pytest.mark.parametrize(
    "source",
    [
        "<cursor>\n",
        "a = 1\nb = 2\n<cursor>\n",
        "if a:\n  b()\nif c:\n    d()\n<cursor>\n",
    ],
)
def test_step_of_the_answer_is_kept_where_the_document_shows_none(source: str) -> None:
    answer = "if e:\n  f()\nelse:\n  g()"
    assert shown(source, answer, "python") == answer


def test_steps_of_a_document_with_tabs_are_left_to_the_tabs() -> None:
    assert shown("if a:\n\tb()\n<cursor>\n", "if c:\n\td()", "python") == "if c:\n\td()"
