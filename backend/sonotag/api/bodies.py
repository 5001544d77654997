"""Bodies of requests on their way to the disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from fastapi import Request

from sonotag.store.disk import Disk

CHECK_BYTES = 1 << 20
"""The disk is looked at before the first byte, and after so many."""


async def body_of(request: Request, disk: Disk) -> AsyncGenerator[bytes]:
    """The body as it comes.

    Raises StorageError `disk_full` before the disk has less room than it is to keep, and ClientDisconnect.
    """
    unchecked = CHECK_BYTES
    async for piece in request.stream():
        unchecked += len(piece)
        if unchecked >= CHECK_BYTES:
            disk.ensure_room()
            unchecked = 0
        yield piece
