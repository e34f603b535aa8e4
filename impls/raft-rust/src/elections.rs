use std::collections::{BTreeSet, HashMap, VecDeque};

use raft::{NodeId, Role, RoleChange};
use serde::Serialize;

use crate::cluster::Crash;

const KEPT_ELECTIONS: usize = 10_000;
const LISTED_ELECTIONS: usize = 1_000;

/// What followed the crash of a leader. The last six fields are null until it is complete.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Election {
    number: u64,
    crashed_id: NodeId,
    crashed_term: u64,
    crashed_at_us: u64,
    live_count: usize,
    leader: Option<NodeId>,
    term: Option<u64>,
    elected_at_us: Option<u64>,
    completed_at_us: Option<u64>,
    election_us: Option<u64>,
    terms: Option<u64>,
}

/// The last elections, and what is known of the one under way, which is the newest.
#[derive(Default)]
pub struct Elections {
    number: u64,
    kept: VecDeque<Election>,
    /// Those that must agree on a successor; None: none is under way.
    live: Option<BTreeSet<NodeId>>,
    /// What each node said of itself last, and when.
    reports: HashMap<NodeId, Report>,
}

#[derive(Clone, Copy)]
struct Report {
    role: RoleChange,
    at_us: u64,
}

impl Elections {
    pub fn open(&mut self, crash: &Crash, live: BTreeSet<NodeId>) {
        self.number += 1;
        self.kept.push_back(Election {
            number: self.number,
            crashed_id: crash.id,
            crashed_term: crash.term,
            crashed_at_us: crash.crashed_at_us,
            live_count: live.len(),
            leader: None,
            term: None,
            elected_at_us: None,
            completed_at_us: None,
            election_us: None,
            terms: None,
        });
        if self.kept.len() > KEPT_ELECTIONS {
            self.kept.pop_front();
        }
        self.live = Some(live);
        self.complete();
    }

    /// Leaves the one under way incomplete for ever.
    pub fn interrupt(&mut self) {
        self.live = None;
    }

    /// The crash of another node than the leader: its word is waited for no longer.
    pub fn lost(&mut self, id: NodeId) {
        if let Some(live) = &mut self.live {
            live.remove(&id);
        }
        self.complete();
    }

    pub fn role_changed(&mut self, id: NodeId, role: RoleChange, at_us: u64) {
        self.reports.insert(id, Report { role, at_us });
        self.complete();
    }

    /// Ends the one under way if a live node leads a later term and all others have heard of it.
    fn complete(&mut self) {
        let (Some(live), Some(current)) = (&self.live, self.kept.back_mut()) else { return };
        let reports = &self.reports;
        let successors = live
            .iter()
            .filter_map(|id| reports.get(id))
            .filter(|report| report.role.role == Role::Leader && report.role.term > current.crashed_term);
        let completed = successors.filter_map(|successor| {
            let heard_us: Option<Vec<u64>> = live.iter().map(|id| heard_us(reports.get(id), successor)).collect();
            Some((successor, heard_us?.into_iter().max()?))
        });
        if let Some((successor, completed_at_us)) = { completed }.next() {
            current.leader = Some(successor.role.leader);
            current.term = Some(successor.role.term);
            current.elected_at_us = Some(successor.at_us);
            current.completed_at_us = Some(completed_at_us);
            current.election_us = Some(completed_at_us.saturating_sub(current.crashed_at_us));
            current.terms = Some(successor.role.term - current.crashed_term);
            self.live = None;
        }
    }

    /// Those with greater numbers, oldest first.
    pub fn after(&self, number: u64) -> Vec<Election> {
        self.kept.iter().filter(|election| election.number > number).take(LISTED_ELECTIONS).cloned().collect()
    }
}

/// When a node heard of this leader, if it has.
fn heard_us(report: Option<&Report>, leader: &Report) -> Option<u64> {
    report
        .filter(|report| report.role.term == leader.role.term && report.role.leader == leader.role.leader)
        .map(|report| report.at_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash(id: NodeId, term: u64) -> Crash {
        Crash { id, was_leader: true, term, delay_us: 0, crashed_at_us: 1000 }
    }

    fn role(role: Role, term: u64, leader: NodeId) -> RoleChange {
        RoleChange { role, term, leader }
    }

    #[test]
    fn an_election_ends_when_the_last_live_node_has_heard() {
        let mut elections = Elections::default();
        elections.open(&crash(1, 2), BTreeSet::from([2, 3, 4]));
        elections.role_changed(3, role(Role::Leader, 4, 3), 1500);
        elections.role_changed(2, role(Role::Follower, 4, 3), 1600);
        assert_eq!(elections.after(0)[0].leader, None);
        elections.lost(4);
        let ended = &elections.after(0)[0];
        assert_eq!((ended.leader, ended.term, ended.terms), (Some(3), Some(4), Some(2)));
        assert_eq!(
            (ended.elected_at_us, ended.completed_at_us, ended.election_us),
            (Some(1500), Some(1600), Some(600))
        );
        assert!(elections.after(1).is_empty());
    }

    #[test]
    fn an_interrupted_election_stays_incomplete() {
        let mut elections = Elections::default();
        elections.open(&crash(1, 2), BTreeSet::from([2, 3]));
        elections.interrupt();
        elections.role_changed(2, role(Role::Leader, 3, 2), 1500);
        elections.role_changed(3, role(Role::Follower, 3, 2), 1600);
        assert_eq!(elections.after(0)[0].leader, None);
    }
}
