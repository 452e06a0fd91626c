"""A language server that completes nothing of use and writes down what the editor says to it.

    python tests/clients/record.py FOLDER          on standard input and output, as a server
    python tests/clients/record.py --trim FOLDER   the recorded initialize parameters, to keep

As a server it appends every message received to FOLDER/messages.jsonl, with the seconds since it
started. It announces both ways of completion, so an editor shows which it uses. Trimming leaves
what the editor is and can do, and takes out what is of the machine: paths and process ids.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import IO, Any

Message = dict[str, Any]

_CAPABILITIES: Message = {
    "textDocumentSync": {"openClose": True, "change": 2, "save": True},
    "inlineCompletionProvider": {},
    "completionProvider": {"triggerCharacters": [".", "("]},
    "codeActionProvider": True,
    "executeCommandProvider": {"commands": ["recorder.accepted"]},
}
_OF_THE_MACHINE = ("processId", "rootPath", "rootUri", "workspaceFolders", "workDoneToken")


def serve(folder: Path, source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer one editor until it hangs up."""
    started = time.monotonic()
    with (folder / "messages.jsonl").open("a", encoding="utf-8") as log:
        while (message := _read(source)) is not None:
            seconds = round(time.monotonic() - started, 3)
            print(json.dumps({"s": seconds, **message}, ensure_ascii=False), file=log, flush=True)
            if message.get("method") == "exit":
                return
            if "id" in message and "method" in message:
                _write(sink, {"jsonrpc": "2.0", "id": message["id"], "result": answer(message)})


def answer(request: Message) -> Any:
    """Give the result for one request."""
    match request["method"]:
        case "initialize":
            offered = request["params"]["capabilities"].get("general", {}).get("positionEncodings")
            encoding = (offered or ["utf-16"])[0]
            return {"capabilities": {**_CAPABILITIES, "positionEncoding": encoding}}
        case "textDocument/inlineCompletion":
            return {"items": [_inline_item(request["params"]["position"])]}
        case "textDocument/completion":
            item = {"label": "recorded", "insertText": "recorded"}
            return {"isIncomplete": True, "items": [item]}
        case _:
            return None


def trimmed(initialize: Message) -> Message:
    """Give the parameters without what is of the machine."""
    return {key: value for key, value in initialize.items() if key not in _OF_THE_MACHINE}


def _inline_item(position: Message) -> Message:
    command = {"title": "accepted", "command": "recorder.accepted", "arguments": ["1"]}
    span = {"start": position, "end": position}
    return {"insertText": "recorded", "range": span, "command": command}


def _read(source: IO[bytes]) -> Message | None:
    length = 0
    while line := source.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(source.read(length)) if length else None


def _write(sink: IO[bytes], message: Message) -> None:
    body = json.dumps(message).encode()
    sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sink.flush()


def main(arguments: list[str]) -> None:
    """Serve, or trim."""
    if arguments[:1] == ["--trim"]:
        lines = (Path(arguments[1]) / "messages.jsonl").read_text(encoding="utf-8").splitlines()
        first = next(m for m in map(json.loads, lines) if m.get("method") == "initialize")
        json.dump(trimmed(first["params"]), sys.stdout, indent=1, sort_keys=True)
        sys.stdout.write("\n")
        return
    serve(Path(arguments[0]), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1:])
