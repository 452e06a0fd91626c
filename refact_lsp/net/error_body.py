"""The body of an error answer, of whatever server, into a few plain fields.

The forms, in the order in which they are tried: a list whose first element is one of the others;
`error` as an object or as a string; the same fields at the top level; `detail` as a string or a
list of `{loc, msg}`; `base_resp`; text. Pure; what comes out is redacted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from refact_lsp.net.redact import redact, shown

_QUOTED_PARAMETER = re.compile(
    r"(?i)(?:unsupported|unrecogni[sz]ed|unknown|unexpected|invalid|extra)\s+(?:request\s+)?"
    r"(?:parameter|argument|field|keyword argument|value|inputs?)s?"
    r"(?:\s+(?:supplied|provided|named|for))?[:\s]*[\"'`]?([A-Za-z_][\w.]{0,60})[\"'`]?"
)
_REFUSED_PARAMETER = re.compile(
    r"(?i)[\"'`]?([A-Za-z_][\w.]{0,60})[\"'`]?(?::\s*|\s+(?:is|are)\s+)"
    r"(?:not supported|not allowed|not permitted|unsupported|deprecated|extra inputs)"
)
_TITLE = re.compile(rb"(?is)<title[^>]*>(.{0,2000}?)</title")
_NO_PARAMETERS = frozenset(
    {"is", "are", "was", "not", "it", "this", "the", "that", "value", "parameter", "model"}
)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a server says about an error; a field that it does not give is empty.

    `message` is redacted, in one line, up to 300 characters; `is_page` says that it is the title
    of a web page. `status` is the one that stands in the body, or 0.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    parameter: str = ""
    status: int = 0
    request_id: str = ""
    is_page: bool = False

    @property
    def words(self) -> str:
        """Code, type and message in lower case, to look for what they are about."""
        return f"{self.code} {self.type} {self.message}".lower()


def parse_error_body(body: bytes, secrets: Iterable[str] = ()) -> ErrorBody:
    """Read the body of an error answer; nothing in it is too odd to answer something."""
    known = tuple(secrets)
    if looks_like_a_page(body):
        return ErrorBody(shown(page_title(body), known), is_page=True)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ErrorBody(shown(body[:4000].decode("utf-8", "replace"), known))
    return read_error(value, known)


def read_error(value: object, secrets: Iterable[str] = ()) -> ErrorBody:
    """Read an error out of JSON of any shape."""
    known = tuple(secrets)
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, Mapping):
        return ErrorBody(shown(value if isinstance(value, str) else json.dumps(value), known))
    found = _fields(value)
    message = _text(found.get("message")) or json.dumps(value, ensure_ascii=False)
    code, kind = _text(found.get("code")), _text(found.get("type"))
    return ErrorBody(
        message=shown(message, known),
        code=redact(code, known)[:80],
        type=redact(kind, known)[:80],
        parameter=redact(_parameter(found, message), known)[:80],
        status=_status(found),
        request_id=redact(_text(found.get("request_id")), known)[:80],
    )


def looks_like_a_page(body: bytes) -> bool:
    """Answer whether bytes begin as HTML or XML do."""
    return body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def page_title(body: bytes) -> str:
    """Answer the title of a web page, or a word for a page without one."""
    found = _TITLE.search(body[:65_536])
    title = found.group(1).decode("utf-8", "replace").strip() if found else ""
    return title or "a page without a title"


def _fields(value: Mapping[str, Any]) -> dict[str, Any]:
    """Answer message, code, type, param, status and request_id from wherever they stand."""
    error, detail = value.get("error"), value.get("detail")
    beside = {name: value.get(name) for name in ("code", "type", "param", "status", "request_id")}
    if isinstance(error, Mapping):
        deeper = error.get("details")
        code = deeper.get("error_code") if isinstance(deeper, Mapping) else None
        return {**error, "code": code or error.get("code"), "request_id": beside["request_id"]}
    if isinstance(error, str) and error:
        said = value.get("error_description") or error
        return {**beside, "message": said, "code": beside["code"] or _as_code(error)}
    if isinstance(base := value.get("base_resp"), Mapping):
        return {"message": base.get("status_msg"), "code": base.get("status_code")}
    if detail:
        return {**beside, **_detail(detail)}
    return {**beside, "message": value.get("message") or value.get("msg")}


def _as_code(error: str) -> str:
    """Answer an `error` that is one word, as sign-in servers give it, else nothing."""
    return error if re.fullmatch(r"[a-z][a-z0-9_]*", error) else ""


def _detail(detail: object) -> dict[str, Any]:
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        where = detail[0].get("loc")
        names = [part for part in where if isinstance(part, str)] if isinstance(where, list) else []
        said = "; ".join(_text(each.get("msg")) for each in detail if isinstance(each, Mapping))
        parameter = next((name for name in names if name != "body"), "")
        return {"message": f"{parameter}: {said}" if parameter else said, "param": parameter}
    if isinstance(detail, Mapping):
        return {"message": detail.get("message") or json.dumps(detail, ensure_ascii=False)}
    return {"message": _text(detail)}


def _parameter(found: Mapping[str, Any], message: str) -> str:
    """Answer the parameter that is refused: as the server names it, else out of its words."""
    if named := _text(found.get("param")):
        return named
    for pattern in (_QUOTED_PARAMETER, _REFUSED_PARAMETER):
        match = pattern.search(message)
        if match and match.group(1).lower() not in _NO_PARAMETERS:
            return match.group(1)
    return ""


def _status(found: Mapping[str, Any]) -> int:
    for name in ("status", "status_code", "code"):
        value = found.get(name)
        if isinstance(value, int) and 400 <= value <= 599:
            return value
        if isinstance(value, str) and re.fullmatch(r"[45]\d\d", value):
            return int(value)
    return 0


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, bool) else json.dumps(value, default=str)
