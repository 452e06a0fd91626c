"""Commands that switch suggestions off and on, and those that begin anew.

Each answers `{status, text}`: the status as `didChangeStatus` has it, and what was done as a
sentence, which is also shown unless `quiet` is true.
"""

from __future__ import annotations

from lsprotocol import types as lsp

from refact_lsp.completion.reasons import HELP, Reason
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features.arguments import Arguments, Options
from refact_lsp.session.condition.status import StatusKind
from refact_lsp.session.session import Session

Answer = dict[str, object]

SNOOZE_MINUTES = 5.0
LEAST_MINUTES, MOST_MINUTES = 0.01, 24 * 60.0

SCOPES = ("language", "file", "everything")


def snooze(server: EdgeServer, session: Session, arguments: Arguments) -> Answer:
    """`refact.snooze {minutes}`: no automatic suggestions for a while."""
    options = Options("refact.snooze", arguments, ("minutes", "quiet"))
    minutes = options.number("minutes", LEAST_MINUTES, MOST_MINUTES)
    until = session.switches.snooze(SNOOZE_MINUTES if minutes is None else minutes)
    text = f"Snoozed until {until}. refact.resume ends it."
    return _done(server, session, options, text)


def resume(server: EdgeServer, session: Session, arguments: Arguments) -> Answer:
    """`refact.resume`: end a snooze."""
    options = Options("refact.resume", arguments, ("quiet",))
    was_snoozed = session.switches.resume()
    text = "The snooze is over." if was_snoozed else "Nothing was snoozed."
    return _done(server, session, options, _unless_off(session, text))


def toggle(server: EdgeServer, session: Session, arguments: Arguments) -> Answer:
    """`refact.toggle {scope, on, language, uri}`: switch a language, a file, or everything."""
    known = ("scope", "on", "language", "uri", "quiet")
    options = Options("refact.toggle", arguments, known)
    scope = _scope(options)
    uri = options.text("uri") or session.condition.focus.uri
    on = options.flag("on")
    if session.switches.killed:
        text = HELP[Reason.KILL_SWITCH]
    elif scope == "everything":
        text = _switch_everything(session, on=on)
    elif scope == "file":
        text = _switch_file(session, uri, on=on)
    else:
        language = options.text("language") or _language(session, uri)
        text = _switch_language(session, language, on=on)
    return _done(server, session, options, text)


def reload(server: EdgeServer, session: Session, arguments: Arguments) -> Answer:
    """`refact.reload`: read the files again."""
    options = Options("refact.reload", arguments, ("quiet",))
    count = session.reload()
    text = f"Reading {_folders(count)} again." if count else "There is no folder to read."
    return _done(server, session, options, text)


def clear_cache(server: EdgeServer, session: Session, arguments: Arguments) -> Answer:
    """`refact.clearCache`: forget what was learned, and learn it anew."""
    options = Options("refact.clearCache", arguments, ("quiet",))
    count = session.clear_cache()
    text = f"What was learned is forgotten; reading {_folders(count)} from the beginning."
    return _done(server, session, options, text)


def _scope(options: Options) -> str:
    scope, language = options.one_of("scope", SCOPES), options.text("language")
    uri = options.text("uri")
    if scope is None and language and uri:
        raise options.wrong("language and uri both stand there; scope must say which is meant.")
    if language and scope not in {None, "language"}:
        raise options.wrong(f"language does not go with scope {scope!r}.")
    return scope or ("language" if language else "file" if uri else "everything")


def _switch_everything(session: Session, *, on: bool | None) -> str:
    if on is None:
        on = not session.switches.over(session.settings).enable
    session.switches.switch_everything(on=on)
    return _switched("", session, on=on)


def _switch_file(session: Session, uri: str, *, on: bool | None) -> str:
    if not uri:
        return "No document is open, so nothing was switched."
    if on is None:
        on = not session.switches.file_is_on(uri)
    session.switches.switch_file(uri, on=on)
    return _switched(f" for {uri.rsplit('/', 1)[-1]}", session, on=on)


def _switch_language(session: Session, language: str, *, on: bool | None) -> str:
    if not language:
        return "No document is open, so no language was switched."
    if on is None:
        on = not session.switches.over(session.settings).enabled_for(language)
    session.switches.switch_language(language, on=on)
    return _switched(f" for {language}", session, on=on)


def _language(session: Session, uri: str) -> str:
    snapshot = session.documents.get(uri)
    return snapshot.language_id if snapshot else ""


def _switched(what: str, session: Session, *, on: bool) -> str:
    return _unless_off(session, f"Completion is on{what}.") if on else f"Completion is off{what}."


def _unless_off(session: Session, text: str) -> str:
    """Add what keeps suggestions away all the same."""
    status = session.status.compute()
    is_off = status.kind is StatusKind.INACTIVE
    return f"{text} All the same: {status.message}" if is_off else text


def _folders(count: int) -> str:
    return "1 folder" if count == 1 else f"{count} folders"


def _done(server: EdgeServer, session: Session, options: Options, text: str) -> Answer:
    """Let what was switched take effect, and say what was done."""
    session.switched()
    if not options.flag("quiet"):
        server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, text))
    return {"status": session.status.compute().as_json(), "text": text}
