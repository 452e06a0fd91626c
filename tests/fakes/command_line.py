"""The command line of the fake model server."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.fakes.family import Model
from tests.fakes.model_server import FAMILIES, MODELS, FakeModelServer, serve_process
from tests.fakes.replay_scripts import Replay, holes_from
from tests.fakes.script import Script, ScriptFunction, always, every_nth_fails, loading


def main() -> None:
    """Serve until standard input ends, or until interrupted."""
    options = _parser().parse_args()
    models = tuple(Model(name, n_ctx=options.n_ctx) for name in options.model) or MODELS
    server = FakeModelServer(
        options.family,
        _script(options),
        models=models,
        api_key=options.api_key,
        port=options.port,
    )
    try:
        asyncio.run(serve_process(server, options.record))
    except KeyboardInterrupt:
        return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="model_server", description="A fake model server.")
    parser.add_argument("--family", choices=sorted(FAMILIES), default="openai")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--model", action="append", default=[], help="may be given several times")
    parser.add_argument("--n-ctx", type=int, default=4096)
    parser.add_argument("--api-key")
    parser.add_argument("--text", default="", help="what every answer says")
    parser.add_argument("--first-token-ms", type=float, default=0)
    parser.add_argument("--tokens-per-s", type=float)
    parser.add_argument("--replay", type=Path, help="JSON: a list of {path, start, end, text}")
    parser.add_argument("--wrong-share", type=float, default=0, help="of the replay's answers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every-nth-fails", type=int)
    parser.add_argument("--loading", type=int, default=0, help="so many requests meet a 503")
    parser.add_argument("--record", help="a file that gets a line of JSON for every request")
    return parser


def _script(options: argparse.Namespace) -> ScriptFunction:
    first_token_s = options.first_token_ms / 1000
    script: ScriptFunction
    if options.replay:
        script = Replay(
            holes_from(options.replay),
            first_token_s=first_token_s,
            tokens_per_s=options.tokens_per_s,
            wrong_share=options.wrong_share,
            seed=options.seed,
        )
    else:
        script = always(Script(options.text, "", first_token_s, options.tokens_per_s))
    if options.every_nth_fails:
        script = every_nth_fails(options.every_nth_fails, script)
    return loading(options.loading, script) if options.loading else script
