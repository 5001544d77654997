"""What goes over the wire about owners, share links and signing in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from sonotag import domain
from sonotag.api.schemas import Schema


class AccessState(Schema):
    """What this server wants of a browser."""

    password_needed: bool = Field(description="Nothing is answered to a browser that has not signed in.")
    signed_in: bool
    shared_library: bool = Field(description="Everybody sees, and may delete, every recording.")


class Password(Schema):
    password: str = Field(max_length=1024)


class RecordingAccess(Schema):
    """What whoever asks may do with a recording, beside looking at it."""

    owner: bool = Field(description="May delete, keep, share and judge it.")
    read_only: bool = Field(description="Came by a share link: may not have it analysed either.")


class Share(Schema):
    """A link to look at a recording."""

    id: str
    created_at: datetime
    ends_with: str = Field(description="The last letters of its token, to tell links apart.")

    @classmethod
    def of(cls, share: domain.Share) -> Share:
        return cls(id=share.id, created_at=share.created_at, ends_with=share.ends_with)


class NewShare(Share):
    token: str = Field(description="Stands for the recording's id in every address that reads. Told this once.")


class ShareList(Schema):
    shares: list[Share]
