import pytest

from raft.core.messages import Message, RequestVotes
from raft.host.mesh import End, Mesh, Parcel

MESSAGE: Message = RequestVotes(1, 2, 1, 0, 0)


class Wire:
    """Two ends and what has arrived."""

    def __init__(self) -> None:
        self.arrived: list[Parcel] = []
        self.mesh = Mesh()
        self.sender, self.receiver = End(lambda _: None), End(self.arrived.append)
        self.mesh.join(1, self.sender)
        self.mesh.join(2, self.receiver)

    def send(self) -> None:
        self.mesh.send(self.sender, MESSAGE, 0)

    def deliverable(self) -> list[bool]:
        return [parcel.is_deliverable for parcel in self.arrived]


@pytest.mark.parametrize("name", ["sender", "receiver"])
def test_a_message_in_flight_is_worth_nothing_once_either_end_is_cut(name: str) -> None:
    wire = Wire()
    end: End = getattr(wire, name)
    wire.send()
    assert wire.deliverable() == [True]
    end.cut()
    wire.send()
    assert wire.deliverable() == [False]
    end.heal()
    wire.send()
    assert wire.deliverable() == [False, True]


def test_a_thread_that_outlived_its_crash_reaches_no_node_after_the_restart() -> None:
    wire = Wire()
    wire.sender.cut()
    wire.mesh.join(1, End(lambda _: None))
    wire.send()
    assert wire.arrived == []
