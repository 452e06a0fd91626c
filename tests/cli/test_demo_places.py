from __future__ import annotations

from refact_lsp.cli.demo.places import fitting, spread, stops


def test_lines_are_chosen_evenly_and_not_for_what_they_say() -> None:
    assert spread(range(0, 200, 2), 4) == [24, 74, 124, 174]


def test_fewer_lines_than_wished_are_all_typed() -> None:
    assert spread([3, 8], 6) == [3, 8]
    assert spread([], 6) == []


def test_lines_that_fit_are_code_of_an_ordinary_length() -> None:
    lines = ["x = 1", "    some_function(argument)", "# a comment in words", ")", "a" * 101]
    assert fitting(lines, range(5), "#") == [1]


def test_stops_are_the_empty_line_and_after_marks_and_inside_words() -> None:
    code = "self.total = add(first, on)"
    assert [code[:each] for each in stops(code)] == [
        "",
        "sel",
        "self.",
        "self.tot",
        "self.total = ",
        "self.total = add(",
        "self.total = add(fir",
    ]
