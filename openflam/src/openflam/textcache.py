"""Vectors of texts on disk, so that a prompt is encoded once for a model and not at every start."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from openflam.engines.interface import Float32
from openflam.errors import OpenFLAMError
from openflam.storage import exclusive

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_TEXTS = 20_000
"""Kept; at 512 numbers each that is some 45 MB."""
WAIT_S = 2.0
"""For another process that writes."""
KEYS_AT_ONCE = 500
LAYOUT = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS text (
    key BLOB PRIMARY KEY,
    vector BLOB NOT NULL,
    scale REAL NOT NULL,
    bias REAL NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS text_used ON text (used);
"""


class Entry(NamedTuple):
    """vector [D] float32, scale and bias of one text."""

    vector: Float32
    scale: float
    bias: float


def key_of(model: str, ids: Sequence[int]) -> bytes:
    """Of a text's token ids in a model: its weights, engine and precision. The text itself is not stored."""
    digest = hashlib.sha256(model.encode())
    digest.update(b"\0" + np.asarray(ids, np.int32).tobytes())
    return digest.digest()


class TextCache:
    """A bounded table in an SQLite file, which several threads and processes may share.

    It never stands in the way: a file that is damaged is made anew, and one that cannot be used is done without; the
    log says so.
    """

    def __init__(self, path: Path, dim: int, most: int = MOST_TEXTS) -> None:
        self._path, self._dim, self._most = path, dim, most
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_usable = True

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Entry]:
        """What is known of `keys`."""
        return self._do(lambda connection: self._read(connection, keys), {})

    def put(self, entries: Mapping[bytes, Entry]) -> None:
        """Keeps `entries`, and drops those that were not used for longest when there are too many."""
        if entries:
            self._do(lambda connection: self._write(connection, entries), None)

    def close(self) -> None:
        """Lets go of the file; the next use opens it again."""
        with self._lock:
            self._close()

    def _read(self, connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Entry]:
        found: dict[bytes, Entry] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, vector, scale, bias FROM text WHERE key IN ({marks})"  # noqa: S608 (question marks)
            for key, vector, scale, bias in connection.execute(query, some):
                if len(vector) != 4 * self._dim:
                    raise sqlite3.DatabaseError(f"a vector has {len(vector)} bytes")
                found[key] = Entry(np.frombuffer(vector, np.float32), scale, bias)
        # Where the last ones to come in are asked for again and again, nothing is written.
        turn = self._turn(connection) - 1
        if found:
            with connection:
                connection.executemany(
                    "UPDATE text SET used = ? WHERE key = ? AND used < ?", [(turn, key, turn) for key in found]
                )
        return found

    def _write(self, connection: sqlite3.Connection, entries: Mapping[bytes, Entry]) -> None:
        with connection:
            turn = self._turn(connection)
            connection.executemany(
                "INSERT OR REPLACE INTO text VALUES (?, ?, ?, ?, ?)",
                [
                    (key, np.asarray(entry.vector, np.float32).tobytes(), entry.scale, entry.bias, turn)
                    for key, entry in entries.items()
                ],
            )
            connection.execute(
                "DELETE FROM text WHERE key IN (SELECT key FROM text ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (self._most,),
            )

    def _turn(self, connection: sqlite3.Connection) -> int:
        (last,) = connection.execute("SELECT coalesce(max(used), 0) FROM text").fetchone()
        return int(last) + 1

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """`work` with the connection, one thread at a time; `otherwise` where that fails, which the log says."""
        with self._lock:
            try:
                connection = self._opened()
                return otherwise if connection is None else work(connection)
            except sqlite3.OperationalError as error:  # no space, no permission, another process that does not end
                log.warning("vectors of texts are not kept in %s: %s", self._path, error)
                self._close()
            except sqlite3.DatabaseError as error:
                log.warning("%s is damaged and will be made anew: %s", self._path, error)
                self._close()
                self._remove()
            except (OSError, OpenFLAMError) as error:
                log.warning("vectors of texts are not kept in %s: %s", self._path, error)
                self._is_usable = False
            return otherwise

    def _opened(self) -> sqlite3.Connection | None:
        if self._connection is None and self._is_usable:
            connection = sqlite3.connect(self._path, timeout=WAIT_S, check_same_thread=False)
            try:
                with exclusive(self._path), connection:
                    (layout,) = connection.execute("PRAGMA user_version").fetchone()
                    if layout not in (0, LAYOUT):
                        connection.execute("DROP TABLE IF EXISTS text")
                    connection.executescript(SCHEMA)
                    connection.execute(f"PRAGMA user_version = {LAYOUT}")
                # What a loss of power takes is encoded again.
                connection.execute("PRAGMA synchronous = OFF")
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _remove(self) -> None:
        """Another process may have it open: that one goes on with a file without a name, and loses nothing but it."""
        with exclusive(self._path):
            for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                path.unlink(missing_ok=True)
