"""The user's files in a running session: a change counts at once, what runs is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from refact_lsp.completion.candidate import Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.choose import Choice
from refact_lsp.config.load import Configuration
from refact_lsp.errors import ConfigError
from refact_lsp.messages import CompletionModel, FimRequest, Finish, StreamEvent, TextDelta
from refact_lsp.session.condition.notices import Weight
from refact_lsp.session.configuration import LiveConfiguration
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

URI = "file:///somewhere/a.py"
GOOD = "base_provider: lmstudio\ncompletion_models: {a: {}}\nrunning_models: [one, two]\n"


@dataclass
class Canned:
    """A model that waits to be let go and then says its own name."""

    id: str
    go: asyncio.Event
    destination: None = None

    async def stream(self, _request: FimRequest) -> AsyncIterator[StreamEvent]:
        await self.go.wait()
        yield TextDelta(f"from_{self.id.rpartition('/')[2]}()")
        yield Finish("stop")


@dataclass
class Rig:
    session: Session
    user: Path
    shown: list[str]

    async def write(self, name: str, text: str) -> None:
        path = self.user / "providers.d" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        await self.session.configuration.settled()

    def model(self, role: str = "completion") -> str:
        return self.session.role(role).model

    def problems(self) -> list[str]:
        found = self.session.problems.by_file().items()
        return [f"{Path(file).name}: {each.sentence}" for file, told in found for each in told]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    session = Session({"HOME": str(tmp_path)})
    shown: list[str] = []

    def show(_weight: Weight, sentence: str) -> None:
        shown.append(sentence)

    session.notices.show = show
    session.configuration.start()
    yield Rig(session, tmp_path / ".config" / "refact", shown)
    session.shutdown()
    await session.closed()


async def test_before_the_files_are_read_the_engine_without_a_key_answers(tmp_path: Path) -> None:
    session = Session({"HOME": str(tmp_path)})
    assert session.completion_model().id == "embedded/workspace"
    with pytest.raises(ConfigError, match="not read yet"):
        session.role("chat")
    session.shutdown()
    await session.closed()


async def test_role_that_is_none_is_refused_with_the_nearest(rig: Rig) -> None:
    await rig.session.configuration.settled()
    with pytest.raises(ConfigError, match="Did you mean 'chat_buddy_model'"):
        rig.session.role("chat_body_model")


async def test_folder_that_appears_and_files_that_come_and_go_count_at_once(rig: Rig) -> None:
    await rig.session.configuration.settled()
    assert rig.model() == "embedded/workspace"
    await rig.write("mine.yaml", GOOD)
    assert (rig.model(), rig.model("chat")) == ("mine/a", "")
    await rig.write("defaults.yaml", "chat: two\n")
    assert rig.model("chat") == "mine/two"
    (rig.user / "providers.d" / "mine.yaml").unlink()
    await rig.session.configuration.settled()
    assert (rig.model(), rig.model("chat")) == ("embedded/workspace", "")


async def test_change_that_nobody_tells_is_found_by_looking(rig: Rig) -> None:
    await rig.session.configuration.settled()
    heard = asyncio.Event()
    rig.session.problems.listen(heard.set)
    folder = rig.user / "providers.d"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(GOOD)
    await asyncio.wait_for(heard.wait(), 20)
    assert rig.model() == "mine/a"


async def test_saved_or_watched_file_is_read_without_waiting_for_the_next_look(rig: Rig) -> None:
    await rig.write("mine.yaml", GOOD)
    before = rig.session.configuration.current
    rig.session.document_saved((rig.user / "providers.d" / "mine.yaml").as_uri())
    rig.session.document_saved("file:///elsewhere/mine.yaml")
    assert rig.session.configuration._poked.is_set()
    await rig.session.configuration.settled()
    assert rig.session.configuration.current is before


async def test_change_swaps_the_whole_object_and_leaves_the_old_one_as_it_is(rig: Rig) -> None:
    await rig.write("mine.yaml", GOOD)
    old = rig.session.configuration.current
    assert old is not None
    await rig.write("mine.yaml", "base_provider: lmstudio\nrunning_models: [three]\n")
    assert rig.session.configuration.current is not old
    assert old.providers.ids("chat") == ("mine/one", "mine/two")


async def test_broken_file_keeps_the_last_good_one_and_is_told_once(rig: Rig) -> None:
    await rig.write("mine.yaml", GOOD)
    await rig.write("mine.yaml", GOOD + "enabled: maybe\n")
    assert rig.model() == "mine/a"
    await rig.write("mine.yaml", "# a line above\n" + GOOD + "enabled: maybe\n")
    told = (
        "1 problem in your provider files: providers.d/mine.yaml:4:10: 'enabled': expected true "
        "or false. Until then the last good settings stay in force: mine."
    )
    assert rig.shown == [told]
    assert rig.problems() == ["mine.yaml: 'enabled': expected true or false."]
    await rig.write("mine.yaml", GOOD)
    assert rig.problems() == []
    await rig.write("mine.yaml", GOOD + "enabled: maybe\n")
    assert rig.shown == [told, told]


async def test_file_broken_from_the_start_takes_only_its_provider_out(rig: Rig) -> None:
    await rig.write("other.yaml", "running_models: [")
    await rig.write("mine.yaml", GOOD)
    assert rig.model() == "mine/a"
    assert [each.split(":")[0] for each in rig.problems()] == ["other.yaml"]


async def test_buffer_is_checked_as_it_is_typed_and_changes_nothing_in_force(rig: Rig) -> None:
    await rig.write("mine.yaml", GOOD)
    current = rig.session.configuration.current
    uri = (rig.user / "providers.d" / "mine.yaml").as_uri()
    rig.session.documents.open(uri, "yaml", 1, GOOD + "enabeld: true\n")
    await rig.session.configuration.settled()
    (told,) = rig.problems()
    assert told.endswith("Unknown key 'enabeld' is ignored. Did you mean 'enabled'?")
    assert rig.session.configuration.current is current
    assert rig.shown == []
    rig.session.documents.close(uri)
    await rig.session.configuration.settled()
    assert rig.problems() == []


async def test_editor_chooses_among_the_models_of_the_files(rig: Rig) -> None:
    await rig.write("mine.yaml", GOOD)
    rig.session.configure({"models": {"chat": "two", "completion": "embedded/workspace"}})
    assert (rig.model("chat"), rig.model()) == ("mine/two", "embedded/workspace")
    rig.session.configure({"models": {"chat": "tow"}})
    assert (rig.model("chat"), rig.model()) == ("", "mine/a")
    assert rig.shown == [
        (
            "settings.models: chat_default_model: no chat model is called 'tow'; it is ignored. "
            "Known: mine/one, mine/two."
        )
    ]


async def test_editors_wish_is_judged_again_when_the_files_change(rig: Rig) -> None:
    await rig.session.configuration.settled()
    rig.session.configure({"models": {"chat": "one"}})
    assert (rig.model("chat"), len(rig.shown)) == ("", 1)
    await rig.write("mine.yaml", GOOD)
    assert rig.model("chat") == "mine/one"


async def test_setting_that_the_editor_has_no_more_is_not_in_force_any_more(rig: Rig) -> None:
    rig.session.configure({"delayMs": 7})
    rig.session.configure_whole({"delayMs": 9, "trigger": "manual"})
    rig.session.configure_whole({"trigger": "manual"})
    assert (rig.session.settings.delay_ms, rig.session.settings.trigger) == (7, "manual")
    rig.session.configure_whole(None)
    assert rig.session.settings.trigger == "auto"


async def test_factory_makes_a_model_once_for_each_choice(rig: Rig) -> None:
    made: list[str] = []

    def make(_configuration: Configuration, choice: Choice) -> CompletionModel | None:
        made.append(choice.model)
        return Canned(choice.model, asyncio.Event())

    rig.session.models = make
    await rig.write("mine.yaml", GOOD)
    models = [rig.session.completion_model() for _ in range(3)]
    assert (models[0].id, len({id(each) for each in models}), made) == ("mine/a", 1, ["mine/a"])
    await rig.write("other.yaml", "base_provider: lmstudio\n")
    assert rig.session.completion_model() is models[0]
    await rig.write("mine.yaml", GOOD + "endpoint: http://127.0.0.1:1/v1\n")
    assert rig.session.completion_model() is not models[0]


async def test_model_that_cannot_be_called_is_stood_in_for(rig: Rig) -> None:
    rig.session.models = lambda _configuration, _choice: None
    await rig.write("mine.yaml", GOOD)
    assert rig.model() == "mine/a"
    assert rig.session.completion_model().id == "embedded/workspace"


async def test_without_any_model_the_reason_is_said(rig: Rig) -> None:
    await rig.write("embedded.yaml", "enabled: false\n")
    rig.session.documents.open(URI, "python", 1, "value = ")
    outcome = await rig.session.inline.ask(URI, Position(0, 8), Kind.INVOKED)
    assert outcome == Silence(Reason.NO_COMPLETION_MODEL)


async def test_request_at_work_ends_on_the_model_it_began_with_e22(rig: Rig) -> None:
    go = asyncio.Event()
    rig.session.models = lambda _configuration, choice: Canned(choice.model, go)
    await rig.write("mine.yaml", GOOD)
    rig.session.documents.open(URI, "python", 1, "value = ")
    answer = rig.session.inline.ask(URI, Position(0, 8), Kind.INVOKED)
    await rig.write("mine.yaml", GOOD.replace("{a: {}}", "{b: {}}"))
    assert rig.model() == "mine/b"
    go.set()
    outcome = await answer
    assert isinstance(outcome, Proposal)
    assert [each.text for each in outcome.candidates] == ["from_a()"]
    assert rig.session.history.entries[-1].model == "mine/a"
    later = await rig.session.inline.ask(URI, Position(0, 8), Kind.INVOKED)
    assert isinstance(later, Proposal)
    assert [each.text for each in later.candidates] == ["from_b()"]


async def test_many_changes_at_once_end_in_the_newest(rig: Rig) -> None:
    path = rig.user / "providers.d" / "mine.yaml"
    path.parent.mkdir(parents=True)
    waiting = []
    for number in range(30):
        path.write_text(GOOD.replace("one", f"model-{number}"))
        rig.session.document_saved(path.as_uri())
        waiting.append(asyncio.create_task(rig.session.configuration.settled()))
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    current = rig.session.configuration.current
    assert current is not None
    assert current.providers.ids("chat") == ("mine/model-29", "mine/two")


async def test_file_that_comes_after_a_look_and_goes_before_the_next_is_gone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "providers.d" / "mine.yaml"
    path.parent.mkdir()
    read: list[str] = []

    def documents() -> tuple[DocumentSnapshot, ...]:  # asked for between a look and the reading
        if not read:
            path.write_text(GOOD)
        return ()

    def changed() -> None:
        read.append(live.roles["completion_default_model"].model)
        path.unlink(missing_ok=True)

    live = LiveConfiguration({"REFACT_CONFIG_DIR": str(tmp_path)}, documents, changed)
    live.start()
    await live.settled()
    await live.settled()
    live.stop()
    assert read == ["mine/a", "embedded/workspace"]


async def test_stopped_configuration_lets_go_who_waits(rig: Rig) -> None:
    waiting = asyncio.create_task(rig.session.configuration.settled())
    await asyncio.sleep(0)
    rig.session.configuration.stop()
    await asyncio.wait_for(waiting, 20)
    await rig.session.configuration.settled()
    assert waiting.done()
