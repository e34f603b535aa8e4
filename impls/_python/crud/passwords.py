"""Passwords: scrypt, about 30 ms of CPU a call (hashlib releases the GIL meanwhile)."""

import hashlib
import hmac
import os

SALT_BYTES = 16
KEY_BYTES = 32
COST = 16_384
BLOCK_SIZE = 8
PARALLELISM = 1

# A log-in with an unknown name is checked against these, so that it costs what a wrong password costs.
DUMMY_SALT = bytes(SALT_BYTES)
DUMMY_KEY = bytes(KEY_BYTES)


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def derive_key(password: str, salt: bytes) -> bytes:
    # surrogatepass: a JSON string may hold half a surrogate pair, which is no reason to fail.
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=COST, r=BLOCK_SIZE, p=PARALLELISM, dklen=KEY_BYTES)


def password_matches(password: str, salt: bytes, key: bytes) -> bool:
    return hmac.compare_digest(derive_key(password, salt), key)
