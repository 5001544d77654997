"""Share links and API keys. Of both only a hash is kept, so what is in the database opens nothing.

SHA-256 without salt or work factor is enough here: what is hashed are 192 random bits and more, not words that
somebody thought of, so there is nothing to try out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select

from sonotag.domain import ApiKey, KeyScope, Share
from sonotag.errors import ConflictError, InputError, NotFoundError
from sonotag.store.database import Database
from sonotag.store.tables import ApiKeyRow, ShareRow

SHARE_PREFIX = "s-"
KEY_PREFIX = "sono_"
MAX_SHARES = 50
"""Of one recording."""


def _hash(token: str) -> str:
    # Whatever a client sends has a hash: JSON can spell half of a character.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _utc(stored: datetime) -> datetime:
    # SQLite keeps no time zone; everything is written in UTC.
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)


class ShareStore:
    """Rows of the table `shares`. A row goes away with its recording."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recording_id: str) -> tuple[Share, str]:
        """A new share and its token, which is told this once. Raises ConflictError `too_many_shares`."""
        token = SHARE_PREFIX + secrets.token_urlsafe(24)
        share = Share(secrets.token_hex(8), recording_id, token[-4:], datetime.now(UTC))
        with self._database.writing() as session:
            count = session.scalar(select(func.count()).where(ShareRow.recording_id == recording_id)) or 0
            if count >= MAX_SHARES:
                raise ConflictError(
                    f"This recording has {count} links already.",
                    hint="Withdraw one that is no longer needed.",
                    code="too_many_shares",
                )
            session.add(
                ShareRow(
                    id=share.id,
                    recording_id=recording_id,
                    token_hash=_hash(token),
                    ends_with=share.ends_with,
                    created_at=share.created_at,
                )
            )
        return share, token

    def of(self, recording_id: str) -> list[Share]:
        """Newest first."""
        query = select(ShareRow).where(ShareRow.recording_id == recording_id)
        with self._database.reading() as session:
            return [_share(row) for row in session.scalars(query.order_by(ShareRow.created_at.desc(), ShareRow.id))]

    def find(self, token: str) -> Share | None:
        """The share whose token it is."""
        with self._database.reading() as session:
            row = session.scalar(select(ShareRow).where(ShareRow.token_hash == _hash(token)))
            return None if row is None else _share(row)

    def remove(self, recording_id: str, share_id: str) -> None:
        """Raises NotFoundError when the recording has no such share."""
        query = delete(ShareRow).where(ShareRow.recording_id == recording_id, ShareRow.id == share_id)
        with self._database.writing() as session:
            gone = session.execute(query.returning(ShareRow.id)).first()
        if gone is None:
            raise NotFoundError(
                "This recording has no such link.", hint="It may have been withdrawn before.", code="share_not_found"
            )


class KeyStore:
    """Rows of the table `api_keys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, scopes: Sequence[KeyScope]) -> tuple[ApiKey, str]:
        """A new key and its text, which is told this once. Raises InputError for an empty name or no scope."""
        name = " ".join(name.split())[:80]
        if not name or not scopes:
            raise InputError("A key has a name and at least one scope.", hint="Scopes are: read, write.")
        text = KEY_PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(secrets.token_hex(6), name, tuple(sorted(set(scopes))), datetime.now(UTC))
        row = ApiKeyRow(
            id=key.id,
            name=key.name,
            key_hash=_hash(text),
            scopes=[scope.value for scope in key.scopes],
            created_at=key.created_at,
        )
        with self._database.writing() as session:
            session.add(row)
        return key, text

    def all(self) -> list[ApiKey]:
        """Oldest first."""
        with self._database.reading() as session:
            return [_key(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at))]

    def find(self, text: str) -> ApiKey | None:
        """The key whose text it is."""
        with self._database.reading() as session:
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.key_hash == _hash(text)))
            return None if row is None else _key(row)

    def revoke(self, key_id: str) -> ApiKey:
        """Raises NotFoundError. The recordings that the key brought stay."""
        with self._database.writing() as session:
            row = session.get(ApiKeyRow, key_id)
            if row is None:
                raise NotFoundError(
                    f"There is no key {key_id}.", hint="`sonotag keys list` names them.", code="key_not_found"
                )
            session.delete(row)
            return _key(row)


def _share(row: ShareRow) -> Share:
    return Share(row.id, row.recording_id, row.ends_with, _utc(row.created_at))


def _key(row: ApiKeyRow) -> ApiKey:
    scopes = tuple(KeyScope(scope) for scope in row.scopes)
    return ApiKey(row.id, row.name, scopes, _utc(row.created_at))
