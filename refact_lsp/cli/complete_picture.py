"""What happened to one request, as a person reads it: whole in a file, short on a terminal."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from refact_lsp.cli.complete_report import CURSOR

NAME_WIDTH = 10
SHOWN_LINES = (8, 6)
"""Of a prompt on a terminal, before and after the cursor's line."""
SHOWN_CHARS = 120
SHOWN_PIECES = 24

Json = dict[str, Any]


def show(found: Json) -> None:
    """Print a report."""
    _Picture(Console(highlight=False, soft_wrap=True)).all(found)


class _Picture:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_short = console.is_terminal

    def all(self, found: Json) -> None:
        self._place(found["place"])
        self._standing(found)
        if found["request"]:
            self._request(found)
        if found["events"] or found["is_sent"]:
            self._answer(found)
        self._end(found)

    def _place(self, place: Json) -> None:
        where = f"{place['file']}:{place['line']}:{place['column']}"
        self._row("place", where, f"({place['language']})")
        if place["text"] is None:
            self._row("", "its text is not shown, as it may not be sent", style="dim")
            return
        line, before = place["text"], place["column"] - 1
        start = max(before - SHOWN_CHARS // 2, 0)
        shown = _plain(line[start : start + SHOWN_CHARS]).replace("\t", " ")
        gap = len(_plain(line[start:before]))
        self._row(str(place["line"]).rjust(NAME_WIDTH - 1), shown)
        self._row("", " " * gap + "^", style="cyan")

    def _standing(self, found: Json) -> None:
        model, privacy, way = found["model"], found["privacy"], found["way"]
        self._row("model", model["id"] or "none", f"({model['why']})" if model["why"] else "")
        own = "own server" if privacy["is_own"] else "hosted"
        to = f"to {privacy['destination']} ({own})" if privacy["destination"] else "in this process"
        word, style = ("allowed", "green") if privacy["allowed"] else ("refused", "red")
        self._row("privacy", f"{word} {to}", privacy["rule"], style=style)
        if way:
            family = f", family {way['family']}" if way["family"] else ""
            self._row("way", f"{way['kind']} over {way['wire']}{family}")
        is_last_refused = found["refused"] and not found["events"] and not found["item"]
        for each in found["refused"][:-1] if is_last_refused else found["refused"]:
            self._row("refused", f"{each['kind']} over {each['wire']}", each["sentence"], "yellow")

    def _request(self, found: Json) -> None:
        request = found["request"]
        self._title("request" if found["is_sent"] else "request, not sent")
        self._line(f"{request['method']} {request['url']}")
        for name, value in request["headers"].items():
            self._line(f"{name}: {value}", "dim")
        body = _shortened(request["body"]) if self._is_short else request["body"]
        self._line(_laid_out(body))
        cursor = f", cursor {CURSOR}" if CURSOR in found["prompt"] else ""
        self._title(f"prompt, {len(found['prompt'].replace(CURSOR, '')):,} characters{cursor}")
        self._prompt(found["prompt"])

    def _prompt(self, prompt: str) -> None:
        lines = prompt.split("\n")
        at = next((n for n, line in enumerate(lines) if CURSOR in line), len(lines) - 1)
        first, stop = 0, len(lines)
        if self._is_short:
            first, stop = max(at - SHOWN_LINES[0], 0), min(at + SHOWN_LINES[1] + 1, len(lines))
        if first:
            self._line(f"... {first} lines before; --json has all", "dim")
        for line in lines[first:stop]:
            self._line(line, "cyan" if CURSOR in line else "")
        if stop < len(lines):
            self._line(f"... {len(lines) - stop} lines after; --json has all", "dim")

    def _answer(self, found: Json) -> None:
        self._title("answer")
        events = found["events"]
        shown = events[:SHOWN_PIECES] if self._is_short else events
        for each in shown:
            self._line(f"{each['ms']:8.1f} ms  {json.dumps(each['text'], ensure_ascii=False)}")
        if len(shown) < len(events):
            self._line(f"... {len(events) - len(shown)} pieces more; --json has all", "dim")
        first, total = found["timing"]["first_token_ms"], found["timing"]["total_ms"]
        told = [f"first token {first:.1f} ms"] if first is not None else []
        self._row("time", ", ".join([*told, f"total {total:.1f} ms"]))
        if not events:
            return
        rule, finish = found["stop"]["rule"], found["stop"]["finish"]
        self._row("stopped", f"by our rule: {rule}" if rule else f"by itself: {finish}")
        self._raw(found)
        if used := {name: n for name, n in (found["usage"] or {}).items() if n is not None}:
            self._row("usage", ", ".join(f"{name} {count}" for name, count in used.items()))
        if not found["model"]["id"].endswith(found["served_by"]):
            self._row("served by", found["served_by"])

    def _raw(self, found: Json) -> None:
        """Show the whole answer where another text was made of it."""
        raw, item = found["raw"], found["item"]
        if item is None or item["text"] != raw:
            shown = raw[:SHOWN_CHARS] if self._is_short else raw
            more = f"... {len(raw):,} characters" if len(shown) < len(raw) else ""
            self._row("raw", json.dumps(shown, ensure_ascii=False), more)

    def _end(self, found: Json) -> None:
        if (item := found["item"]) is not None:
            self._title("suggestion")
            self._difference(found["place"], item)
            if item["note"]:
                self._row("why", item["note"], f"(confidence {item['confidence']:.2f})")
        elif found["reason"]:
            self._title("no suggestion")
            self._line(found["reason"]["sentence"], "yellow")
        for finding in found["findings"]:
            self._title("finding")
            self._line(finding, "yellow")
        if found["request"] is None and not found["item"] and not found["reason"]:
            self._title("nothing is sent")
            self._line("This model works in this process; without --dry-run it answers here.")

    def _difference(self, place: Json, item: Json) -> None:
        line, cursor = place["text"] or "", place["column"] - 1
        after = line[:cursor] + item["text"] + line[cursor + item["overwrite"] :]
        self._line(f"- {line}", "red")
        for each in after.split("\n"):
            self._line(f"+ {each}", "green")

    def _title(self, text: str) -> None:
        self._console.print()
        self._console.print(Text(text, "bold"))

    def _row(self, name: str, text: str, note: str = "", style: str = "") -> None:
        row = Text().append(f"{name:<{NAME_WIDTH}}", "bold")
        row.append(_plain(text), style)
        if note:
            row.append(f"  {_plain(note)}", "dim")
        self._console.print(row)

    def _line(self, text: str, style: str = "") -> None:
        for each in text.split("\n"):
            self._console.print(Text(f"  {_plain(each)}", style))


def _plain(text: str) -> str:
    """Write control characters out, but for tabs: a text must not steer the terminal."""
    return "".join(
        each if each.isprintable() or each == "\t" else ascii(each)[1:-1] for each in text
    )


def _laid_out(body: Json) -> str:
    """Write JSON with one line for each member, and for each turn of a conversation."""
    rows: list[str] = []
    for name, value in body.items():
        is_talk = isinstance(value, list) and any(isinstance(each, dict) for each in value)
        turns = ",\n    ".join(_compact(each) for each in value) if is_talk else ""
        written = f"[\n    {turns}\n  ]" if is_talk else _compact(value)
        rows.append(f"  {_compact(name)}: {written}")
    return "{\n" + ",\n".join(rows) + "\n}"


def _compact(value: Any) -> str:  # noqa: ANN401 - JSON of any shape
    return json.dumps(value, ensure_ascii=False)


def _shortened(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """Answer a body whose long texts are told by their length; the prompt is shown below it."""
    if isinstance(value, str) and len(value) > SHOWN_CHARS:
        return f"<{len(value):,} characters>"
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    return value
