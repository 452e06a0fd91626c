from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from refact_lsp.privacy.zone import is_secret

SECRET = [
    "p/.env",
    "p/.env.local",
    "p/.ENV",
    "p/server.pem",
    "p/server.PEM",
    "p/x.key",
    "p/id_rsa",
    "p/id_ed25519.pub",
    "home/.ssh/config",
    "home/.aws/credentials",
    "home/.kube/config",
    "home/.docker/config.json",
    "home/.config/refact/providers.d/openai.yaml",
    "home/.netrc",
    "home/.npmrc",
    "home/.pypirc",
    "home/.git-credentials",
    "p/terraform.tfstate.backup",
    "p/prod.tfvars",
    "p/secrets.yml",
    "p/secrets.yaml",
    "p/credentials.json",
    "p/service-account-prod.json",
    "p/vpn.ovpn",
    "etc/shadow",
    "p/.git/config",
    "home/.bash_history",
    "p/server.pem. ",
]
OPEN = [
    "p/.env.example",
    "p/environment.py",
    "p/credentials.py",
    "p/id_rsa_test.go",
    "p/keys.py",
    "p/.github/workflows/ci.yml",
    "p/.gitignore",
    "p/docker/config.json",
    "p/monkey.py",
]


@pytest.mark.parametrize("path", SECRET)
def test_secret_name_gives_the_rule_that_decided(path: str) -> None:
    assert is_secret(PurePosixPath(path))


@pytest.mark.parametrize("path", OPEN)
def test_ordinary_name_is_not_secret(path: str) -> None:
    assert is_secret(PurePosixPath(path)) is None


def test_innocent_link_to_a_secret_is_secret() -> None:
    rule = is_secret(PurePosixPath("p/notes.txt"), PurePosixPath("home/.ssh/id_rsa"))
    assert rule == ".ssh/"


def test_decomposed_and_fullwidth_case_make_no_difference() -> None:
    assert is_secret(PurePosixPath("p/SECRETS.YAML")) == "secrets.yaml"
