"""What can go wrong between us and a model server: one exception, told apart by its kind.

    RefactError
    +-- RequestError(kind)      a sentence for the user, and facts for the code that decides

Nothing else leaves `net`, except `asyncio.CancelledError` when the caller itself is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refact_lsp.errors import RefactError


class Kind(StrEnum):
    """What went wrong, as far as anybody has to decide something different."""

    ADDRESS = "address"  # a URL that we refuse to ask
    NOT_RUNNING = "not_running"  # nothing listens there
    DNS = "dns"  # the name is not known, or the name server is not there
    UNREACHABLE = "unreachable"  # no way to that network: this machine is offline
    CONNECT_TIMEOUT = "connect_timeout"
    FIRST_BYTE_TIMEOUT = "first_byte_timeout"
    STALLED = "stalled"  # it began to answer and fell silent
    TOTAL_DEADLINE = "total_deadline"
    CUT_OFF = "cut_off"  # the connection broke before the answer was whole
    TLS = "tls"
    PROXY = "proxy"
    REDIRECT = "redirect"
    NOT_AN_API = "not_an_api"  # a web page or another kind of server
    AUTH = "auth"
    FORBIDDEN = "forbidden"
    NO_CREDIT = "no_credit"
    RATE_LIMITED = "rate_limited"
    MODEL_MISSING = "model_missing"
    PATH_MISSING = "path_missing"
    BAD_REQUEST = "bad_request"
    CONTEXT_TOO_LONG = "context_too_long"
    LOADING = "loading"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TOO_MUCH = "too_much"  # an answer beyond its budget
    PROTOCOL = "protocol"  # bytes that are no HTTP, or no answer of any known form
    CANCELLED = "cancelled"  # closed by us while somebody was still reading


@dataclass(frozen=True, slots=True)
class Facts:
    """What the code that decides may want to know; every text is redacted and short.

    `status`: 0 where no answer came. `retry_after_s`: as the server asked, within 1 to 60.
    `parameter`: the one that the server names. `server_text`: its own words, up to 300 characters.
    """

    status: int = 0
    retry_after_s: float | None = None
    should_retry: bool | None = None
    code: str = ""
    parameter: str = ""
    server_text: str = ""
    request_id: str = ""


NO_FACTS = Facts()


class RequestError(RefactError):
    """A request that brought no (whole) answer; `str()` is a sentence for the user."""

    def __init__(self, kind: Kind, sentence: str, facts: Facts = NO_FACTS) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status, or 0 where no answer came."""
        return self.facts.status

    @property
    def retry_after_s(self) -> float | None:
        """The seconds that the server asks us to wait, within 1 to 60."""
        return self.facts.retry_after_s

    @property
    def parameter(self) -> str:
        """The parameter that the server refuses, where it names one."""
        return self.facts.parameter


class AddressRefusedError(RequestError):
    """A URL that is never asked, whatever stands in a file."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Kind.ADDRESS, sentence)
