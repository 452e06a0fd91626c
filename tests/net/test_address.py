from __future__ import annotations

import pytest

from refact_lsp.net.address import check_address, join_url, other_spelling
from refact_lsp.net.bypass import is_bypassed
from refact_lsp.net.certificate import issuer_of
from refact_lsp.net.errors import AddressRefusedError, Kind


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://api.test/v1", "api.test", 443),
        ("HTTPS://API.test:8443", "api.test", 8443),
        ("http://localhost:11434", "localhost", 11434),
        ("http://[::1]:8012/x?y=1", "::1", 8012),
        ("http://127.0.0.1", "127.0.0.1", 80),
    ],
)
def test_url_is_taken_apart(url: str, host: str, port: int) -> None:
    address = check_address(url, has_key=True)
    assert (address.host, address.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://api.test/",
        "ftp://api.test",
        "api.test/v1",
        "",
        "https://",
        "https:///v1",
        "https://user:pass@api.test/",
        "https://api.test\\@evil.test/",
        "https://api.test/ x",
        "https://api.test\n.evil.test/",
        "https://ápi.test/",
        "https://api.test:99999/",
        "https://api.test:0/",
        "https://[::1/",
    ],
)
def test_url_that_is_none_of_a_model_server_is_refused_t20(url: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        check_address(url, has_key=False)
    assert caught.value.kind is Kind.ADDRESS
    assert "pass" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xA9FEA9FE",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata",
    ],
)
def test_address_of_the_network_is_refused_in_every_spelling_t20(host: str) -> None:
    with pytest.raises(AddressRefusedError, match="network itself"):
        check_address(f"http://{host}/latest", has_key=False)
    assert check_address(f"https://{host}/", has_key=True, allow_link_local=True).port == 443


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("http://localhost:1234", True),
        ("http://127.0.0.1", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:1234", True),
        ("http://2130706433", True),
        ("https://api.test", True),
        ("http://api.test", False),
        ("http://192.168.1.5:8000", False),
        ("http://localhost.evil.test", False),
        ("http://127.0.0.1.evil.test", False),
        ("http://0.0.0.0", False),
    ],
)
def test_key_goes_over_plain_http_to_this_machine_alone_t3(url: str, is_allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    check_address(url, has_key=False)
    check_address(url, has_key=True, allow_insecure=True)
    if is_allowed:
        check_address(url, has_key=True)
    else:
        with pytest.raises(AddressRefusedError, match="plain text"):
            check_address(url, has_key=True)


@pytest.mark.parametrize(
    ("base", "path", "joined"),
    [
        ("https://a.test/v1", "/chat/completions", "https://a.test/v1/chat/completions"),
        ("https://a.test/v1/", "v1/messages", "https://a.test/v1/messages"),
        ("https://a.test", "/v1/messages", "https://a.test/v1/messages"),
        ("https://a.test/v1beta1", "v1beta1/x", "https://a.test/v1beta1/x"),
        ("https://a.test/api", "", "https://a.test/api"),
    ],
)
def test_join_url_has_its_version_once_p6(base: str, path: str, joined: str) -> None:
    assert join_url(base, path) == joined


def test_other_spelling_takes_the_version_away_or_adds_it_p6() -> None:
    assert other_spelling("http://localhost:11434/v1/") == "http://localhost:11434"
    assert other_spelling("http://localhost:11434") == "http://localhost:11434/v1"


@pytest.mark.parametrize(
    ("host", "no_proxy", "is_direct"),
    [
        pytest.param("127.0.0.1", (), True, id="P34-loopback"),
        pytest.param("localhost", (), True, id="P34-localhost"),
        pytest.param("::1", (), True, id="P34-loopback-6"),
        pytest.param("api.test", (), False, id="P34-nothing"),
        pytest.param("api.test", ("*",), True, id="P34-all"),
        pytest.param("api.corp.test", ("corp.test",), True, id="P34-domain"),
        pytest.param("api.corp.test", (".CORP.test",), True, id="P34-dot-domain"),
        pytest.param("notcorp.test", ("corp.test",), False, id="P34-not-a-part"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), True, id="P34-network"),
        pytest.param("11.1.2.3", ("10.0.0.0/8", "x"), False, id="P34-other-network"),
    ],
)
def test_proxy_is_bypassed(host: str, no_proxy: tuple[str, ...], is_direct: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_bypassed(host, no_proxy) is is_direct


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x82\xff\xff", b"\x30\x03\x02\x01\x01", b"\xff" * 50]
)
def test_issuer_of_what_is_no_certificate_is_empty(der: bytes) -> None:
    assert issuer_of(der) == ""
