"""A model behind each family of servers: asked in the best way, and what is refused is learned."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from refact_lsp.messages import Finish, Shape
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import Instead, Refusal, Request, Script, always, in_turn
from tests.providers.asking import ANSWER, CODER, Asker, Told, ask, question

SAID = Told(ANSWER, Finish("stop"))
LONG = "".join(f"value_{number} = compute({number})\n" for number in range(200)) + "x = <cursor>\n"


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with Asker() as made:
        yield made


def spoken(text: str = ANSWER) -> Callable[[Request], Script]:
    """Answer chats as they are asked to, completions with the text alone."""
    tagged = f"<fill>    return {text}</fill>"
    return lambda request: Script(tagged if request.path.endswith("chat/completions") else text)


def paths(server: FakeModelServer) -> list[str]:
    return [each.request.path for each in server.generations]


def bodies(server: FakeModelServer) -> list[dict[str, object]]:
    return [each.request.json() for each in server.generations]


@pytest.mark.parametrize(
    ("family", "base", "model", "path", "prompt"),
    [
        ("openai", "custom", CODER, "/v1/completions", "<|fim_prefix|>"),
        ("openai", "custom", "gpt-x", "/v1/chat/completions", ""),
        ("vllm", "vllm", CODER, "/v1/completions", "<|fim_prefix|>"),
        ("lmstudio", "lmstudio", CODER, "/v1/completions", "<|fim_prefix|>"),
        ("refact", "refact_server", CODER, "/v1/completions", "<|fim_prefix|>"),
        ("ollama", "ollama", CODER, "/api/generate", "def add"),
        ("llamacpp", "llamacpp", CODER, "/infill", "    return "),
    ],
)
async def test_family_is_asked_in_its_best_way(
    asker: Asker, family: str, base: str, model: str, path: str, prompt: str
) -> None:
    async with FakeModelServer(family, spoken(), models=(Model(model),)) as server:
        asked = asker.model(f"base_provider: {base}\nendpoint: {server.url}\n", model)
        assert await ask(asked) == SAID
        assert paths(server) == [path]
        assert bodies(server)[0]["stream"] is True
        assert str(bodies(server)[0].get("prompt", "")).startswith(prompt)


@pytest.mark.parametrize(
    ("family", "settings", "model", "tried"),
    [
        pytest.param(
            "ollama",
            "base_provider: ollama",
            Model(CODER, inserts=False),
            ["/api/generate", "/api/generate"],
            id="ollama does not support insert",
        ),
        pytest.param(
            "vllm",
            "{base_provider: vllm, takes_suffix: true}",
            Model(CODER),
            ["/v1/completions", "/v1/completions"],
            id="vllm refuses suffix",
        ),
        pytest.param(
            "llamacpp",
            "base_provider: llamacpp",
            Model(CODER, inserts=False),
            ["/infill", "/completion"],
            id="infill 501",
        ),
        pytest.param(
            "openai",
            "base_provider: custom",
            Model(CODER, completes=False),
            ["/v1/completions", "/v1/chat/completions"],
            id="a model that only chats",
        ),
    ],
)
async def test_refused_way_gives_way_to_the_next_within_the_request_and_for_good(
    asker: Asker, family: str, settings: str, model: Model, tried: list[str]
) -> None:
    async with FakeModelServer(family, spoken(), models=(model,)) as server:
        text = settings.strip("{}").replace(", ", "\n")
        asked = asker.model(f"{text}\nendpoint: {server.url}\n")
        assert await ask(asked) == SAID
        assert paths(server) == tried
        assert await ask(asked) == SAID
        assert paths(server) == [*tried, tried[-1]]
        assert "suffix" not in bodies(server)[-1]


_USE_OTHER = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."


@pytest.mark.parametrize(
    ("words", "gone", "instead"),
    [
        pytest.param(_USE_OTHER, "max_tokens", "max_completion_tokens", id="P1 limit's other name"),
        pytest.param("'temperature' is not supported", "temperature", "", id="P1 temperature"),
        pytest.param("Extra inputs: stream_options", "stream_options", "", id="P1 stream_options"),
        pytest.param("stop: too many", "stop", "", id="P1 stop"),
    ],
)
@pytest.mark.parametrize("status", [400, 422], ids=["400", "P11 422"])
async def test_refused_parameter_is_left_out_at_once_and_for_good(
    asker: Asker, status: int, words: str, gone: str, instead: str
) -> None:
    script = in_turn(Script(fault=Refusal(status, words)), Script(ANSWER))
    async with FakeModelServer("openai", script, models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        assert await ask(asked) == SAID
        assert await ask(asked) == SAID
        first, second, third = bodies(server)
        assert gone in first
        assert gone not in second
        assert not instead or instead in second
        assert second.keys() == third.keys()


@pytest.mark.parametrize(
    ("suffix", "tried"),
    [
        pytest.param("/v1/v1", ["/v1/v1/completions", "/v1/completions"], id="P6 doubled v1"),
        pytest.param("/v1/completions", ["/v1/completions"], id="P6 whole URL as the base"),
        pytest.param("/", ["/v1/completions"], id="P6 slash at the end"),
    ],
)
async def test_other_spelling_of_the_path_is_found_and_remembered(
    asker: Asker, suffix: str, tried: list[str]
) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}{suffix}\n")
        assert await ask(asked) == SAID
        assert await ask(asked) == SAID
        assert paths(server) == [*tried, tried[-1]]


@pytest.mark.parametrize("family", ["openai", "vllm", "lmstudio", "llamacpp"])
async def test_question_too_long_is_shortened_once_and_the_limit_remembered(
    asker: Asker, family: str
) -> None:
    base = "llamacpp" if family == "llamacpp" else "custom"
    async with FakeModelServer(family, spoken(), models=(Model(CODER, n_ctx=1000),)) as server:
        asked = asker.model(f"base_provider: {base}\nendpoint: {server.url}\n")
        assert (await ask(asked, question(LONG))).text == ANSWER
        assert len(server.generations) == 2
        assert (await ask(asked, question(LONG))).text == ANSWER
        assert len(server.generations) == 3


async def test_question_cut_in_silence_is_found_told_and_shortened(asker: Asker) -> None:
    script = always(Script(ANSWER, prompt_tokens=500))
    async with FakeModelServer("openai", script, models=(Model(CODER, n_ctx=10_000),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        assert (await ask(asked, question(LONG))).text == ANSWER
        (told,) = asker.findings
        assert "cut the rest off in silence" in told
        await ask(asked, question(LONG))
        sizes = [len(each.request.body) for each in server.generations]
        assert sizes[1] < sizes[0] / 2
        assert len(asker.findings) == 1


async def test_wide_indentation_is_not_taken_for_a_cut(asker: Asker) -> None:
    chars = len(LONG.replace("<cursor>", ""))
    script = always(Script(ANSWER, prompt_tokens=int(chars / 5.5)))
    async with FakeModelServer("openai", script, models=(Model(CODER, n_ctx=10_000),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        for _ in range(3):
            await ask(asked, question(LONG))
        assert asker.findings == []
        assert len({len(each.request.body) for each in server.generations}) == 1


async def test_server_without_any_path_for_a_while_is_asked_as_before_afterwards(
    asker: Asker,
) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        nowhere = Instead(404, "nothing here", content_type="text/plain")
        server.script = always(Script(fault=nowhere))
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        told = await ask(asked)
        assert told.finish.cause == "provider_error"
        assert "has nothing at" in told.finish.note
        tried = len(server.generations)
        assert tried <= 6
        server.script = spoken()
        assert await ask(asked) == SAID
        assert paths(server)[tried:] == ["/v1/completions"]
        assert str(bodies(server)[-1]["prompt"]).startswith("<|fim_prefix|>")


async def test_prompt_that_ends_in_white_space_is_healed(asker: Asker) -> None:
    async with FakeModelServer("openai", always(f" {ANSWER}"), models=(Model("m"),)) as server:
        asked = asker.model(
            f"base_provider: custom\nendpoint: {server.url}\n"
            "completion_wires: [openai_completions]\ntakes_suffix: false\n",
            "m",
        )
        assert await ask(asked) == SAID
        assert bodies(server)[0]["prompt"] == "def add(first, second):\n    return"


async def test_special_tokens_are_taken_out_of_the_text(asker: Asker) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        await ask(asked, question("a = '<|fim_middle|>evil'\nb = <cursor>\n"))
        assert str(bodies(server)[0]["prompt"]).count("<|fim_middle|>") == 1


async def test_ways_that_are_all_closed_say_so(asker: Asker) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\nfim: {{mode: off}}\n")
        told = await ask(asked)
        assert told.finish.cause == "no_completion_model"
        assert "off" in told.finish.note
        assert server.generations == []


async def test_several_lines_get_more_tokens(asker: Asker) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        await ask(asked)
        await ask(asked, question(shape=Shape.MULTI_LINE))
        assert [each["max_tokens"] for each in bodies(server)] == [64, 256]


async def test_connection_is_used_again_after_a_whole_answer(asker: Asker) -> None:
    async with FakeModelServer("openai", spoken(), models=(Model(CODER),)) as server:
        asked = asker.model(f"base_provider: custom\nendpoint: {server.url}\n")
        for _ in range(3):
            await ask(asked)
        assert server.connections == 1
