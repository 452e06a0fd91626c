"""The built-in secret zone: files that never leave the machine and are never learned from.

Decided by name alone, before any file is opened, and no setting takes a name out of it.
Pure: the caller resolves links and passes the real path too.
"""

from __future__ import annotations

import re
from fnmatch import translate
from itertools import pairwise
from pathlib import PurePath

from refact_lsp.privacy.names import folded

_NAMES = (
    ".env",
    ".env.*",
    "*.env",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.asc",
    "id_rsa*",
    "id_dsa*",
    "id_ed25519*",
    "id_ecdsa*",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".pgpass",
    ".my.cnf",
    "*.tfstate*",
    "*.tfvars",
    "*.tfvars.json",
    "secrets.yml",
    "secrets.yaml",
    "bring-your-own-key.yaml",
    "credentials",
    "credentials.*",
    "service-account*.json",
    ".renviron",
    "*.ovpn",
    "shadow",
    "*.keytab",
    ".htpasswd",
    "auth.json",
    ".claude.json",
    ".*_history",
    ".histfile",
    "cookies.sqlite",
    "key4.db",
    "logins.json",
    "login data",
)
_ALLOWED = (".env.example", ".env.sample", ".env.template", ".env.dist")
_FOLDERS = frozenset(
    {
        ".ssh",
        ".gnupg",
        ".aws",
        ".azure",
        ".kube",
        ".git",
        ".mozilla",
        "google-chrome",
        "chromium",
        "providers.d",
    }
)
_FOLDER_PAIRS = frozenset(
    {
        (".docker", "config.json"),
        (".config", "refact"),
        (".config", "gcloud"),
        (".config", "gh"),
        (".config", "github-copilot"),
        (".codex", "auth.json"),
        (".claude", ".credentials.json"),
    }
)
_SOURCE_SUFFIXES = frozenset(
    {".py", ".pyi", ".rs", ".go", ".js", ".jsx", ".ts", ".tsx", ".java", ".rb", ".php", ".lua"}
    | {".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".kt", ".swift", ".scala", ".md", ".rst"}
)
_RULES = tuple((name, re.compile(translate(name))) for name in _NAMES)
_ANY_RULE = re.compile("|".join(translate(name) for name in _NAMES))


def is_secret(path: PurePath, real_path: PurePath | None = None) -> str | None:
    """Answer the rule that makes a file secret, or None.

    `real_path` is where the file really is once links are followed. Upper and lower case and
    the ways of composing an accented letter make no difference.
    """
    given = _rule(path)
    return given if given or real_path is None else _rule(real_path)


def _rule(path: PurePath) -> str | None:
    parts = tuple(folded(part) for part in path.parts)
    if not parts:
        return None
    if parts[:2] == ("/", "proc"):
        return "/proc/"  # environments of programs, and links to anything that they have open
    stream = parts[-1].partition(":")[0]  # Windows opens "x.pem::$DATA" as "x.pem"
    return _folder_rule(parts) or _name_rule(parts[-1]) or _name_rule(stream)


def _folder_rule(parts: tuple[str, ...]) -> str | None:
    for part in parts:
        if part in _FOLDERS:
            return f"{part}/"
    for pair in pairwise(parts):
        if pair in _FOLDER_PAIRS:
            return "/".join(pair)
    return None


def _name_rule(name: str) -> str | None:
    name = name.rstrip(" .")  # Windows opens "x.pem." and "x.pem " as "x.pem"
    if name in _ALLOWED or not _ANY_RULE.match(name):
        return None
    if PurePath(name).suffix in _SOURCE_SUFFIXES:
        return None  # `credentials.py` and `id_rsa_test.go` are source code, not secrets
    return next(rule for rule, pattern in _RULES if pattern.match(name))
