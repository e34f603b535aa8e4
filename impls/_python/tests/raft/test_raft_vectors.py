from pathlib import Path

import pytest
from transcript import replay

VECTORS = Path(__file__).parents[4] / "bench" / "raft" / "vectors"
BY_HAND = sorted(VECTORS.glob("*.jsonl"))
GENERATED = sorted((VECTORS / "generated").glob("*.jsonl"))


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: path.stem)
def test_the_core_replays_what_was_written_by_hand(path: Path) -> None:
    assert replay(path.read_text()) is None


def test_the_core_replays_what_the_simulator_wrote() -> None:
    assert len(GENERATED) >= 200
    mismatches = {path.name: replay(path.read_text()) for path in GENERATED}
    assert {name: mismatch for name, mismatch in mismatches.items() if mismatch is not None} == {}
