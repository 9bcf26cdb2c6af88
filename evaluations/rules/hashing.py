"""HASH of LAQD/1: SHA-256, or SM3 (GB/T 32905-2016) where the plan says so (2.9)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

Digest = Callable[[bytes], str]
MASK = 0xFFFFFFFF
CHUNK = 1 << 14


class HashName(StrEnum):
    """The two hashes, as they are written in freeze files and certificates."""

    SHA256 = "SHA-256"
    SM3 = "SM3"


def hash_hex(name: HashName, data: bytes) -> str:
    """Return the lower-case hex digest of `data`."""
    return hasher(name)(data)


def hash_text(name: HashName, text: str) -> str:
    """Return the hex digest of a text in UTF-8."""
    if name is HashName.SM3 and "sm3" not in hashlib.algorithms_available:
        return sm3_hex(text.encode())
    found = hashlib.sha256() if name is HashName.SHA256 else hashlib.new("sm3")
    for chunk in in_chunks(text):
        found.update(chunk.encode())
    return found.hexdigest()


def in_chunks(text: str) -> Iterator[str]:
    """Cut a text of millions of rows into pieces whose copies stay in the processor's cache.

    A copy of the whole is fetched from the system page by page, which costs more than its use.
    """
    for start in range(0, len(text), CHUNK):
        yield text[start : start + CHUNK]


def hasher(name: HashName) -> Digest:
    """Return the function bytes → hex digest; falls back to own SM3 where OpenSSL has none."""
    if name is HashName.SHA256:
        return lambda data: hashlib.sha256(data).hexdigest()
    if "sm3" in hashlib.algorithms_available:
        return lambda data: hashlib.new("sm3", data).hexdigest()
    return sm3_hex


def hash_many(name: HashName, prefix: bytes, items: Iterable[bytes]) -> list[str]:
    """Return the hex digests of `prefix` + item; the loop that a draw of millions spends."""
    if name is HashName.SHA256:
        sha256 = hashlib.sha256
        return [sha256(prefix + item).hexdigest() for item in items]
    digest = hasher(name)
    return [digest(prefix + item) for item in items]


def rotate(word: int, by: int) -> int:
    """Rotate a 32-bit word to the left."""
    by %= 32
    return (word << by | word >> (32 - by)) & MASK


def expand(block: bytes) -> list[int]:
    """SM3 message expansion: 16 words become 68 (GB/T 32905, 5.3.2)."""
    words = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = words[j - 16] ^ words[j - 9] ^ rotate(words[j - 3], 15)
        x ^= rotate(x, 15) ^ rotate(x, 23)
        words.append(x ^ rotate(words[j - 13], 7) ^ words[j - 6])
    return words


def compress(state: list[int], block: bytes) -> list[int]:
    """SM3 compression of one block of 64 bytes (GB/T 32905, 5.3.3)."""
    words = expand(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        turn = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = rotate((rotate(a, 12) + e + rotate(turn, j)) & MASK, 7)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & g
        tt1 = (ff + d + (ss1 ^ rotate(a, 12)) + (words[j] ^ words[j + 4])) & MASK
        tt2 = (gg + h + ss1 + words[j]) & MASK
        d, c, b, a = c, rotate(b, 9), a, tt1
        h, g, f, e = g, rotate(f, 19), e, tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17)
    return [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def sm3_hex(data: bytes) -> str:
    """SM3 in plain Python, for a hashlib without it; about 3,000 times slower."""
    state = [
        0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
        0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
    ]  # fmt: skip
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + (len(data) * 8).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        state = compress(state, padded[start : start + 64])
    return "".join(f"{word:08x}" for word in state)
