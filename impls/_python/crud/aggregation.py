"""Aggregations: the mean of files read as vectors of little-endian float32."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from crud.problems import invalid, not_found

FLOAT32_BYTES = 4
RESULT_CONTENT_TYPE = "application/octet-stream"


class AggregationFailed(Exception):
    """A job that can never succeed; the text is the contract's reason."""


def result_name(aggregation_id: UUID) -> str:
    return f"aggregation-{aggregation_id}"


def check_sizes(file_ids: Sequence[UUID], size_bytes_by_id: Mapping[UUID, int]) -> None:
    """At acceptance: raises 404 when a file is missing and 422 when the files are no vectors of one length."""
    if any(file_id not in size_bytes_by_id for file_id in file_ids):
        raise not_found("One of the files does not exist, or is not yours.")
    if not _is_one_vector_length(size_bytes_by_id.values()):
        raise invalid("The files must have one length, a multiple of 4 and not 0.")


def aggregate(file_ids: Sequence[UUID], body_by_id: Mapping[UUID, bytes]) -> bytes:
    """The mean as float32 bytes; raises AggregationFailed when the files have changed since acceptance."""
    if any(file_id not in body_by_id for file_id in file_ids):
        raise AggregationFailed("file-gone")
    if not _is_one_vector_length(len(body) for body in body_by_id.values()):
        raise AggregationFailed("length-changed")
    return mean([body_by_id[file_id] for file_id in file_ids])


def mean(bodies: Sequence[bytes]) -> bytes:
    """The sum in float64 in the order given, divided by the count, rounded to float32: the same in every language."""
    total = np.zeros(len(bodies[0]) // FLOAT32_BYTES, dtype=np.float64)
    # Infinities and NaN are values like others here: nothing to warn of.
    with np.errstate(all="ignore"):
        for body in bodies:
            total += np.frombuffer(body, dtype="<f4")
        return (total / len(bodies)).astype("<f4").tobytes()


def _is_one_vector_length(lengths: Iterable[int]) -> bool:
    distinct = set(lengths)
    return len(distinct) == 1 and all(length > 0 and length % FLOAT32_BYTES == 0 for length in distinct)
