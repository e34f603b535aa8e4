from raft.host.elections import Crash, ElectionLog
from raft.host.mail import RoleReport


def test_an_election_is_complete_when_every_live_node_has_heard_of_the_new_leader() -> None:
    log = ElectionLog()
    log.opened(Crash(1, 4, 1000), [2, 3])
    log.reported(2, RoleReport("candidate", 5, 0, 1100))
    log.reported(2, RoleReport("leader", 5, 2, 1200))
    log.reported(3, RoleReport("follower", 5, 0, 1250))
    assert log.after(0)[0].success is None
    log.reported(3, RoleReport("follower", 5, 2, 1300))
    assert log.after(0)[0].members() == {
        "number": 1,
        "crashedId": 1,
        "crashedTerm": 4,
        "crashedAtUs": 1000,
        "liveCount": 2,
        "leader": 2,
        "term": 5,
        "electedAtUs": 1200,
        "completedAtUs": 1300,
        "electionUs": 300,
        "terms": 1,
    }


def log_that_waits_for_4() -> ElectionLog:
    log = ElectionLog()
    log.opened(Crash(1, 4, 1000), [2, 3, 4])
    log.reported(2, RoleReport("leader", 5, 2, 1200))
    log.reported(3, RoleReport("follower", 5, 2, 1300))
    return log


def test_a_follower_that_crashes_meanwhile_is_waited_for_no_longer() -> None:
    log = log_that_waits_for_4()
    log.lost(4)
    assert log.after(0)[0].members()["electionUs"] == 300
    assert log.after(0)[0].members()["liveCount"] == 3


def test_a_successor_that_crashes_before_all_have_heard_of_it_completes_nothing() -> None:
    log = log_that_waits_for_4()
    log.lost(2)
    log.reported(4, RoleReport("follower", 5, 2, 1400))
    assert log.after(0)[0].success is None


def test_a_cluster_that_changes_meanwhile_leaves_it_untimed() -> None:
    log = ElectionLog()
    log.opened(Crash(1, 4, 1000), [2])
    log.disturbed()
    log.reported(2, RoleReport("leader", 5, 2, 1200))
    assert log.after(0)[0].members()["electionUs"] is None


def test_elections_are_given_from_a_number_on_a_thousand_at_most_and_ten_thousand_are_kept() -> None:
    log = ElectionLog()
    for number in range(10_005):
        log.opened(Crash(1, number, number), [])
    assert [len(log.after(after)) for after in (0, 10_004, 10_005)] == [1000, 1, 0]
    assert [log.after(after)[0].number for after in (0, 9_000)] == [6, 9_001]
