"""Bytes that nobody can be told to send later: they wait here while the disk has no room."""

from __future__ import annotations

import logging

from sonotag.errors import StorageError
from sonotag.jobs.incoming import Incoming
from sonotag.store.disk import Disk, is_disk_full

log = logging.getLogger(__name__)

CHECK_BYTES = 1 << 20
"""The disk is looked at before the first byte, and after so many."""


class PatientSink:
    """Writes to a recording that is fetched. `write` belongs to one thread and returns when there was room."""

    def __init__(self, incoming: Incoming, disk: Disk) -> None:
        self._incoming = incoming
        self._disk = disk
        self._unchecked = CHECK_BYTES

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Raises CancelledError once the recording was given up, and StorageError for all but a full disk."""
        self._unchecked += len(data)
        if data and self._unchecked >= CHECK_BYTES:
            self._unchecked = 0
            if self._disk.is_low:
                self._wait()
        while True:
            try:
                self._incoming.write(data)
            except StorageError as error:
                if not is_disk_full(error):
                    raise
                self._wait()
            else:
                return

    def _wait(self) -> None:
        """Whoever sends is not read from meanwhile. Should it lose patience, the link fails and can be tried again."""
        incoming = self._incoming
        log.warning("fetching of %s is paused: the disk is full", incoming.recording_id)
        paused = StorageError(
            "The server's disk is full, so fetching is paused.",
            hint="It goes on by itself when there is room. Deleting recordings makes some.",
            code="disk_full",
        )
        try:
            incoming.describe(warning=paused.problem)
        except StorageError as error:
            log.warning("there is no room to say so: %s", error.details)
        if self._disk.wait_for_room(incoming.stopped):
            incoming.describe(warning=None)
