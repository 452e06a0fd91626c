"""The model of the typing replay: it finds the place and says what really stands there."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.fakes.model_server import running
from tests.fakes.replay_scripts import Hole, Replay, before_cursor, find, holes_from
from tests.fakes.script import Request
from tests.models.recordings import NO_TLS

TEXT = '''"""Counting."""

from collections import Counter


def count(words: list[str]) -> Counter[str]:
    """Count words."""
    counter = Counter()
    for word in words:
        counter[word.lower()] += 1
    return counter


def top(words: list[str], n: int) -> list[str]:
    """Give the n most frequent words."""
    return [word for word, _ in count(words).most_common(n)]
'''
START = TEXT.index("    for word in words:")
END = TEXT.index("    return counter\n")
HOLE = Hole("counting.py", TEXT, START, END)
TYPED = START + len("    for wo")


def asked(body: dict[str, object], path: str = "/v1/completions") -> Request:
    return Request(1, "POST", path, "", {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": TEXT[:TYPED], "suffix": TEXT[END:]},
        {"prompt": f"<|fim_prefix|>{TEXT[:TYPED]}<|fim_suffix|>{TEXT[END:]}<|fim_middle|>"},
        {"prompt": f"<fim_prefix><fim_suffix>{TEXT[END:]}<fim_middle>{TEXT[:TYPED]}"},
        {"prompt": f"[SUFFIX]{TEXT[END:]}[PREFIX]{TEXT[:TYPED]}"},
        {"prompt": f"<PRE> {TEXT[:TYPED]} <SUF>{TEXT[END:]} <MID>"},
        {"input_prefix": TEXT[: TYPED - 4], "prompt": TEXT[TYPED - 4 : TYPED], "input_suffix": ""},
        {"messages": [{"role": "user", "content": f"{TEXT[:TYPED]}<cursor>{TEXT[END:]}"}]},
    ],
    ids=["suffix", "tokens", "suffix-first", "mistral", "codellama", "infill", "chat"],
)
def test_place_is_found_however_the_request_spells_it(body: dict[str, object]) -> None:
    assert find(before_cursor(asked(body)), [HOLE]) == (HOLE, TYPED)


def test_place_before_cut_blanks_is_found() -> None:
    assert find(TEXT[:START].rstrip(), [HOLE]) == (HOLE, len(TEXT[:START].rstrip()))


def test_place_in_one_of_several_files_is_found() -> None:
    other = Hole("other.py", TEXT.replace("counter", "tally"), START, END)
    assert find(other.text[:TYPED], [HOLE, other]) == (other, TYPED)


def test_text_of_no_file_has_no_place() -> None:
    replay = Replay((HOLE,))
    assert replay(asked({"prompt": "something else altogether"})).text == ""
    assert [each.json()["prompt"] for each in replay.unmatched] == ["something else altogether"]


def test_answer_is_the_truth_and_runs_on_behind_the_hole() -> None:
    said = Replay((HOLE,), run_on_lines=2)(asked({"prompt": TEXT[:TYPED]})).text
    assert said == "rd in words:\n        counter[word.lower()] += 1\n    return counter\n\n"


def test_pace_is_that_of_the_replay() -> None:
    script = Replay((HOLE,))(asked({"prompt": TEXT[:TYPED]}))
    assert (script.first_token_s, script.tokens_per_s) == (0.15, 100)


def test_wrong_answers_have_their_share_and_are_the_same_in_every_run() -> None:
    def answers(seed: int) -> list[bool]:
        replay = Replay((HOLE,), wrong_share=0.4, seed=seed)
        places = range(START, END)
        return [
            replay(asked({"prompt": TEXT[:place]})).text == replay.truth(HOLE, place)
            for place in places
        ]

    right = answers(seed=1)
    assert 0.45 < sum(right) / len(right) < 0.75
    assert right == answers(seed=1) != answers(seed=2)


def test_wrong_answer_does_not_begin_with_the_line_that_is_wanted() -> None:
    replay = Replay((HOLE,), wrong_share=1)
    for place in range(START, END):
        wanted = TEXT[place:].lstrip().split("\n", 1)[0]
        said = replay(asked({"prompt": TEXT[:place]})).text
        assert not wanted or said.lstrip().split("\n", 1)[0] != wanted


def test_questions_about_models_are_no_generations() -> None:
    replay = Replay((HOLE,))
    replay(Request(1, "GET", "/v1/models", "", {}, b""))
    assert replay.unmatched == []


def test_holes_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "holes.json"
    record = {"path": "counting.py", "text": TEXT, "start": START, "end": END}
    file.write_text(json.dumps([record]))
    assert holes_from(file) == (HOLE,)
    assert HOLE.missing + HOLE.document == TEXT[START:END] + TEXT[:START] + TEXT[END:]


@pytest.mark.parametrize("family", ["openai", "ollama", "llamacpp"])
def test_served_replay_fills_the_hole(family: str) -> None:
    replay = Replay((HOLE,), first_token_s=0, tokens_per_s=None, run_on_lines=0)
    body = {"model": "fake-coder", "prompt": TEXT[:TYPED], "max_tokens": 64}
    with running(family, replay) as server:
        url = f"{server.url}/v1/completions"
        answer = httpx.post(url, json=body, verify=NO_TLS, trust_env=False).json()
    assert answer["choices"][0]["text"] == TEXT[TYPED:END]
