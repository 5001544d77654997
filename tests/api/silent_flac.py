"""Writes FLAC files of silence, hours in kilobytes, without encoding an hour of samples.

Format: RFC 9639. Every frame is one constant subframe of the largest block there is.
"""

from __future__ import annotations

BLOCK = 65_535
RATE_HZ = 8_000
_BITS = 16


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    value, top, mask = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & mask
    return value


def _coded_number(number: int) -> bytes:
    """The frame's number, coded as UTF-8 codes characters (but up to 31 bits)."""
    return chr(number).encode("utf-8", "surrogatepass")


def _frame(number: int) -> bytes:
    # Sync and fixed block size; block size in 16 bits at the end, rate 8 kHz; mono, 16 bits.
    header = b"\xff\xf8" + bytes([0b0111_0100, 0b0000_1000]) + _coded_number(number)
    header += (BLOCK - 1).to_bytes(2, "big")
    header += bytes([_crc(header, 0x07, 8)])
    body = header + b"\x00" + b"\x00\x00"  # a constant subframe of zero
    return body + _crc(body, 0x8005, 16).to_bytes(2, "big")


def silent_flac(seconds: float, *, claim: bool = True) -> bytes:
    """About `seconds` of silence (whole blocks of 8.2 s) at 8 kHz; without `claim` the header gives no length."""
    frames = max(1, round(seconds * RATE_HZ / BLOCK))
    total = frames * BLOCK if claim else 0
    packed = (RATE_HZ << 44) | (0 << 41) | ((_BITS - 1) << 36) | total
    info = BLOCK.to_bytes(2, "big") * 2 + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + b"".join(map(_frame, range(frames)))
