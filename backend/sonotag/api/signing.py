"""Texts that this server signed and knows again: the values of its cookies."""

from __future__ import annotations

import base64
import hashlib
import hmac

VERSION = "v1"


class Signer:
    """Signs with HMAC-SHA256 (RFC 2104), of which only the server knows the key.

    The form is `v1.<text>.<signature>`; another version may later be read beside it. `purpose` is part of what is
    signed, so that what was signed for one purpose is worth nothing for another.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, purpose: str, text: str) -> str:
        """`text` is ASCII without white space, commas, semicolons and quotes, as a cookie's value must be."""
        return f"{VERSION}.{text}.{self._signature(purpose, text)}"

    def read(self, purpose: str, signed: str) -> str | None:
        """The text that was signed, or None when this server did not sign it for this purpose."""
        version, _, rest = signed.partition(".")
        text, _, signature = rest.rpartition(".")
        if version != VERSION or not signed.isascii():
            return None
        return text if hmac.compare_digest(signature, self._signature(purpose, text)) else None

    def mark(self, purpose: str) -> str:
        """Eight letters that tell servers with different secrets apart."""
        return hmac.digest(self._secret, f"{VERSION} mark {purpose}".encode(), hashlib.sha256).hex()[:8]

    def _signature(self, purpose: str, text: str) -> str:
        message = f"{VERSION}\0{purpose}\0{text}".encode()
        return base64.urlsafe_b64encode(hmac.digest(self._secret, message, hashlib.sha256)).decode().rstrip("=")
