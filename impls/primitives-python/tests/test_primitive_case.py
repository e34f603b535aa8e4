import pytest

from primitives.case import CaseError, read_case

ENVIRONMENT = {
    "PRIMITIVE": "lock",
    "VARIANT": "thread-lock",
    "SIZE": "8",
    "SAMPLES": "3",
    "SAMPLE_MS": "20",
    "WARMUP_MS": "0",
    "BUDGET_MS": "1000",
    "DATA_FILE": "",
}


def test_a_case_is_read_from_the_environment() -> None:
    case = read_case(ENVIRONMENT)
    assert (case.primitive, case.variant, case.size) == ("lock", "thread-lock", 8)
    assert (case.samples_count, case.sample_ms, case.warmup_ms, case.budget_ms) == (3, 20, 0, 1_000)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PRIMITIVE": ""}, "PRIMITIVE"),
        ({"PRIMITIVE": "fork-bomb"}, "PRIMITIVE"),
        ({"VARIANT": "mutex"}, "VARIANT"),
        ({"SIZE": "0"}, "SIZE"),
        ({"SIZE": "-1"}, "SIZE"),
        ({"SAMPLES": "0"}, "SAMPLES"),
        ({"SAMPLE_MS": "1e3"}, "SAMPLE_MS"),
        ({"WARMUP_MS": ""}, "WARMUP_MS"),
        ({"BUDGET_MS": "٣"}, "BUDGET_MS"),
        ({"PRIMITIVE": "sort", "VARIANT": "threads", "SIZE": "3"}, "SIZE"),
        ({"PRIMITIVE": "sort", "VARIANT": "threads", "SIZE": "4"}, "DATA_FILE"),
        ({"PRIMITIVE": "spawn", "VARIANT": "task", "SIZE": "1"}, "SIZE"),
    ],
)
def test_an_invalid_value_is_rejected_by_name(change: dict[str, str], named: str) -> None:
    with pytest.raises(CaseError, match=named):
        read_case(ENVIRONMENT | change)
