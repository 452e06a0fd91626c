from __future__ import annotations

import time

import pytest

from refact_lsp.privacy.globs import Patterns, matches, problem_of

MATCH = [
    ("*.tf", "/p/a/main.tf"),
    ("**/*.tf", "/main.tf"),
    ("**/*.tf", "/p/a/b/main.tf"),
    ("src/**/x.py", "/p/src/x.py"),
    ("src/**/x.py", "/p/src/a/b/x.py"),
    ("src/*.py", "/p/src/a.py"),
    ("secret", "/p/secret/deep/file.txt"),
    ("secret/", "/p/secret/file.txt"),
    ("/p/work", "/p/work/a.py"),
    ("/p/work/**", "/p/work/a.py"),
    ("*/secret_dir/*", "/home/u/secret_dir/a/b.py"),
    ("*.{key,crt}", "/p/a.crt"),
    ("a?c.py", "/p/abc.py"),
    ("[ab].py", "/p/b.py"),
    ("SRC/*.PY", "/p/src/a.py"),
    ("stra\u00dfe.txt", "/p/strasse.txt"),
    ("cafe\u0301.txt", "/p/caf\u00e9.txt"),
    ("C:/work/**", "c:/work/a.py"),
    ("~/work", "/home/u/work/a.py"),
    ("**", "/anything"),
    ("*", "/any/thing"),
]
NO_MATCH = [
    ("*.tf", "/p/main.tfx"),
    ("src/*.py", "/p/other/a.py"),
    ("/work", "/p/work/a.py"),
    ("secret", "/p/secrets/file.txt"),
    ("a?c.py", "/p/ac.py"),
    ("src/**/x.py", "/p/src/y.py"),
]


@pytest.mark.parametrize(("pattern", "path"), MATCH)
def test_pattern_matches(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(("pattern", "path"), NO_MATCH)
def test_pattern_does_not_match(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


def test_anchored_pattern_matches_below_the_root_of_the_repository() -> None:
    assert matches("/src/*.py", "/home/u/p/src/a.py", "src/a.py")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("~/work/../secret/**", "has `..` in it"),
        ("{..,src}/x", "has `..` in it"),
        ("$HOME/work", "begins with a variable"),
        ("${WORK}/**", "begins with a variable"),
        ("~bob/work/**", "begins with the home of a user"),
    ],
)
def test_pattern_that_would_match_nothing_says_why(pattern: str, words: str) -> None:
    assert (problem_of(pattern) or "").startswith(words)


@pytest.mark.parametrize(
    "pattern", ["a..b", "*$py.class", "$RECYCLE.BIN/", "~$*.docx", "~/x", "~", "...x/y"]
)
def test_pattern_that_only_looks_so_is_used(pattern: str) -> None:
    assert problem_of(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["", "  ", "!*.py", "a\\b", "x" * 1001, "{a,b}" * 7], ids=lambda text: text[:8]
)
def test_pattern_that_cannot_be_used_says_why(pattern: str) -> None:
    assert problem_of(pattern)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 100 + "b", "/" + "a" * 1_000_000),
        ("**/a/" * 20 + "b", "/a" * 4_000),
        ("a/*b/**/" * 10 + "c", "/a/bb" * 2_000),
    ],
    ids=["stars in a name", "double stars", "both"],
)
def test_hostile_pattern_is_answered_in_time(pattern: str, path: str) -> None:
    start = time.process_time()
    assert not matches(pattern, path)
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize(
    "pattern",
    ["*.tf", "gen", "gen/", "**/gen", "src/*.py", "/src", "*/.*/*", "a/**/b", "{a,b}.py", "/p/src"],
)
def test_many_patterns_at_once_say_the_same_as_each(pattern: str) -> None:
    paths = ["main.tf", "gen", "a/gen", "src/x.py", "src", "x/src/a.py", "a/c/b", "b.py", "x/.y/z"]
    for path in paths:
        together = Patterns(["nothing.else", "!no", pattern])
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        walked = any(together.match(f"/p/{each}", each) for each in above)
        assert walked == matches(pattern, f"/p/{path}", path), path


def test_no_patterns_match_nothing() -> None:
    assert not Patterns(())
    assert not Patterns(()).match("/p/a.py", "a.py")


def test_long_pattern_is_refused_before_its_braces_are_written_out() -> None:
    assert problem_of("{a}" * 300_000) == "is longer than 1000 characters"  # else half a minute
