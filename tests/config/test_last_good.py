"""What stays in force when a file breaks, by the pure function and by reading files twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.config.last_good import is_broken, keep_last_good, switches_off
from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.resolve import Instance, Providers

GOOD = Instance("a", "a.yaml", ProviderFile(display_name="good"))
BROKEN = Instance("a", "a.yaml", ProviderFile(), off="its file has errors")
ERROR = Problem("a.yaml", 1, 1, "Wrong.")
WARNING = Problem("a.yaml", 1, 1, "Odd.", Severity.WARNING)


def providers(*instances: Instance, problems: tuple[Problem, ...] = ()) -> Providers:
    return Providers({each.name: each for each in instances}, problems)


def test_broken_instance_is_replaced_by_the_one_before_and_its_problem_stays() -> None:
    now = providers(BROKEN, problems=(ERROR,))
    assert keep_last_good(providers(GOOD), now) == (providers(GOOD, problems=(ERROR,)), ("a",))


@pytest.mark.parametrize(
    ("before", "now", "switched_off"),
    [
        pytest.param(providers(), providers(BROKEN, problems=(ERROR,)), (), id="from-the-start"),
        pytest.param(
            providers(BROKEN), providers(BROKEN, problems=(ERROR,)), (), id="never-was-good"
        ),
        pytest.param(providers(GOOD), providers(), (), id="deleted"),
        pytest.param(
            providers(GOOD), providers(BROKEN, problems=(WARNING,)), (), id="off-without-an-error"
        ),
        pytest.param(
            providers(GOOD),
            providers(BROKEN, problems=(Problem("b.yaml", 1, 1, "Wrong."),)),
            (),
            id="error-in-another-file",
        ),
        pytest.param(
            providers(Instance("a", "a.yml", ProviderFile())),
            providers(BROKEN, problems=(ERROR,)),
            (),
            id="good-in-another-file",
        ),
        pytest.param(
            providers(GOOD), providers(BROKEN, problems=(ERROR,)), ("a.yaml",), id="switched-off"
        ),
    ],
)
def test_nothing_else_is_replaced(
    before: Providers, now: Providers, switched_off: tuple[str, ...]
) -> None:
    assert keep_last_good(before, now, switched_off) == (now, ())


def test_file_is_broken_by_an_error_and_not_by_warnings() -> None:
    assert is_broken([WARNING, ERROR])
    assert not is_broken([WARNING])


@pytest.mark.parametrize(
    "text", ["a: [\nenabled: false\n", '"enabled": no # for now\r\nx: {', "enabled: 'OFF'"]
)
def test_line_that_switches_off_is_found(text: str) -> None:
    assert switches_off(text.encode())


@pytest.mark.parametrize("text", ["enabled: true", "  enabled: false", "# enabled: false", ""])
def test_line_that_does_not_switch_off_is_none(text: str) -> None:
    assert not switches_off(text.encode())


def read(folder: Path, before: Configuration | None = None, **files: str | None) -> Configuration:
    (folder / "providers.d").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / "providers.d" / f"{name}.yaml"
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    return load_configuration({"REFACT_CONFIG_DIR": str(folder)}, before=before)


def chat(loaded: Configuration) -> tuple[str, ...]:
    return loaded.providers.ids("chat")


@pytest.mark.parametrize("broken", ["running_models: [", "running_models: 5\n"])
def test_file_that_breaks_stays_as_it_was_until_it_is_mended(tmp_path: Path, broken: str) -> None:
    first = read(tmp_path, lmstudio="running_models: [a]\n")
    second = read(tmp_path, first, lmstudio=broken)
    third = read(tmp_path, second, lmstudio=broken + "\n\n")
    mended = read(tmp_path, third, lmstudio="running_models: [b]\n")
    assert [chat(each) for each in (first, second, third, mended)] == [
        ("lmstudio/a",),
        ("lmstudio/a",),
        ("lmstudio/a",),
        ("lmstudio/b",),
    ]
    assert [each.kept for each in (second, third, mended)] == [("lmstudio",), ("lmstudio",), ()]
    assert [len(each.problems) for each in (first, second, third, mended)] == [0, 1, 1, 0]


def test_file_broken_from_the_start_is_off_and_the_others_are_not(tmp_path: Path) -> None:
    loaded = read(tmp_path, lmstudio="a: [", ollama="running_models: [b]\n")
    assert chat(loaded) == ("ollama/b",)
    assert read(tmp_path, loaded).providers.instances["lmstudio"].off


@pytest.mark.parametrize("text", ["enabled: false\n", "enabled: false\nrunning_models: [", None])
def test_file_switched_off_or_deleted_is_off_at_once(tmp_path: Path, text: str | None) -> None:
    first = read(tmp_path, lmstudio="running_models: [a]\n")
    assert chat(read(tmp_path, first, lmstudio=text)) == ()


def test_defaults_that_break_stay_as_they_were(tmp_path: Path) -> None:
    first = read(tmp_path, lmstudio="running_models: [a, b]\n", defaults="chat: a\n")
    second = read(tmp_path, first, defaults="chat: {model: b, temperature: hot}\n")
    third = read(tmp_path, second, defaults="chat: b\n")
    fourth = read(tmp_path, third, defaults=None)
    models = [each.roles["chat_default_model"].model for each in (first, second, third, fourth)]
    assert models == ["lmstudio/a", "lmstudio/a", "lmstudio/b", ""]


def test_defaults_broken_from_the_start_count_as_far_as_they_are_right(tmp_path: Path) -> None:
    read(tmp_path, lmstudio="running_models: [a, b]\n")
    first = read(tmp_path, defaults="chat: a\nchat_light: {model: b, top_p: x}\n")
    second = read(tmp_path, first, defaults="chat: b\nchat_light: {model: b, top_p: x}\n")
    assert first.roles["chat_default_model"].model == "lmstudio/a"
    assert second.roles["chat_default_model"].model == "lmstudio/b"


def test_role_of_a_provider_that_is_kept_is_not_told_as_missing(tmp_path: Path) -> None:
    first = read(tmp_path, lmstudio="running_models: [a]\n", defaults="chat: lmstudio/a\n")
    second = read(tmp_path, first, lmstudio="running_models: [")
    assert [Path(each.file).name for each in second.problems] == ["lmstudio.yaml"]


def test_folder_that_cannot_be_read_any_more_leaves_all_as_it_was(tmp_path: Path) -> None:
    first = read(tmp_path, lmstudio="running_models: [a]\n", defaults="chat: a\n")
    folder = tmp_path / "providers.d"
    folder.rename(tmp_path / "away")
    folder.symlink_to(folder)
    second = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)}, before=first)
    assert second.roles["chat_default_model"].model == "lmstudio/a"
    (problem,) = second.problems
    assert problem.file == str(folder)
    assert problem.sentence.startswith("This directory cannot be read: ")


def test_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "refact").write_text("")
    loaded = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path / "refact")})
    (problem,) = loaded.problems
    assert str(problem) == (
        f"{tmp_path / 'refact'}: error: A directory is expected here, and this is a file."
    )
    assert loaded.roles["completion_default_model"].model == "embedded/workspace"


def test_file_that_cannot_be_opened_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    first = read(tmp_path, lmstudio="running_models: [a]\n")
    link = tmp_path / "providers.d" / "ollama.yaml"
    link.symlink_to(link)
    second = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)}, before=first)
    assert chat(second) == ("lmstudio/a",)
    assert [each.file for each in second.problems] == [str(link)]


def test_text_in_the_editor_changes_what_is_told_and_not_what_is_in_force(tmp_path: Path) -> None:
    read(tmp_path, lmstudio="running_models: [a]\n")
    folder = tmp_path / "providers.d"
    texts = {
        folder / "lmstudio.yaml": b"running_models: 5\n",
        folder / "new.yaml": b"enabeld: true\nendpoint: http://x\n",
        tmp_path / "elsewhere.yaml": b"a: [",
    }
    loaded = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)}, open_texts=texts)
    assert chat(loaded) == ("lmstudio/a",)
    assert loaded.problems == ()
    assert [Path(each.file).name for each in loaded.editor_problems] == [
        "lmstudio.yaml",
        "new.yaml",
    ]


@pytest.mark.parametrize("name", [".ollama.yaml.swp", "ollama.yaml~", "4913", ".#ollama.yaml"])
def test_what_editors_leave_beside_a_file_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "providers.d").mkdir()
    (tmp_path / "providers.d" / name).symlink_to("user@host.1234")
    loaded = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)})
    assert loaded.problems == ()
    assert list(loaded.providers.instances) == ["embedded"]
