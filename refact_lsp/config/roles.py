"""The eight roles: what they are called in files, and which model each gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from refact_lsp.config.problems import Problem
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import Number, Text, Whole


class RoleDefault(Record):
    """What `defaults.yaml` says about one role: a model, and how it is asked."""

    bare: ClassVar[str] = "model"

    model: Text = setting("", "An id, or the last part of one; empty: none said.")
    max_new_tokens: Whole | None = setting(None, "The longest answer.")
    temperature: Number | None = setting(None, "How freely it chooses.", examples=[0.2])
    top_p: Number | None = setting(None, "How much of what is likely it chooses from.")
    boost_reasoning: bool | None = setting(None, "Think more.")
    reasoning_effort: Text = setting("", "How much to think.", examples=["low", "medium", "high"])
    thinking_budget: Whole | None = setting(None, "Tokens to think with.")


class DefaultsFile(Record):
    """The model of each role: an id `provider/model`, or a mapping that says how it is asked."""

    completion_default_model: RoleDefault = setting(
        RoleDefault,
        "For inline completion.",
        "completion",
        "completion_model",
        "code_completion_default_model",
    )
    chat_default_model: RoleDefault = setting(
        RoleDefault, "For chat.", "chat", "chat_model", "code_chat_default_model"
    )
    chat_light_model: RoleDefault = setting(RoleDefault, "For small tasks.", "chat_light")
    reasoning_default_model: RoleDefault = setting(
        RoleDefault, "For what wants thought.", "chat_thinking", "chat_thinking_model"
    )
    chat_model_2: RoleDefault = setting(RoleDefault, "For a second opinion.")
    task_planner_agent_model: RoleDefault = setting(RoleDefault, "For plans.")
    chat_buddy_model: RoleDefault = setting(RoleDefault, "For a review on save.", "chat_buddy")
    embedding_model: RoleDefault = setting(RoleDefault, "For likeness of texts.")


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
    given, problems = read_file(DefaultsFile, content, file)
    return given or DefaultsFile(), problems
