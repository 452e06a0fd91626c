"""Real names of models, as Ollama, Hugging Face, GGUF files, MLX and Refact have them."""

from __future__ import annotations

import pytest

from refact_lsp.providers.fim.families import (
    Family,
    NoFamily,
    family_names,
    family_of,
    find_family,
    overridden,
)
from refact_lsp.providers.fim.prompt import FimText, Snippet, build_prompt

NAMES = {
    "glm4:9b": "glm-4",
    "zai-org/GLM-4.5V": None,
    "THUDM/GLM-4.1V-9B-Thinking": None,
    "glm-4v-9b": None,
    # Ollama's library
    "qwen2.5-coder": "qwen2.5-coder",
    "qwen2.5-coder:latest": "qwen2.5-coder",
    "qwen2.5-coder:7b-base-q4_K_M": "qwen2.5-coder",
    "qwen2.5-coder:1.5b-base": "qwen2.5-coder",
    "qwen2.5-coder:7b-instruct": "qwen2.5-coder",
    "qwen3-coder:30b": "qwen2.5-coder",
    "qwen3-coder:480b-cloud": "qwen2.5-coder",
    "qwen3-coder-next": "qwen2.5-coder",
    "qwen2.5:7b": None,
    "qwen2.5": None,
    "qwen3:8b": None,
    "qwen:14b": None,
    "qwen2.5vl:7b": None,
    "qwq:32b": None,
    "codeqwen:7b-code": "codeqwen",
    "codeqwen:7b-chat": None,
    "starcoder:1b": "starcoder",
    "starcoder2:3b": "starcoder2",
    "starcoder2:15b-instruct": None,
    "deepseek-coder:6.7b-base": "deepseek-coder",
    "deepseek-coder:1.3b-instruct-q4_0": "deepseek-coder",
    "deepseek-coder-v2:16b-lite-base-q4_0": "deepseek-coder-v2",
    "deepseek-coder-v2": "deepseek-coder-v2",
    "deepseek-r1:7b": None,
    "deepseek-v3": None,
    "codellama": "codellama",
    "codellama:7b-code": "codellama",
    "codellama:13b-instruct-q5_K_M": "codellama",
    "codellama:7b-python": None,
    "codellama:34b": None,
    "codellama:70b-code": None,
    "codegemma:2b": "codegemma",
    "codegemma:7b-code": "codegemma",
    "codegemma:7b-instruct": None,
    "codestral": "codestral",
    "codestral:22b-v0.1-q4_K_M": "codestral",
    "granite-code:3b": "granite-code",
    "granite-code:8b-base": "granite-code",
    "granite-code:20b-instruct": None,
    "granite3-dense:8b": None,
    "granite3.1-dense:2b": None,
    "granite3.2:8b": None,
    "granite3.3:8b": "granite-3.3",
    "granite4:3b": "granite-4",
    "granite4:tiny-h": "granite-4",
    "stable-code:3b": "stable-code",
    "stable-code:instruct": None,
    "codegeex4": "codegeex4",
    "yi-coder:1.5b-base": None,
    "llama3.1:8b": None,
    "llama3.2:1b": None,
    "mistral:7b": None,
    "mistral-nemo": None,
    "devstral:24b": None,
    "phi4": None,
    "gemma3:270m": None,
    "gpt-oss:20b": None,
    "smollm2:135m": None,
    "wizardcoder:33b": None,
    "opencoder:8b": None,
    "nomic-embed-text": None,
    # Hugging Face
    "Qwen/Qwen2.5-Coder-1.5B": "qwen2.5-coder",
    "Qwen/Qwen2.5-7B": None,
    "Qwen/Qwen3-Coder-30B-A3B-Instruct": "qwen2.5-coder",
    "Qwen/CodeQwen1.5-7B": "codeqwen",
    "Qwen/CodeQwen1.5-7B-Chat": None,
    "bigcode/starcoder": "starcoder",
    "bigcode/starcoderbase-1b": "starcoder",
    "bigcode/tiny_starcoder_py": "starcoder",
    "bigcode/starcoder2-7b": "starcoder2",
    "bigcode/starcoder2-15b-instruct-v0.1": None,
    "bigcode/santacoder": "santacoder",
    "bigcode/gpt_bigcode-santacoder": "santacoder",
    "HuggingFaceH4/starchat2-15b-v0.1": None,
    "smallcloudai/Refact-1_6B-fim": "refact",
    "stabilityai/stable-code-3b": "stable-code",
    "stabilityai/stable-code-instruct-3b": None,
    "codellama/CodeLlama-7b-hf": "codellama",
    "codellama/CodeLlama-13b-Instruct-hf": "codellama",
    "codellama/CodeLlama-7b-Python-hf": None,
    "codellama/CodeLlama-34b-hf": None,
    "deepseek-ai/deepseek-coder-1.3b-base": "deepseek-coder",
    "deepseek-ai/DeepSeek-Coder-V2-Lite-Base": "deepseek-coder-v2",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B": None,
    "deepseek-ai/DeepSeek-V2.5": None,
    "mistralai/Codestral-22B-v0.1": "codestral",
    "mistralai/Mamba-Codestral-7B-v0.1": None,
    "google/codegemma-2b": "codegemma",
    "google/codegemma-7b-it": None,
    "google/codegemma-1.1-7b-it": None,
    "ibm-granite/granite-3b-code-base-2k": "granite-code",
    "ibm-granite/granite-8b-code-instruct-4k": None,
    "ibm-granite/granite-3.0-8b-instruct": None,
    "ibm-granite/granite-3.3-8b-base": "granite-3.3",
    "ibm-granite/granite-4.0-h-tiny": "granite-4",
    "THUDM/codegeex4-all-9b": "codegeex4",
    "THUDM/codegeex2-6b": None,
    "THUDM/glm-4-9b": "glm-4",
    "zai-org/GLM-4.5-Air": "glm-4",
    "ByteDance-Seed/Seed-Coder-8B-Base": "seed-coder",
    "ByteDance-Seed/Seed-Coder-8B-Instruct": None,
    "ByteDance-Seed/Seed-Coder-8B-Reasoning": None,
    "JetBrains/Mellum-4b-base": "mellum",
    "JetBrains/Mellum-4b-sft-kotlin": "mellum",
    "01-ai/Yi-Coder-9B": None,
    "aiXcoder/aixcoder-7b-base": "aixcoder",
    "zed-industries/zeta": None,
    "zeta2.1": None,
    "sweepai/sweep-next-edit-1.5B": None,
    "continuedev/instinct": None,
    "WizardLM/WizardCoder-15B-V1.0": "starcoder",
    "WizardLM/WizardCoder-Python-34B-V1.0": None,
    "Phind/Phind-CodeLlama-34B-v2": None,
    "Deci/DeciCoder-1b": "starcoder",
    "meta-llama/Llama-3.1-8B-Instruct": None,
    "microsoft/Phi-3-mini-4k-instruct": None,
    "HuggingFaceTB/SmolLM2-135M": None,
    "openai/gpt-oss-120b": None,
    # files, registries, MLX
    "/models/qwen2.5-coder-1.5b-q8_0.gguf": "qwen2.5-coder",
    "C:\\models\\Codestral-22B-v0.1-Q4_K_M.gguf": "codestral",
    "Mellum-4b-sft-python.Q8_0.gguf": "mellum",
    "starcoder2-3b.Q4_K_M.gguf": "starcoder2",
    "deepseek-coder-6.7b-base.Q5_K_M.gguf": "deepseek-coder",
    "hf.co/bartowski/Qwen2.5.1-Coder-7B-Instruct-GGUF:Q4_K_M": "qwen2.5-coder",
    "localhost:5000/me/codestral:latest": "codestral",
    "mlx-community/Qwen2.5-Coder-7B-4bit": "qwen2.5-coder",
    "lmstudio-community/granite-3.3-8b-instruct-GGUF": "granite-3.3",
    "qwen25-coder-7b": "qwen2.5-coder",
    "Qwen2.5_Coder_3B": "qwen2.5-coder",
    # Refact's own
    "starcoder2/3b/vllm": "starcoder2",
    "starcoder/15b/base": "starcoder",
    "qwen2.5/coder/1.5b/base": "qwen2.5-coder",
    "Refact/1.6B": "refact",
    "stable/3b/code": "stable-code",
    "wizardcoder/15b": "starcoder",
    "deepseek-coder/6.7b/mqa": "deepseek-coder",
    "qwen2.5/coder/0.5b/base:lora-llama-test:checkpoint-5": "qwen2.5-coder",
    "starcoder2/7b/base:codellama-style:iter0100": "starcoder2",
    # hosted
    "gpt-4o": None,
    "gpt-6-luna": None,
    "o3-mini": None,
    "claude-opus-5-5": None,
    "gemini-3.8-flash": None,
    "deepseek-chat": None,
    "mercury-edit-2": None,
    "mistral-small-latest": None,
    # nobody knows them
    "my-model": None,
    "default": None,
    "": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_name_tells_the_family(name: str) -> None:
    found = family_of(name)
    assert (found.name if found else None) == NAMES[name]


def test_table_is_large_and_every_family_is_in_it() -> None:
    assert len(NAMES) >= 80
    assert {*NAMES.values()} - {None} == {*family_names()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("codellama:7b-python", "base and instruct models of 7B and 13B"),
        ("codestral-mamba", "not trained"),
        ("google/codegemma-7b-it", "its base fills in the middle"),
        ("zeta", "rewrites a region"),
        ("llama3.1:8b", "for conversation"),
        ("my-model", "No family of models that fill in the middle is known by the name 'my-model'"),
    ],
)
def test_without_a_family_there_is_a_reason(name: str, words: str) -> None:
    found = find_family(name)
    assert isinstance(found, NoFamily)
    assert words in found.reason


@pytest.mark.parametrize(
    ("hint", "family"),
    [
        ("qwen2.5-coder-base", "qwen2.5-coder"),
        ("starcoder", "starcoder"),
        ("deepseek-coder", "deepseek-coder"),
        ("StarCoder2", "starcoder2"),
        ("granite 3.3", "granite-3.3"),
    ],
)
def test_users_word_wins_over_the_name(hint: str, family: str) -> None:
    found = family_of("llama3.1:8b-instruct", hint)
    assert found is not None
    assert found.name == family


def test_unknown_word_of_the_user_names_the_known_ones() -> None:
    found = find_family("qwen2.5-coder", "starcodr")
    assert isinstance(found, NoFamily)
    assert "'starcodr'" in found.reason
    assert "starcoder2" in found.reason


def test_record_may_ask_for_the_other_order() -> None:
    found = overridden(find_family("codellama:7b"), "FIM-SPM")
    assert isinstance(found, Family)
    assert build_prompt(found, FimText("P", "S")).text == "<PRE> <SUF>S <MID> P"


@pytest.mark.parametrize("scratchpad", ["FIM-PSM", "", "FIM-SPM"])
def test_default_order_of_records_changes_no_family_without_it(scratchpad: str) -> None:
    name = "codestral" if scratchpad != "FIM-SPM" else "starcoder2"
    assert overridden(find_family(name), scratchpad) == find_family(name)


PATCH = {
    "fim_prefix": "<p>",
    "fim_suffix": "<s>",
    "fim_middle": "<m>",
    "eot": "<e>",
    "extra_stop_tokens": ["<x>"],
    "rag_ratio": 0.5,
}


@pytest.mark.parametrize(
    ("scratchpad", "prompt"), [("FIM-PSM", "<p>P<s>S<m>"), ("FIM-SPM", "<s>S<p>P<m>")]
)
def test_tokens_of_a_record_win(scratchpad: str, prompt: str) -> None:
    found = overridden(find_family("my-model"), scratchpad, PATCH)
    assert isinstance(found, Family)
    built = build_prompt(found, FimText("P<x>", "S<e>"))
    assert built.text == prompt
    assert built.stops == ("<e>", "<x>", "<m>", "<p>", "<s>")


def test_context_of_a_record_is_written_as_it_says() -> None:
    patch = {**PATCH, "context_format": "qwen2.5", "eos": "<b>"}
    found = overridden(find_family("my-model"), "FIM-PSM", patch)
    assert isinstance(found, Family)
    text = FimText("P", "S", "a.py", "python", "repo", (Snippet("b.py", "x"),))
    assert build_prompt(found, text).text == (
        "<|repo_name|>repo\n<|file_sep|>b.py\nx\n<|file_sep|>a.py\n<b><p>P<s>S<m>"
    )


def test_patch_without_tokens_changes_nothing() -> None:
    known = find_family("qwen2.5-coder")
    assert overridden(known, "FIM-PSM", {"rag_ratio": 0.2, "context_format": "chat"}) == known


def test_every_stop_that_servers_get_first_ends_the_text() -> None:
    """Four stops are what many servers take, so the end of text must be among them."""
    for name in family_names():
        family = family_of("", name)
        assert family is not None
        assert 2 <= len(family.stops) == len(set(family.stops))
        assert {stop.strip() for stop in family.stops[:4]} & set(family.special)
