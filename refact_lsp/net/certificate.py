"""The issuer of an X.509 certificate, out of its DER bytes (RFC 5280, 4.1). Pure.

The standard library gives the fields of a certificate only when it trusts it.
"""

from __future__ import annotations

_SEQUENCE, _VERSION = 0x30, 0xA0
_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_COMMON_NAME, _ORGANIZATION = bytes.fromhex("550403"), bytes.fromhex("55040a")


def issuer_of(certificate: bytes) -> str:
    """Answer common name and organization of who signed it; empty where that cannot be read."""
    try:
        body = _children(_children(certificate)[0][1])[0][1]
        fields = [each for each in _children(body) if each[0] != _VERSION]
        names = _names(fields[2][1])  # after the serial number and the algorithm
    except (IndexError, ValueError):
        return ""
    common, organization = names.get(_COMMON_NAME, ""), names.get(_ORGANIZATION, "")
    if common and organization and organization not in common:
        return f"{common} ({organization})"
    return common or organization


def _names(name: bytes) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for _, group in _children(name):
        for _, pair in _children(group):
            (_, key), (tag, value) = _children(pair)[:2]
            text = value.decode(_TEXTS.get(tag, "utf-8"), "replace")
            found[key] = "".join(each for each in text if each.isprintable())[:80]
    return found


def _children(data: bytes) -> list[tuple[int, bytes]]:
    """Answer the elements that follow each other in DER bytes, as tag and content."""
    found, place = [], 0
    while place < len(data):
        tag, length, place = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[place : place + count], "big")
            place += count
        if place + length > len(data):
            raise ValueError
        found.append((tag, data[place : place + length]))
        place += length
    return found
