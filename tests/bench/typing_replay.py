"""Typing replay: real files with lines cut out, typed key by key against a model that knows them.

After every key the editor asks once by itself and takes the question before back, as editors do.
A pause is a wait of 0.3 s or more before the next key; what is shown by its end is judged. The
real server process runs with one provider, in an empty home and an empty workspace: neither the
embedded engine nor an index plays a part. `REFACT_BENCH_TYPING` names the variants, with commas
between (plain, wrong, slow, failing, accepting); `REFACT_BENCH_VERBOSE=1` prints every pause.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from refact_lsp.cli.client import ServerClient
from refact_lsp.errors import RefactError
from tests.bench.figures import Figure, timing
from tests.bench.typing_plan import PUNCTUATION_S, Key, holes, keys_of
from tests.bench.typing_world import VARIANTS, Upstream, Variant, heard, model_server, server_at
from tests.fakes.replay_scripts import Hole

PAUSES = 75
CHARS_A_TOKEN = 3
WARM_UP_S = 2.0
_LANGUAGES = {".py": "python", ".ts": "typescript", ".rs": "rust"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is to hold of one variant; None where nothing is said."""

    right: float | None = None
    requests: float | None = None
    has_times: bool = False


LIMITS = {
    "plain": Limits(right=95, requests=0.06, has_times=True),
    "wrong": Limits(right=55, requests=0.2),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion as it stands in the editor: its text, its command, and when it came."""

    text: str
    overwrites: bool
    command: Json
    came_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """What a person saw at a pause; `kind` says where on the line; `after_ms` is from the key."""

    kind: str
    is_right: bool
    after_ms: float | None


@dataclass(slots=True)
class Tally:
    """All that was counted."""

    pauses: list[Pause] = field(default_factory=list)
    keys: int = 0
    saved_chars: int = 0
    all_chars: int = 0
    processor_s: float = 0.0


async def typing_replay() -> list[Figure]:
    """Replay every variant that is asked for."""
    names = os.environ.get("REFACT_BENCH_TYPING", "plain,wrong").split(",")
    figures: list[Figure] = []
    for name in names:
        tally, upstream = await _replay(VARIANTS[name.strip()], holes(PAUSES))
        figures += _figures(VARIANTS[name.strip()], tally, upstream)
    return figures


async def _replay(variant: Variant, cut: tuple[Hole, ...]) -> tuple[Tally, Upstream]:
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        with model_server(Path(folder), cut, variant) as url:
            async with server_at(Path(folder), url) as (client, workspace):
                await asyncio.sleep(WARM_UP_S)
                process = psutil.Process(client.process_id)
                for number, hole in enumerate(cut):
                    uri = (workspace / str(number) / hole.path).as_uri()
                    desk = _Desk(client, hole, uri, tally, accepts=variant.accepts)
                    await desk.open()
                    before = _processor_s(process)
                    await desk.type()
                    tally.processor_s += _processor_s(process) - before
                    desk.close()
        return tally, heard(Path(folder))


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


class _Desk:
    """One document, the person who types in it, and the editor between."""

    def __init__(
        self, client: ServerClient, hole: Hole, uri: str, tally: Tally, *, accepts: bool
    ) -> None:
        self._client, self._hole, self._uri, self._tally = client, hole, uri, tally
        self._accepts = accepts
        self._typed = 0
        self._version = 1
        self._asking: asyncio.Task[Shown | None] | None = None
        self._asked_id = 0

    async def open(self) -> None:
        """Open the document with its hole, and let the server come to rest."""
        language = _LANGUAGES[Path(self._hole.path).suffix]
        item = {"uri": self._uri, "languageId": language, "version": 1}
        self._notify("didOpen", {"textDocument": {**item, "text": self._hole.document}})
        await asyncio.sleep(0.3)

    def close(self) -> None:
        """Close the document."""
        self._cancel()
        self._notify("didClose", {"textDocument": {"uri": self._uri}})

    async def type(self) -> None:
        """Fill the hole."""
        self._tally.all_chars += len(self._hole.missing)
        while rest := self._rest:
            await self._press(keys_of(rest)[0])

    @property
    def _rest(self) -> str:
        return self._hole.missing[self._typed :]

    async def _press(self, key: Key) -> None:
        shown = await self._insert(key.text, key.wait_s)
        while shown is not None and self._accepts and self._rest.startswith(shown.text.rstrip()):
            text = shown.text.rstrip()
            self._tally.saved_chars += len(text)
            command = {each: shown.command[each] for each in ("command", "arguments")}
            telling = self._client.request("workspace/executeCommand", command)
            shown = await self._insert(text, PUNCTUATION_S, telling)

    async def _insert(self, text: str, wait_s: float, telling: Any = None) -> Shown | None:
        """Insert, ask, and wait; answer what is shown at a pause's end."""
        pressed = time.perf_counter()
        self._tally.keys += 1
        self._change(text)
        self._cancel()
        if telling is not None:
            await telling
        if not self._rest:
            return None
        self._asking = asyncio.create_task(self._ask())
        await asyncio.sleep(0)
        self._asked_id = self._client.last_id
        await asyncio.sleep(max(0.0, wait_s - (time.perf_counter() - pressed)))
        if wait_s < PUNCTUATION_S:
            return None
        shown = self._asking.result() if self._asking.done() else None
        await self._judge(shown, pressed, text)
        return shown

    async def _judge(self, shown: Shown | None, pressed: float, key: str) -> None:
        rest = self._rest
        text = shown.text.rstrip() if shown else ""
        is_right = shown is not None and rest.startswith(text) and not shown.overwrites
        after_ms = (shown.came_s - pressed) * 1000 if shown else None
        kind = "line_end" if rest[0] == "\n" else "line_start" if key[0] == "\n" else "in_line"
        self._tally.pauses.append(Pause(kind, is_right, after_ms))
        if os.environ.get("REFACT_BENCH_VERBOSE"):
            await self._tell(shown, self._tally.pauses[-1])

    async def _tell(self, shown: Shown | None, pause: Pause) -> None:
        arguments = {"command": "refact.explainLast", "arguments": [{"quiet": True}]}
        last = (await self._client.request("workspace/executeCommand", arguments))["last"] or {}
        line = self._hole.text[: self._hole.start + self._typed].rpartition("\n")[2]
        mark = "right" if pause.is_right else "WRONG" if shown else "SILENT"
        took = "-" if pause.after_ms is None else f"{pause.after_ms:.0f} ms"
        print(f"{mark:6} {pause.kind:10} {took:>7} {self._hole.path} after {line[-50:]!r}")
        print(f"       shown  {shown.text if shown else None!r}")
        if not pause.is_right:
            print(f"       wanted {self._rest[:90]!r}")
        print(f"       {last.get('sentence')} {last.get('stages_ms')}")

    async def _ask(self) -> Shown | None:
        params = {
            "textDocument": {"uri": self._uri},
            "position": self._position(),
            "context": {"triggerKind": 2},
        }
        try:
            answer = await self._client.request("textDocument/inlineCompletion", params)
        except RefactError:  # it was taken back
            return None
        came_s = time.perf_counter()
        items = answer["items"] if answer else []
        if not items:
            return None
        item = items[0]
        end = item.get("range", {}).get("end")
        overwrites = end is not None and end != params["position"]
        return Shown(item["insertText"], overwrites, item["command"], came_s)

    def _cancel(self) -> None:
        if self._asking is not None and not self._asking.done():
            self._client.notify("$/cancelRequest", {"id": self._asked_id})

    def _change(self, text: str) -> None:
        here = self._position()
        self._typed += len(text)
        self._version += 1
        change = {"range": {"start": here, "end": here}, "text": text}
        item = {"uri": self._uri, "version": self._version}
        self._notify("didChange", {"textDocument": item, "contentChanges": [change]})

    def _position(self) -> Json:
        before = self._hole.text[: self._hole.start + self._typed]
        line = before.count("\n")
        return {"line": line, "character": len(before) - before.rfind("\n") - 1}

    def _notify(self, method: str, params: Json) -> None:
        self._client.notify(f"textDocument/{method}", params)


def _figures(variant: Variant, tally: Tally, upstream: Upstream) -> list[Figure]:
    name, limits = f"typing, {variant.name}", LIMITS.get(variant.name, Limits())
    times = [each.after_ms for each in tally.pauses if each.after_ms is not None]
    bounds = {"p50": 120, "p95": 330} if limits.has_times else {"p50": 0, "p95": 0}
    until = timing(f"{name}: ghost text at a pause", times or [float("inf")], **bounds)
    if not limits.has_times:
        until = Figure(until.name, until.measured)
    figures = [
        until,
        _right(f"{name}: right at a pause", tally.pauses, limits.right),
        *(
            _right(f"... {kind}", [each for each in tally.pauses if each.kind == kind], None)
            for kind in ("line_start", "in_line", "line_end")
        ),
        _held(f"{name}: requests a key", upstream.requests / tally.keys, limits.requests),
        _held("... answer tokens a key", upstream.answer_tokens / tally.keys, _only(limits, 0.7)),
        _held("... prompt, tokens p50 (estimate)", _prompt(upstream), _only(limits, 1_500)),
        _held("... processor ms a key", tally.processor_s * 1000 / tally.keys, _only(limits, 2.5)),
    ]
    if variant.accepts:
        share = tally.saved_chars / tally.all_chars
        told = f"{share:.0%} ({tally.saved_chars} of {tally.all_chars})"
        figures.append(Figure(f"{name}: characters saved", told))
    return figures


def _right(name: str, pauses: list[Pause], limit: float | None) -> Figure:
    right = sum(each.is_right for each in pauses)
    shown = sum(each.after_ms is not None for each in pauses)
    share = 100 * right / max(len(pauses), 1)
    told = f"{share:.0f} % ({right} of {len(pauses)}; {shown} shown)"
    return Figure(name, told, f"{limit:g} %" if limit else "", share >= limit if limit else None)


def _held(name: str, value: float, limit: float | None) -> Figure:
    if limit is None:
        return Figure(name, f"{value:.3f}")
    return Figure(name, f"{value:.3f}", f"{limit:g}", value <= limit)


def _only(limits: Limits, value: float) -> float | None:
    return value if limits.has_times else None


def _prompt(upstream: Upstream) -> float:
    """Answer the middle size of the prompts, in tokens as they are estimated."""
    prompts = [str(json.loads(body).get("prompt", "")) for body in upstream.bodies]
    return median(len(prompt) for prompt in prompts or [""]) / CHARS_A_TOKEN
