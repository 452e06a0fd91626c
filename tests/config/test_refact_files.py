"""Files as Refact's users have them, of both generations, load unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.problems import Severity
from refact_lsp.config.secret import Secret

FILES = Path(__file__).with_name("refact_files")
ENVIRON = {"ANTHROPIC_API_KEY": "sk-ant-from-the-environment"}


def load(tmp_path: Path, generation: str) -> Configuration:
    shutil.copytree(
        FILES / generation, tmp_path / "providers.d", ignore=shutil.ignore_patterns("fields")
    )
    return load_configuration({"REFACT_CONFIG_DIR": str(tmp_path), **ENVIRON})


@pytest.fixture
def old(tmp_path: Path) -> Configuration:
    return load(tmp_path, "old")


@pytest.fixture
def new(tmp_path: Path) -> Configuration:
    return load(tmp_path, "fork")


def test_old_files_load_and_only_their_conflict_is_told(old: Configuration) -> None:
    (conflict,) = old.problems
    assert (Path(conflict.file).name, conflict.line, conflict.column) == ("my_vllm.yaml", 6, 32)
    assert conflict.severity is Severity.WARNING
    assert conflict.sentence.endswith("ollama.yaml:26 too, which wins.")
    assert [each.name for each in old.providers.instances.values() if not each.off] == [
        "anthropic",
        "embedded",
        "my_vllm",
        "ollama",
    ]


def test_old_ids_are_provider_and_model(old: Configuration) -> None:
    assert old.providers.ids("completion") == (
        "embedded/workspace",
        "my_vllm/starcoder2/3b/vllm",
        "ollama/qwen2.5-coder:1.5b-base",
        "ollama/qwen2.5-coder:7b-base",
    )
    assert old.providers.ids("chat") == (
        "anthropic/claude-3-7-sonnet-latest",
        "my_vllm/llama-3",
        "ollama/llama3.1:8b",
    )
    assert old.providers.ids("embedding") == ("my_vllm/thenlper/gte-base",)


def test_old_aliases_of_endpoints_are_read(old: Configuration) -> None:
    settings = old.providers.instances["my_vllm"].settings
    assert settings.completion_endpoint == "http://10.1.2.3:8000/v1/completions"
    assert settings.chat_endpoint == "http://10.1.2.3:8000/v1/chat/completions"
    assert settings.embedding_endpoint == "http://10.1.2.3:8000/v1/embeddings"
    assert settings.tokenizer_api_key == Secret("hf_notarealtoken")
    assert settings.support_metadata


def test_old_patch_and_cap_are_applied(old: Configuration) -> None:
    instance = old.providers.instances["my_vllm"]
    assert instance.completion["starcoder2/3b/vllm"].n_ctx == 2048
    assert instance.chat["llama-3"].n_ctx == 32000
    assert instance.chat["llama-3"].supports_tools


def test_old_completion_record_is_read_whole(old: Configuration) -> None:
    model = old.providers.instances["ollama"].completion["qwen2.5-coder:7b-base"]
    assert model.n_ctx == 8192
    assert model.scratchpad == "FIM-PSM"
    assert model.scratchpad_patch["fim_middle"] == "<|fim_middle|>"
    assert model.scratchpad_patch["extra_stop_tokens"] == ["<|repo_name|>", "<|file_sep|>"]
    assert model.scratchpad_patch["rag_ratio"] == 0.5
    assert model.tokenizer == "hf://Qwen/Qwen2.5-Coder-0.5B"
    assert old.providers.instances["ollama"].settings.api_key == Secret("any-will-work")


def test_old_chat_record_is_read_whole(old: Configuration) -> None:
    instance = old.providers.instances["anthropic"]
    model = instance.chat["claude-3-7-sonnet-latest"]
    assert (model.n_ctx, model.default_temperature) == (200000, 0.2)
    assert model.supports_reasoning == "anthropic"
    assert model.supports_clicks
    assert model.supports_agent
    assert model.supports_multimodality
    assert instance.settings.api_key == Secret("sk-ant-from-the-environment")
    assert instance.settings.chat_endpoint == "https://api.anthropic.com/v1/messages"


def test_old_roles_come_from_the_files(old: Configuration) -> None:
    roles = {role: choice.model for role, choice in old.roles.items()}
    claude = "anthropic/claude-3-7-sonnet-latest"
    assert roles == {
        "completion_default_model": "ollama/qwen2.5-coder:7b-base",
        "chat_default_model": "my_vllm/llama-3",
        "chat_light_model": claude,
        "reasoning_default_model": claude,
        "chat_model_2": "my_vllm/llama-3",
        "task_planner_agent_model": "my_vllm/llama-3",
        "chat_buddy_model": "my_vllm/llama-3",
        "embedding_model": "my_vllm/thenlper/gte-base",
    }


def test_new_files_load_without_a_word_but_for_disabled_ones(new: Configuration) -> None:
    (placeholder,) = new.problems
    assert (Path(placeholder.file).name, placeholder.line) == ("groq.yaml", 2)
    assert placeholder.severity is Severity.WARNING
    assert new.providers.instances["groq"].off == "`enabled: false` stands in its file"


def test_new_instance_of_a_family_is_read_whole(new: Configuration) -> None:
    instance = new.providers.instances["team-openai"]
    assert instance.settings.display_name == "OpenAI (team)"
    assert instance.settings.wire_format == "openai_responses"
    assert instance.settings.extra_headers == {"X-Team": Secret("blue")}
    assert instance.settings.endpoint == "https://api.openai.com/v1"
    assert instance.settings.oauth_tokens is None
    assert list(instance.chat) == ["my-tuned", "big", "gpt-4.1"]
    tuned = instance.chat["my-tuned"]
    assert tuned.n_ctx == 4096
    assert tuned.reasoning_effort_options == ("low", "high")
    assert (tuned.pricing.prompt, tuned.pricing.generated) == (2.5, 10.0)
    assert tuned.max_output_tokens == 16384
    assert instance.chat["big"].n_ctx == 128000


def test_new_base_url_moves_the_whole_provider(new: Configuration) -> None:
    settings = new.providers.instances["lmstudio"].settings
    assert settings.endpoint == "http://192.168.1.20:1234/v1"
    assert settings.completion_endpoint == ""
    assert settings.completion_endpoint_style == "openai_completions"
    embedding = settings.embedding_model
    assert embedding is not None
    assert (embedding.name, embedding.n_ctx, embedding.embedding_batch) == ("nomic-embed", 2048, 32)
    assert (embedding.embedding_size, embedding.dimensions) == (768, 768)
    assert embedding.query_prefix == "search_query: "


def test_new_defaults_decide_over_provider_files(new: Configuration) -> None:
    roles = {role: choice.model for role, choice in new.roles.items()}
    assert roles == {
        "completion_default_model": "lmstudio/starcoder2-3b",
        "chat_default_model": "team-openai/gpt-4.1",
        "chat_light_model": "team-openai/gpt-4.1",
        "reasoning_default_model": "team-openai/my-tuned",
        "chat_model_2": "team-openai/big",
        "task_planner_agent_model": "team-openai/gpt-4.1",
        "chat_buddy_model": "team-openai/gpt-4.1",
        "embedding_model": "lmstudio/nomic-embed",
    }
    asked = new.roles["chat_default_model"].asked
    assert (asked.max_new_tokens, asked.temperature, asked.boost_reasoning) == (4096, 0.1, True)
    assert asked.reasoning_effort == "high"
    assert new.roles["reasoning_default_model"].asked.thinking_budget == 2000
