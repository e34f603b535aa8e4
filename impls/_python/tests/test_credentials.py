import hashlib

import pytest

from crud.passwords import DUMMY_KEY, DUMMY_SALT, derive_key, new_salt, password_matches
from crud.tokens import bearer_digest, new_token


def test_a_key_is_the_scrypt_of_rfc_7914_section_12() -> None:
    expected = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    assert derive_key("pleaseletmein", b"SodiumChloride").hex() == expected


def test_only_the_same_password_matches() -> None:
    salt = new_salt()
    key = derive_key("p\u00e4ssword", salt)
    assert password_matches("p\u00e4ssword", salt, key)
    assert not password_matches("password", salt, key)
    assert not password_matches("password", DUMMY_SALT, DUMMY_KEY)


def test_half_a_surrogate_pair_is_a_password_too() -> None:
    assert len(derive_key("\ud83d aaaaaaa", new_salt())) == 32


def test_a_token_is_32_bytes_in_base64url_without_padding() -> None:
    assert len(new_token()) == 43
    assert new_token() != new_token()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_in_any_case(scheme: str) -> None:
    assert bearer_digest(f"{scheme} abc") == hashlib.sha256(b"abc").digest()


@pytest.mark.parametrize("header", [None, "", "abc", "Bearer", "Bearer ", "Basic abc", "Bearerabc"])
def test_there_is_no_token_in_any_other_header(header: str | None) -> None:
    assert bearer_digest(header) is None
