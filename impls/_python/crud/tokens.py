"""Session tokens: only the SHA-256 of a token's text is ever stored."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    # Header values arrive as Latin-1 text: encoding them back gives the bytes that were sent.
    return hashlib.sha256(token.encode("latin-1")).digest()


def bearer_digest(header: str | None) -> bytes | None:
    """The digest of the token in an Authorization header; None when there is none."""
    scheme, _, token = (header or "").partition(" ")
    token = token.lstrip(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return token_digest(token)
