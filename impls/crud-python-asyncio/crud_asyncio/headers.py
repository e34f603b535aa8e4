"""Request headers as HTTP has them: several lines of one name are one list."""

from fastapi import Request


def joined_header(request: Request, name: str) -> str | None:
    """All lines of the header, where Starlette's own mapping gives the first; None where there is none."""
    lines = request.headers.getlist(name)
    # httptools leaves tabs around a value that RFC 9110 (5.5) does not count.
    return ", ".join(lines).strip(" \t") if lines else None
