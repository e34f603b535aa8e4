"""Every problem of the contract."""

from program import problems

STATUSES = {
    "malformed-json": 400,
    "not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "content-too-large": 413,
    "invalid": 422,
    "internal": 500,
    "no-leader": 503,
    "outcome-unknown": 504,
}


class Problem(problems.Problem):
    def __init__(self, kind: str, detail: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(kind, STATUSES[kind], kind.replace("-", " "), detail)
        self.headers = headers


def not_found(detail: str) -> Problem:
    return Problem("not-found", detail)


def conflict(detail: str) -> Problem:
    return Problem("conflict", detail)


def invalid(detail: str) -> Problem:
    return Problem("invalid", detail)


def no_leader(detail: str = "there is no leader now") -> Problem:
    return Problem("no-leader", detail, (("Retry-After", "1"),))


def outcome_unknown(detail: str) -> Problem:
    return Problem("outcome-unknown", detail)
