"""Every problem of the contract."""

from collections.abc import Mapping

from program import problems

STATUSES_AND_TITLES = {
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "unauthorized": (401, "Unauthorized"),
    "unsupported-media-type": (415, "Unsupported media type"),
    "content-too-large": (413, "Content too large"),
    "malformed-json": (400, "Malformed JSON"),
    "malformed-request": (400, "Malformed request"),
    "uri-too-long": (414, "URI too long"),
    "expectation-failed": (417, "Expectation failed"),
    "head-too-large": (431, "Request header fields too large"),
    "not-implemented": (501, "Not implemented"),
    "invalid": (422, "Invalid request"),
    "precondition-required": (428, "Precondition required"),
    "precondition-failed": (412, "Precondition failed"),
    "name-taken": (409, "Name taken"),
    "unavailable": (503, "Service unavailable"),
    "internal": (500, "Internal error"),
}


class Problem(problems.Problem):
    """The host turns it into the answer."""

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(kind, *STATUSES_AND_TITLES[kind], detail)
        self.headers = dict(headers or {})


def not_found(detail: str = "There is no such thing, or it is not yours.") -> Problem:
    return Problem("not-found", detail)


def method_not_allowed(methods: list[str]) -> Problem:
    return Problem("method-not-allowed", "This path has other methods.", {"Allow": ", ".join(sorted(methods))})


def unauthorized(detail: str = "A valid bearer token is needed.") -> Problem:
    return Problem("unauthorized", detail, {"WWW-Authenticate": "Bearer"})


def invalid(detail: str) -> Problem:
    return Problem("invalid", detail)


def too_large(limit_bytes: int) -> Problem:
    return Problem("content-too-large", f"The body may have {limit_bytes} bytes at most.")


def unavailable(detail: str = "The database cannot be reached.") -> Problem:
    return Problem("unavailable", detail, {"Retry-After": "1"})


def internal() -> Problem:
    return Problem("internal", "The service failed; the log says why.")
