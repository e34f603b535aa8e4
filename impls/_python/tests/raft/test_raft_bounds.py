"""What waits for a node is bounded (the contract, section 8)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from clusters import SETTINGS

from raft.core.inputs import Tick
from raft.core.messages import RequestVotes
from raft.host.clock import now_us
from raft.host.config import load_config
from raft.host.mail import MAX_WAITING, Answer, Mail
from raft.host.mesh import End, Parcel
from raft.host.problems import Problem
from raft.host.requests import MAX_UNANSWERED, Requests
from raft.host.slot import Events, Slot
from raft_asyncio.tasks import TaskSpawn
from raft_threads.mailbox import Mailbox


def parcel(receiver: End) -> Parcel:
    sender = End(lambda _: None)
    return Parcel(RequestVotes(2, 1, 1, 0, 0), 0, sender, sender.session, receiver, receiver.session)


def test_a_thread_loses_a_message_too_many_and_nothing_else() -> None:
    mailbox = Mailbox(0)
    one = parcel(End(mailbox.receive))
    for _ in range(MAX_WAITING + 1):
        mailbox.receive(one)
    mailbox.post(Tick())
    deadline_us = now_us() + 60_000_000
    taken = [mailbox.take(deadline_us) for _ in range(MAX_WAITING + 1)]
    assert (taken.count(one), taken[-1]) == (MAX_WAITING, Tick())


def test_a_task_loses_a_message_too_many_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        config = load_config({**SETTINGS, "DATA_DIR": str(tmp_path)}, 3)
        taken = list[Mail]()
        with ThreadPoolExecutor() as executor:
            events = Events(lambda _: None, lambda _: None, lambda _: None)
            carrier = TaskSpawn(config, executor)(1, 1, events)
            monkeypatch.setattr(carrier.runner, "take", taken.append)
            one = parcel(carrier.end)
            for _ in range(MAX_WAITING + 1):
                carrier.end.post(one)
            carrier.post(Tick())
            await asyncio.sleep(0)
            await carrier.drop()
        assert (taken.count(one), taken[-1]) == (MAX_WAITING, Tick())

    asyncio.run(run())


class SilentSlot:
    def post(self, mail: Mail) -> None:
        pass


def test_a_request_more_than_nodes_may_owe_an_answer_is_refused_at_once() -> None:
    async def run() -> None:
        requests, slot = Requests(1), cast(Slot, SilentSlot())
        unanswered = [requests.read(1, slot, "k") for _ in range(MAX_UNANSWERED)]
        await asyncio.gather(*unanswered, return_exceptions=True)
        with pytest.raises(Problem, match="unanswered") as refusal:
            await requests.read(1, slot, "k")
        assert (refusal.value.status, refusal.value.headers) == (503, (("Retry-After", "1"),))
        requests.answered([Answer(7, "read", 1, 1, None)])
        with pytest.raises(Problem, match="no answer in time"):
            await requests.propose(1, slot, "k=v")

    asyncio.run(run())
