"""The eight roles: what they are called in files, and which model each gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refact_lsp.config.fields import RecordOf, setting
from refact_lsp.config.guarded_yaml import read_yaml
from refact_lsp.config.kinds import Flag, Number, Reading, Text, Whole, WrongValueError
from refact_lsp.config.problems import Mark, Problem


@dataclass(frozen=True, slots=True)
class RoleDefault:
    """What `defaults.yaml` says about one role: a model, and how it is asked."""

    model: str = setting(Text(), "", "An id, or the last part of one; empty: none said.")
    max_new_tokens: int | None = setting(Whole(), None, "The longest answer.")
    temperature: float | None = setting(Number(), None, "How freely it chooses.")
    top_p: float | None = setting(Number(), None, "How much of what is likely it chooses from.")
    boost_reasoning: bool | None = setting(Flag(), None, "Think more.")
    reasoning_effort: str = setting(Text(), "", "How much to think.")
    thinking_budget: int | None = setting(Whole(), None, "Tokens to think with.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


_DEFAULT = RecordOf(RoleDefault, "model")


@dataclass(frozen=True, slots=True)
class DefaultsFile:
    """`defaults.yaml`: the user's choice of a model for each role; aliases are Refact's names."""

    completion_default_model: RoleDefault = setting(
        _DEFAULT,
        RoleDefault(),
        "Inline completion.",
        ("completion", "completion_model", "code_completion_default_model"),
    )
    chat_default_model: RoleDefault = setting(
        _DEFAULT, RoleDefault(), "Chat.", ("chat", "chat_model", "code_chat_default_model")
    )
    chat_light_model: RoleDefault = setting(
        _DEFAULT, RoleDefault(), "Small tasks.", ("chat_light",)
    )
    reasoning_default_model: RoleDefault = setting(
        _DEFAULT, RoleDefault(), "What wants thought.", ("chat_thinking", "chat_thinking_model")
    )
    chat_model_2: RoleDefault = setting(_DEFAULT, RoleDefault(), "A second opinion.")
    task_planner_agent_model: RoleDefault = setting(_DEFAULT, RoleDefault(), "Plans.")
    chat_buddy_model: RoleDefault = setting(
        _DEFAULT, RoleDefault(), "A review on save.", ("chat_buddy",)
    )
    embedding_model: RoleDefault = setting(_DEFAULT, RoleDefault(), "Likeness of texts.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


ROLES: Mapping[str, str] = {
    "completion_default_model": "completion",
    "chat_default_model": "chat",
    "chat_light_model": "chat",
    "reasoning_default_model": "chat",
    "chat_model_2": "chat",
    "task_planner_agent_model": "chat",
    "chat_buddy_model": "chat",
    "embedding_model": "embedding",
}
"""The roles in their order, and the kind of model each wants."""


def read_defaults_file(content: bytes, file: str) -> tuple[DefaultsFile, tuple[Problem, ...]]:
    """Read `defaults.yaml`; what is wrong in it is told and counts as not said."""
    root, problems = read_yaml(content, file)
    if root is None:
        return DefaultsFile(), problems
    reading = Reading(file, [])
    try:
        return RecordOf(DefaultsFile).read(root, reading), tuple(reading.problems)
    except WrongValueError as wrong:
        return DefaultsFile(), (Problem(file, root.line, root.column, f"Expected {wrong}."),)
