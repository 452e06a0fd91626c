"""The last look before text leaves this machine; it waits for the disk, so it runs in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refact_lsp.messages import Destination
from refact_lsp.privacy.gate import Verdict, decide
from refact_lsp.session.guard.policies import PolicyFiles
from refact_lsp.session.guard.secret_search import SecretSearch
from refact_lsp.session.guard.whereabouts import Key, Whereabouts, find, is_in_place, with_real
from refact_lsp.text.lines import Text


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to be sent: texts out of a document, and where they go.

    `first` is where the document was when it was opened; None where nobody has looked.
    """

    key: Key
    first: Whereabouts | None
    folders: tuple[Path, ...]
    destination: Destination
    document: Text
    texts: tuple[str, ...]


def judge_sending(
    sending: Sending, files: PolicyFiles, secrets: SecretSearch
) -> tuple[Verdict, Whereabouts]:
    """Answer whether it may go, and where the document is now.

    It is judged under the place that its path leads to now and under the one it was opened at:
    its text may come from either.
    """
    now = find(sending.key)
    first = sending.first or now
    verdict = is_in_place(now, first, sending.folders)
    for at in dict.fromkeys((now, with_real(now, first))):
        if verdict.allowed:
            policy = files.policy_for(at, sending.folders)
            verdict = decide(at.item(), sending.destination, policy)
    if not verdict.allowed:
        return verdict, now
    return secrets.judge(sending.document, sending.texts) or verdict, now
