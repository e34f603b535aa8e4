"""Answers as Starlette sends them: bytes under exactly the Content-Type given, where Response would add a charset."""

from collections.abc import Mapping

from fastapi import Response

from crud.answers import JSON_MEDIA_TYPE


def bytes_reply(
    body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(body, status, {**(headers or {}), "Content-Type": content_type})


def json_reply(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return bytes_reply(body, JSON_MEDIA_TYPE, status, headers)


def empty_reply(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status_code=status, headers=headers)
