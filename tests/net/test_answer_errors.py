from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.net.answer_errors import ErrorAnswer, error_of_answer
from refact_lsp.net.error_body import parse_error_body
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.redact import redact, shown

KEY = "sk-canary-0123456789abcdef"


def told(status: int, body: Any, **headers: str) -> RequestError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_of_answer(ErrorAnswer("api.test", "/v1/x", status, fields, raw), (KEY,), 0.0)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(400, {"error": {"message": "Bad."}}, Kind.BAD_REQUEST, id="P1-400"),
        pytest.param(401, {"error": {"message": "no"}}, Kind.AUTH, id="P2-401"),
        pytest.param(402, {"error": {"message": "pay"}}, Kind.NO_CREDIT, id="P3-402"),
        pytest.param(429, {"error": {"code": "insufficient_quota"}}, Kind.NO_CREDIT, id="P3-quota"),
        pytest.param(
            429,
            {
                "error": {
                    "type": "rate_limit_error",
                    "message": "Limit",
                    "details": {"error_code": "enforced_spend_limit_reached"},
                }
            },
            Kind.NO_CREDIT,
            id="P3-spend-limit",
        ),
        pytest.param(
            429, {"error": {"code": "1113", "message": "balance"}}, Kind.NO_CREDIT, id="P3-1113"
        ),
        pytest.param(
            400,
            {"error": {"message": "Your credit balance is too low"}},
            Kind.NO_CREDIT,
            id="P3-as-400",
        ),
        pytest.param(403, {"error": "region"}, Kind.FORBIDDEN, id="P4-403"),
        pytest.param(404, {"error": {"code": "model_not_found"}}, Kind.MODEL_MISSING, id="P5-code"),
        pytest.param(
            404, {"error": "model 'x' not found, try pulling it"}, Kind.MODEL_MISSING, id="P5-pull"
        ),
        pytest.param(
            404, {"message": "The model `x` does not exist"}, Kind.MODEL_MISSING, id="P5-words"
        ),
        pytest.param(404, {"detail": "Not Found"}, Kind.PATH_MISSING, id="P6-path"),
        pytest.param(404, b"404 page not found", Kind.PATH_MISSING, id="P6-text"),
        pytest.param(405, {"detail": "Method Not Allowed"}, Kind.NOT_AN_API, id="P7-405"),
        pytest.param(415, b"", Kind.NOT_AN_API, id="P7-415"),
        pytest.param(408, b"", Kind.SERVER_ERROR, id="P8-408"),
        pytest.param(504, b"<title>Gateway Time-out</title>", Kind.SERVER_ERROR, id="P8-504"),
        pytest.param(409, b"", Kind.SERVER_ERROR, id="P9-409"),
        pytest.param(425, b"", Kind.SERVER_ERROR, id="P9-425"),
        pytest.param(413, b"", Kind.CONTEXT_TOO_LONG, id="P10-413"),
        pytest.param(
            400,
            {"error": {"code": "context_length_exceeded"}},
            Kind.CONTEXT_TOO_LONG,
            id="P10-code",
        ),
        pytest.param(
            400,
            {"error": {"message": "prompt is too long: 9 > 8"}},
            Kind.CONTEXT_TOO_LONG,
            id="P10-words",
        ),
        pytest.param(
            500,
            {"error": {"type": "exceed_context_size_error"}},
            Kind.CONTEXT_TOO_LONG,
            id="P10-local",
        ),
        pytest.param(
            422,
            {"detail": [{"loc": ["body", "top_k"], "msg": "extra fields"}]},
            Kind.BAD_REQUEST,
            id="P11-422",
        ),
        pytest.param(429, {"error": {"message": "slow down"}}, Kind.RATE_LIMITED, id="P12-429"),
        pytest.param(500, b"", Kind.SERVER_ERROR, id="P15-500"),
        pytest.param(502, b"<html><title>Bad Gateway</title>", Kind.SERVER_ERROR, id="P15-502"),
        pytest.param(503, b"", Kind.OVERLOADED, id="P15-503"),
        pytest.param(529, {"error": {"type": "overloaded_error"}}, Kind.OVERLOADED, id="P15-529"),
        pytest.param(
            200, {"error": {"type": "overloaded_error"}}, Kind.OVERLOADED, id="P16-overloaded"
        ),
        pytest.param(
            200, {"error": {"code": 429, "message": "x"}}, Kind.RATE_LIMITED, id="P16-code"
        ),
        pytest.param(200, {"error": "it broke"}, Kind.SERVER_ERROR, id="P16-words"),
        pytest.param(503, {"error": {"message": "Loading model"}}, Kind.LOADING, id="P50-loading"),
    ],
)
def test_error_answer_is_told_by_kind(status: int, body: Any, kind: Kind) -> None:
    error = told(status, body)
    assert error.kind is kind
    assert "api.test" in str(error)
    assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"error": {"message": "no", "param": "max_tokens"}}, "max_tokens"),
        (
            {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported"}},
            "max_tokens",
        ),
        ({"error": {"message": "Unrecognized request argument supplied: min_p"}}, "min_p"),
        ({"error": {"message": "temperature is not supported with this model"}}, "temperature"),
        ({"error": {"message": "`temperature` is deprecated for this model."}}, "temperature"),
        ({"error": {"message": "top_k: Extra inputs are not permitted"}}, "top_k"),
        ({"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}, "stream_options"),
        ({"error": {"message": "This is not supported"}}, ""),
    ],
    ids=[f"P1-{number}" for number in range(8)],
)
def test_refused_parameter_is_named(body: object, parameter: str) -> None:
    assert told(400, body).parameter == parameter


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([{"error": {"message": "m", "status": "INVALID_ARGUMENT"}}], "m"),
        ({"error": {"message": "m"}, "request_id": "r"}, "m"),
        ({"error": "m"}, "m"),
        ({"error": "authorization_pending", "error_description": "m"}, "m"),
        ({"object": "error", "message": "m", "type": "t"}, "m"),
        ({"detail": "m"}, "m"),
        ({"detail": {"message": "m"}}, "m"),
        ({"base_resp": {"status_code": 1004, "status_msg": "m"}}, "m"),
        ("m", "m"),
        ({"odd": 1}, '{"odd": 1}'),
    ],
)
def test_error_body_of_every_form_is_read(body: object, message: str) -> None:
    assert parse_error_body(json.dumps(body).encode()).message == message


def test_error_body_of_a_sign_in_server_has_its_code() -> None:
    assert parse_error_body(b'{"error":"authorization_pending"}').code == "authorization_pending"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["error", "message", "detail", "code", "param", "base_resp", "loc", "msg"]
                ),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_error_body_of_any_shape_is_read(value: object) -> None:
    assert len(parse_error_body(json.dumps(value).encode()).message) <= 300


@given(st.binary(max_size=300))
def test_error_body_of_any_bytes_is_read(body: bytes) -> None:
    assert parse_error_body(body).message.isprintable() or not parse_error_body(body).message


@pytest.mark.parametrize(
    "echo",
    [
        f"Incorrect API key provided: {KEY}",
        f"url https://x/?key={KEY}&a=b",
        base64.b64encode(KEY.encode()).decode(),
        "x" * 290 + KEY,
        "Bearer " + KEY,
        f"{KEY[:-4]}{KEY[-4:]}",
    ],
)
def test_error_never_shows_the_key(echo: str) -> None:
    error = told(
        401,
        {"error": {"message": echo, "code": echo, "type": echo, "param": echo}},
        x_request_id=echo,
    )
    everything = f"{error} {error!r} {error.facts}"
    assert KEY not in everything
    assert KEY[:12] not in everything
    assert base64.b64encode(KEY.encode()).decode() not in everything


@pytest.mark.parametrize(
    "text",
    ["Bearer abcdef123456", "api_key=abcdef123456", "sk-proj-abcdefghijk", "hf_abcdefghijklmnop"],
)
def test_what_looks_like_a_key_is_masked_too(text: str) -> None:
    assert "abcdef" not in redact(f"before {text} after")


def test_shown_text_is_one_short_line_without_control_characters() -> None:
    text = shown("a\n\x1b[31mb\u202ec" + "d" * 999)
    assert text.startswith("a [31mb c")
    assert len(text) == 300


def test_facts_carry_what_the_headers_say() -> None:
    facts = told(429, b"", retry_after="7", x_should_retry="false", x_request_id="req-1").facts
    assert (facts.retry_after_s, facts.should_retry, facts.request_id) == (7.0, False, "req-1")
