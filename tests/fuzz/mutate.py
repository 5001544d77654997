"""Ways to damage a media file: what bad disks, broken writers and hostile hands leave. Pure and repeatable."""

from __future__ import annotations

import random
from collections.abc import Callable

MOST_BYTES = 2_000_000
"""No damaged file is longer."""

_HEAD_BYTES = 512
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_HUGE = (0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 1 << 40)
# What stands beside a length, a rate or a count in the containers of the corpus.
_MARKS = (
    b"fmt ", b"data", b"RIFF", b"RF64", b"ds64", b"fact", b"LIST", b"COMM", b"SSND", b"FORM", b"desc", b"pakt", b"kuki",
    b"ftyp", b"moov", b"mvhd", b"trak", b"mdhd", b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"co64", b"mdat", b"moof",
    b"tfhd", b"trun", b"mp4a", b"esds", b"alac", b"OggS", b"OpusHead", b"vorbis", b"fLaC", b"ID3", b"Xing", b"Info",
    b"APIC", b"wvpk", b"#!AMR", b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b",
    b"\x1f\x43\xb6\x75", b"hdrl", b"strh", b"strf", b"idx1", b"FLV", b"\x30\x26\xb2\x75", b"\xa1\xdc\xab\x8c",
    b"\x00\x00\x01\xba",
    b"\x0b\x77", b"\xff\xfb", b"\xff\xf1", b"\x47\x40",
)  # fmt: skip

Mutation = Callable[[bytearray, random.Random], None]


def _place(data: bytearray, chance: random.Random) -> int:
    """Anywhere, but every other time in the head, where the lies are."""
    reach = min(len(data), _HEAD_BYTES) if chance.random() < 0.5 else len(data)
    return chance.randrange(reach)


def _span(data: bytearray, chance: random.Random) -> slice:
    start = _place(data, chance)
    return slice(start, min(len(data), start + chance.choice((1, 4, 16, 188, 512, 4096, 20_000))))


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64, 500))):
        data[_place(data, chance)] ^= 1 << chance.randrange(8)


def set_bytes(data: bytearray, chance: random.Random) -> None:
    value = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
    for _ in range(chance.choice((1, 3, 30))):
        data[_place(data, chance)] = value


def lie(data: bytearray, chance: random.Random) -> None:
    """Some number, of any width and order, becomes one that is too small, too large or negative."""
    _write_number(data, _place(data, chance), chance)


def lie_beside_a_mark(data: bytearray, chance: random.Random) -> None:
    """The number before or after a known mark: lengths, rates, counts of channels and samples."""
    marks = list(_MARKS)
    chance.shuffle(marks)
    for mark in marks:
        found = data.find(mark)
        if found >= 0:
            later = data.find(mark, found + 1)
            base = later if later >= 0 and chance.random() < 0.3 else found
            offset = chance.choice((-8, -4, len(mark), len(mark) + 2, len(mark) + 4, len(mark) + 8, len(mark) + 12))
            _write_number(data, max(0, base + offset), chance)
            return
    lie(data, chance)


def _write_number(data: bytearray, place: int, chance: random.Random) -> None:
    width = chance.choice((1, 2, 2, 4, 4, 4, 8))
    number = (
        chance.choice(_NUMBERS + (_HUGE if width == 8 else ())) if chance.random() < 0.8 else chance.getrandbits(64)
    )
    number &= (1 << 8 * width) - 1
    data[place : place + width] = number.to_bytes(width, chance.choice(("big", "little")))


def rename_a_mark(data: bytearray, chance: random.Random) -> None:
    """One kind of block calls itself another."""
    present = [mark for mark in _MARKS if mark in data]
    if present:
        mark = chance.choice(present)
        place = data.find(mark)
        other = chance.choice(_MARKS)[: len(mark)].ljust(len(mark), b"\0")
        data[place : place + len(mark)] = other


def cut_the_end(data: bytearray, chance: random.Random) -> None:
    del data[max(1, chance.choice((_place(data, chance), len(data) - 1, len(data) // 2))) :]


def cut_the_beginning(data: bytearray, chance: random.Random) -> None:
    del data[: min(len(data) - 1, chance.choice((1, 3, 12, 44, 512, len(data) // 2)))]


def cut_a_block(data: bytearray, chance: random.Random) -> None:
    span = _span(data, chance)
    if span.stop - span.start < len(data):
        del data[span]


def double_a_block(data: bytearray, chance: random.Random) -> None:
    span = _span(data, chance)
    times = chance.choice((1, 1, 2, 30))
    data[span.stop : span.stop] = data[span] * times


def swap_blocks(data: bytearray, chance: random.Random) -> None:
    length = chance.choice((4, 16, 188, 512, 4096))
    if len(data) > 2 * length:
        one = chance.randrange(len(data) - 2 * length)
        two = chance.randrange(one + length, len(data) - length + 1)
        data[one : one + length], data[two : two + length] = data[two : two + length], data[one : one + length]


def blank_a_block(data: bytearray, chance: random.Random) -> None:
    span = _span(data, chance)
    fill = chance.choice((b"\0", b"\xff", None))
    count = span.stop - span.start
    data[span] = chance.randbytes(count) if fill is None else fill * count


def insert_noise(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place:place] = chance.randbytes(chance.choice((1, 3, 64, 4096, 60_000)))


def repeat_all(data: bytearray, chance: random.Random) -> None:
    """Files one after another, as a careless script joins them."""
    data *= chance.choice((2, 3, 8))


ALONE: tuple[Mutation, ...] = (
    flip_bits,
    flip_bits,
    set_bytes,
    lie,
    lie,
    lie_beside_a_mark,
    lie_beside_a_mark,
    lie_beside_a_mark,
    rename_a_mark,
    cut_the_end,
    cut_the_beginning,
    cut_a_block,
    double_a_block,
    swap_blocks,
    blank_a_block,
    insert_noise,
    repeat_all,
)


def damage(content: bytes, other: bytes, chance: random.Random) -> tuple[bytes, list[str]]:
    """`content` after one to four mutations, and their names. `other`: a file of which a part may be grafted on."""
    data = bytearray(content)
    done: list[str] = []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        if chance.random() < 0.06:
            at = chance.randrange(1, len(data))
            data[at:] = other[chance.randrange(len(other)) :]
            done.append("graft")
        else:
            mutation = chance.choice(ALONE)
            mutation(data, chance)
            done.append(mutation.__name__)
        if not data:
            data += b"\0"
        del data[MOST_BYTES:]
    return bytes(data), done
