"""The privacy gate of a session: T7 to T10, E23."""

from __future__ import annotations

import itertools
import os
import threading
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from refact_lsp.completion.candidate import Outcome, Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.messages import (
    CompletionModel,
    Destination,
    FimRequest,
    Finish,
    StreamEvent,
    TextDelta,
)
from refact_lsp.privacy.gate import Verdict
from refact_lsp.session.guard.gate import UNREAD, PrivacyGate
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot
from tests.privacy.fakes import CORPUS, FRAMES

HOSTED = Destination("openai", is_own=False)
OWN = Destination("ollama", is_own=True)
OTHER = Destination("mistral", is_own=False)
FAKE_KEY = "AK" + "IA" + "Q7WERTYUIOP2ASDF"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def policy(home: Path, text: str) -> Path:
    return write(home / ".config" / "refact" / "privacy.yaml", text)


def document(path: Path | str, text: str = "x = 1\n") -> DocumentSnapshot:
    uri = path if isinstance(path, str) else path.as_uri()
    return DocumentSnapshot(uri, 1, "python", Text(text))


@pytest.fixture
async def gate(home: Path) -> AsyncIterator[PrivacyGate]:
    opened = PrivacyGate(os.environ)
    yield opened
    opened.stop()


async def judge(
    gate: PrivacyGate, path: Path | str, to: Destination = HOSTED, text: str = "x = 1\n"
) -> Verdict:
    return await gate.judge(document(path, text), to, texts=(text,))


# ---- a model that sends ------------------------------------------------------------------


@dataclass
class SendingModel:
    """Notes what was sent to it."""

    destination: Destination | None
    asked: list[FimRequest] = field(default_factory=list)
    id: str = "test/sending"

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        self.asked.append(request)
        yield TextDelta("combine(first, second)")
        yield Finish("stop")


class SendingSession(Session):
    """A session whose completion model sends."""

    def __init__(self, model: SendingModel) -> None:
        self.model = model
        super().__init__(os.environ)

    def completion_model(self) -> CompletionModel:
        return self.model


async def complete(session: Session, path: Path, text: str = "total = ") -> Outcome:
    session.documents.open(path.as_uri(), "python", 1, text)
    line = text.count("\n")
    position = Position(line, len(text.rpartition("\n")[2]))
    return await session.inline.ask(path.as_uri(), position, Kind.INVOKED)


ROUTES = [
    ("a.py", HOSTED, True),
    ("a.py", OWN, True),
    ("a.sql", HOSTED, False),
    ("a.sql", OWN, True),
    ("a.never", HOSTED, False),
    ("a.never", OWN, False),
    ("a.tf", OTHER, True),
    ("a.tf", HOSTED, False),
    ("a.tf", OWN, False),
    (".env", OWN, False),
    (".env", HOSTED, False),
    ("work/a.py", HOSTED, False),
    ("work/a.py", OWN, True),
]
RULES = """\
blocked: ['*.never']
only_send_to_servers_I_control: ['*.sql']
zones: [{patterns: ['*.tf'], send_to: [mistral]}]
repositories: [{root: ~/work/**, send_to: own_servers}]
"""


@pytest.mark.parametrize(("name", "destination", "is_sent"), ROUTES)
async def test_completion_goes_only_where_every_rule_lets_it(
    home: Path, name: str, destination: Destination, *, is_sent: bool
) -> None:
    policy(home, RULES)
    session = SendingSession(SendingModel(destination))
    outcome = await complete(session, home / name)
    assert bool(session.model.asked) == is_sent
    assert isinstance(outcome, Proposal) == is_sent
    if isinstance(outcome, Silence):
        assert outcome.reason is Reason.PRIVACY_ZONE
    session.shutdown()
    await session.closed()


async def test_explanation_names_the_deciding_rule_as_people_write_it(home: Path) -> None:
    policy(home, RULES)
    session = SendingSession(SendingModel(HOSTED))
    await complete(session, home / "work" / "a.py")
    decided = "~/.config/refact/privacy.yaml: repositories[0]: ~/work/**"
    assert decided in session.history.explain()
    again = await session.inline.ask(
        (home / "work" / "a.py").as_uri(), Position(0, 8), Kind.INVOKED
    )
    assert again == Silence(Reason.PRIVACY_ZONE, decided)
    session.shutdown()
    await session.closed()


async def test_secret_in_what_would_be_sent_is_refused_with_a_reason_of_its_own(
    home: Path,
) -> None:
    session = SendingSession(SendingModel(OWN))
    outcome = await complete(session, home / "a.py", f"k = '{FAKE_KEY}'\ntotal = ")
    assert outcome == Silence(Reason.SECRET_IN_TEXT, "content: AWS key in line 1")
    assert session.model.asked == []
    session.shutdown()
    await session.closed()


async def test_secret_far_from_what_would_be_sent_is_no_hindrance(gate: PrivacyGate) -> None:
    text = f"k = '{FAKE_KEY}'\n" + "x = 1\n" * 10_000
    verdict = await gate.judge(document("untitled:a", text), HOSTED, texts=("x = 1\n", "x"))
    assert verdict.allowed


async def test_no_fake_secret_is_sent_whole_or_cut(gate: PrivacyGate) -> None:
    assert len(CORPUS) >= 200
    sent: list[str] = []
    for (name, secret), frame in zip(CORPUS.items(), itertools.cycle(FRAMES), strict=False):
        text = "import os\n" + frame.format(secret) + "total = 1\n"
        middle = text.index(secret) + len(secret) // 2
        for prefix, suffix in ((text, ""), (text[:middle], text[middle:]), ("", text[middle:])):
            snapshot = document("untitled:a", text)
            verdict = await gate.judge(snapshot, OWN, texts=(prefix, suffix))
            if verdict.allowed and len(secret) // 2 >= 12:
                sent.append(f"{name}: {len(prefix)}")
    assert sent == []


# ---- where a file really is ----------------------------------------------------------------

SPELLED = [
    ".env",
    ".ENV",
    "sub/../.env",
    "Server.PEM",
    "secrets.yaml",
    "SECRETS.YAML",
    unicodedata.normalize("NFD", "cl\u00e9.pem"),
    "x.pe\u200dm",
    ".ssh/config",
]


@pytest.mark.parametrize("name", SPELLED)
async def test_secret_file_is_refused_under_every_spelling(
    gate: PrivacyGate, home: Path, name: str
) -> None:
    uri = "file://" + str(home / "x") + "/" + name
    assert (await judge(gate, uri, OWN)).source == "built-in secret zone"
    assert gate.secret_rule(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "file:///proc/self/environ",
        "vscode-remote://ssh-remote%2Bhost/home/u/.env",
        "git:/home/u/.ssh/id_rsa?ref",
        "untitled:.env",
    ],
)
async def test_secret_name_of_any_scheme_is_refused(gate: PrivacyGate, uri: str) -> None:
    assert (await judge(gate, uri, OWN)).source == "built-in secret zone"


async def test_untitled_document_may_be_sent_unless_its_text_has_a_secret(
    gate: PrivacyGate,
) -> None:
    assert (await judge(gate, "untitled:Untitled-1")).allowed
    text = f"k = '{FAKE_KEY}'\n"
    assert (await judge(gate, "untitled:Untitled-1", text=text)).source == "content"


async def test_link_out_of_the_workspace_is_refused(gate: PrivacyGate, home: Path) -> None:
    diary = write(home / "private" / "diary.txt", "x")
    root = home / "root"
    root.mkdir()
    (root / "notes.txt").symlink_to(diary)
    (root / "folder").symlink_to(diary.parent)
    gate.set_folders([root])
    for name in ("notes.txt", "folder/diary.txt"):
        verdict = await judge(gate, root / name, OWN)
        assert str(verdict) == "workspace: a link leads out of the workspace"
    assert (await judge(gate, diary, OWN)).allowed


async def test_link_inside_the_workspace_is_judged_by_both_names(
    gate: PrivacyGate, home: Path
) -> None:
    policy(home, "blocked: ['*.sql']\n")
    root = home / "root"
    write(root / "a.sql", "x")
    write(root / "b.py", "x")
    (root / "linked.py").symlink_to(root / "a.sql")
    (root / "fine.py").symlink_to(root / "b.py")
    gate.set_folders([root])
    assert not (await judge(gate, root / "linked.py", OWN)).allowed
    assert (await judge(gate, root / "fine.py", OWN)).allowed


async def test_workspace_that_is_itself_a_link_is_no_way_out(gate: PrivacyGate, home: Path) -> None:
    write(home / "real" / "a.py", "x")
    (home / "link").symlink_to(home / "real")
    gate.set_folders([home / "link"])
    assert (await judge(gate, home / "link" / "a.py")).allowed


async def test_pipe_and_folder_are_refused(gate: PrivacyGate, home: Path) -> None:
    os.mkfifo(home / "pipe.py")
    (home / "folder.py").mkdir()
    for name in ("pipe.py", "folder.py"):
        assert "no regular file" in str(await judge(gate, home / name))


async def test_file_swapped_for_a_link_after_it_was_opened_is_refused(
    gate: PrivacyGate, home: Path
) -> None:
    file = write(home / "scratch" / "a.py", "x")
    secret = write(home / ".ssh" / "notes", "x")
    gate.opened(file.as_uri())
    assert (await judge(gate, file)).allowed
    file.unlink()
    file.symlink_to(secret)
    assert not (await judge(gate, file)).allowed
    assert not gate.verdict(document(file), HOSTED).allowed


async def test_parent_swapped_after_the_file_was_opened_is_refused(
    gate: PrivacyGate, home: Path
) -> None:
    file = write(home / "scratch" / "a.py", "x")
    write(home / "other" / "a.py", "y")
    assert (await judge(gate, file)).allowed
    file.parent.rename(home / "aside")
    (home / "scratch").symlink_to(home / "other")
    assert "moved by a link" in str(await judge(gate, file))


async def test_place_a_document_was_opened_at_still_counts(gate: PrivacyGate, home: Path) -> None:
    root = home / "root"
    policy(home, "blocked: ['*.sql']\n")
    write(root / "a.sql", "x")
    write(root / "b.py", "x")
    link = root / "linked.py"
    link.symlink_to(root / "a.sql")
    gate.set_folders([root])
    assert not (await judge(gate, link)).allowed
    link.unlink()
    link.symlink_to(root / "b.py")
    assert not (await judge(gate, link)).allowed


async def test_file_that_is_swapped_all_the_time_is_never_judged_by_its_name_alone(
    gate: PrivacyGate, home: Path
) -> None:
    root = home / "root"
    file = write(root / "a.py", "x")
    outside = write(home / "outside.py", "y")
    gate.set_folders([root])
    stop = threading.Event()

    def swap() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            link = root / f"link{number}"
            link.symlink_to(outside)
            link.replace(file)
            write(root / "next.py", "x").replace(file)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        verdicts = [await judge(gate, file) for _ in range(300)]
    finally:
        stop.set()
        swapping.join()
    assert {each.source for each in verdicts if not each.allowed} <= {"workspace"}
    file.unlink(missing_ok=True)
    file.symlink_to(outside)
    assert not (await judge(gate, file)).allowed


# ---- policies while the server runs --------------------------------------------------------


async def test_nothing_is_open_before_the_policies_are_read(gate: PrivacyGate, home: Path) -> None:
    assert gate.verdict(document(home / "a.py"), OWN) == UNREAD
    assert not gate.may_be_context(home / "a.py", home / "b.py").allowed
    await judge(gate, home / "a.py")
    assert gate.verdict(document(home / "a.py"), HOSTED).allowed


async def test_broken_policy_closes_at_first_and_keeps_the_last_good_one_later(
    home: Path,
) -> None:
    told: list[str] = []
    file = policy(home, "blocked: [1\n")
    gate = PrivacyGate(os.environ, told.append)
    assert not (await judge(gate, home / "a.py")).allowed
    assert (await judge(gate, home / "a.py", OWN)).allowed
    assert len(told) == 1
    assert str(file) in told[0]
    assert [problem.file for problem in gate.problems] == [str(file)]
    file.write_text("blocked: ['*.sql']\n")
    assert (await judge(gate, home / "a.py")).allowed
    assert gate.problems == ()
    file.write_text("blocked: [2\n")
    assert (await judge(gate, home / "a.py")).allowed
    assert not (await judge(gate, home / "a.sql")).allowed
    gate.stop()


async def test_change_narrows_at_once_and_widens_when_it_has_settled(home: Path) -> None:
    now = 0.0
    gate = PrivacyGate(os.environ, clock=lambda: now)
    file = policy(home, "blocked: ['*.sql']\n")
    assert not (await judge(gate, home / "a.sql")).allowed
    file.write_text("blocked: ['*.py']\n")
    assert not (await judge(gate, home / "a.py")).allowed
    assert not (await judge(gate, home / "a.sql")).allowed
    now = 1.0
    assert (await judge(gate, home / "a.sql")).allowed
    file.unlink()
    assert not (await judge(gate, home / "a.py")).allowed
    now = 2.0
    assert (await judge(gate, home / "a.py")).allowed
    gate.stop()


async def test_nested_folders_narrow_together_and_live(gate: PrivacyGate, home: Path) -> None:
    outer, inner = home / "outer", home / "outer" / "inner"
    write(outer / ".refact" / "privacy.yaml", "blocked: ['*.sql']\n")
    write(inner / ".refact" / "privacy.yaml", "blocked: ['*.tf']\n")

    async def allowed() -> list[str]:
        names = ("a.py", "a.sql", "a.tf")
        return [name for name in names if (await judge(gate, inner / name)).allowed]

    assert await allowed() == ["a.py", "a.sql", "a.tf"]
    gate.set_folders([outer])
    assert await allowed() == ["a.py", "a.tf"]
    gate.set_folders([outer, inner])
    assert await allowed() == ["a.py"]
    assert (await judge(gate, outer / "a.tf")).allowed
    gate.set_folders([inner])
    assert await allowed() == ["a.py", "a.sql"]


async def test_repository_narrows_its_own_files_without_being_a_folder(
    gate: PrivacyGate, home: Path
) -> None:
    write(home / "r" / ".git" / "config", "")
    write(home / "r" / ".refact" / "privacy.yaml", "blocked: ['*.sql']\n")
    assert not (await judge(gate, home / "r" / "deep" / "a.sql")).allowed
    assert (await judge(gate, home / "a.sql")).allowed


async def test_workspace_cannot_widen_what_the_user_narrowed(gate: PrivacyGate, home: Path) -> None:
    policy(home, "blocked: ['*.sql']\n")
    write(home / "r" / ".refact" / "privacy.yaml", "zones: [{patterns: ['**'], send_to: '*'}]\n")
    gate.set_folders([home / "r"])
    assert not (await judge(gate, home / "r" / "a.sql", OWN)).allowed


async def test_repository_whose_remotes_cannot_be_read_goes_to_own_servers_alone(
    gate: PrivacyGate, home: Path
) -> None:
    (home / "r" / ".git" / "config").mkdir(parents=True)
    file = write(home / "r" / "a.py", "x")
    assert not (await judge(gate, file)).allowed
    assert (await judge(gate, file, OWN)).allowed


@pytest.mark.parametrize("scheme", ["git:{}?ref", "vscode-notebook-cell:{}#cell"])
async def test_document_of_another_scheme_is_judged_by_the_file_it_speaks_of(
    gate: PrivacyGate, home: Path, scheme: str
) -> None:
    policy(home, "repositories: [{remote: 'host.example/team/*', send_to: own_servers}]\n")
    config = '[remote "origin"]\n\turl = git@host.example:team/x.git\n'
    write(home / "r" / ".git" / "config", config)
    secret = write(home / ".ssh" / "notes", "x")
    (home / "link.py").symlink_to(secret)
    assert not (await judge(gate, scheme.format(home / "r" / "a.py"))).allowed
    assert (await judge(gate, scheme.format(home / "r" / "a.py"), OWN)).allowed
    assert not (await judge(gate, scheme.format(home / "link.py"), OWN)).allowed
