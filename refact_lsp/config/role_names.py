"""The names that roles go by: in files of either generation, and when a person types them."""

from __future__ import annotations

from collections.abc import Mapping

from refact_lsp.config.problems import nearest
from refact_lsp.config.roles import ROLES, DefaultsFile
from refact_lsp.errors import UsageError

WRITTEN_AS: Mapping[str, tuple[str, ...]] = {
    "completion_default_model": ("completion_model",),
    "chat_default_model": ("chat", "model"),
    "chat_light_model": ("chat_light", "model"),
    "reasoning_default_model": ("chat_thinking", "model"),
    "chat_model_2": ("chat_model_2", "model"),
    "task_planner_agent_model": ("task_planner_agent_model", "model"),
    "chat_buddy_model": ("chat_buddy", "model"),
    "embedding_model": ("embedding_model",),
}
"""Where a role's model stands in a `defaults.yaml` of Refact's newer generation."""

SHORT: Mapping[str, tuple[str, ...]] = {
    "completion_default_model": ("code_completion", "inline"),
    "chat_default_model": (),
    "chat_light_model": ("light",),
    "reasoning_default_model": ("reasoning", "thinking", "chat_reasoning"),
    "chat_model_2": ("second", "second_opinion", "chat_2"),
    "task_planner_agent_model": ("planner", "plan", "task_planner"),
    "chat_buddy_model": ("buddy", "background", "review"),
    "embedding_model": ("embedding", "embeddings"),
}
"""What a person may call it on the command line."""


TOLD: Mapping[str, str] = {
    "completion_default_model": "completion",
    "chat_default_model": "chat",
    "chat_light_model": "light",
    "reasoning_default_model": "reasoning",
    "chat_model_2": "second",
    "task_planner_agent_model": "planner",
    "chat_buddy_model": "background",
    "embedding_model": "embedding",
}
"""The shortest name of each role; every one of them is understood too."""


def read_as(role: str) -> tuple[str, ...]:
    """Answer every name that a role goes by in files, its own first."""
    return tuple(written for written, name in DefaultsFile.names().items() if name == role)


def role_named(name: str) -> str:
    """Answer the role of that name, whichever of its names it is; UsageError for none."""
    plain = name.strip().lower().replace("-", "_")
    names = {each: role for role in ROLES for each in (*read_as(role), *SHORT[role])}
    if plain in names:
        return names[plain]
    hint = nearest(plain, names) or f" The roles are {', '.join(ROLES)}."
    raise UsageError(f"No role is called {name!r}.{hint}")
