use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use program::Problem;
use raft::{Message, NodeId, Random, Role, RoleChange, seed_of};
use serde::Serialize;
use tracing::{error, info, warn};

use crate::alarm::{Alarm, now_us};
use crate::config::Config;
use crate::elections::{Election, Elections};
use crate::experiment::LaggardRule;
use crate::files::{LogFile, Persisted, open_log};
use crate::member::{Member, MemberTask};

pub const LEADS_NO_LONGER: Problem =
    Problem::new(503, "no-leader", "No leader", "the leader of a moment ago leads no longer; no node was crashed");

pub fn conflict(detail: &'static str) -> Problem {
    Problem::new(409, "conflict", "Conflict", detail)
}

/// The nodes of this program: their links, crashes and restarts.
pub struct Cluster {
    pub config: Config,
    pub alarm: Arc<Alarm>,
    /// By id less one; of a crashed node the last incarnation.
    members: RwLock<Vec<Arc<Member>>>,
    /// Looked at for each message, so that the rule itself need not be.
    has_rule: AtomicBool,
    rule: RwLock<Option<LaggardRule>>,
    restarting: tokio::sync::Mutex<()>,
    /// One request at a time.
    pub leader_crashes: tokio::sync::Mutex<()>,
    random: Mutex<Random>,
    known: Mutex<Known>,
}

/// What the cluster knows of its nodes.
struct Known {
    /// By id less one.
    seats: Vec<Seat>,
    /// Nodes that have been started once: before all have, there is no leader.
    started_count: u32,
    leader: Option<Arc<Member>>,
    elections: Elections,
}

#[derive(Clone, Copy)]
struct Seat {
    status: Status,
    /// The last.
    role: Option<RoleChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Live,
    Isolated,
    Crashed,
}

/// The answer of both crash routes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Crash {
    pub id: NodeId,
    pub was_leader: bool,
    pub term: u64,
    pub delay_us: u64,
    pub crashed_at_us: u64,
}

/// The answer of the restart route.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restart {
    id: NodeId,
    incarnation: u32,
    restarted_at_us: u64,
    term: u64,
    last_log_index: usize,
    dropped_bytes: usize,
}

/// The cluster as GET /cluster shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    cluster_size: u32,
    leader: Option<NodeId>,
    term: u64,
    now_us: u64,
    one_way_delay_us: Option<DelaySummary>,
    nodes: Vec<NodeView>,
}

/// The last five are null while the node is crashed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeView {
    id: NodeId,
    status: Status,
    incarnation: u32,
    role: Option<String>,
    term: Option<u64>,
    leader: Option<NodeId>,
    commit_index: Option<u64>,
    last_log_index: Option<u64>,
}

/// The quantiles are samples, the nearest rank above.
#[derive(Serialize)]
struct DelaySummary {
    count: usize,
    min: u64,
    p50: u64,
    p99: u64,
    max: u64,
}

impl DelaySummary {
    fn of(mut delays_us: Vec<u64>) -> Option<Self> {
        delays_us.sort_unstable();
        let count = delays_us.len();
        let rank = |percent: usize| delays_us[(count * percent).div_ceil(100) - 1];
        let (&min, &max) = (delays_us.first()?, delays_us.last()?);
        Some(Self { count, min, p50: rank(50), p99: rank(99), max })
    }
}

fn place_of(id: NodeId) -> usize {
    id as usize - 1
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cluster {
    /// Reads all logs and starts all nodes. The error is one line.
    pub fn start(config: Config) -> Result<Arc<Self>, Box<dyn Error>> {
        let alarm = Alarm::start()?;
        let random = seed_of(config.seed, 0, 0);
        let cluster = Arc::new(Self {
            config,
            alarm,
            members: RwLock::default(),
            has_rule: AtomicBool::new(false),
            rule: RwLock::default(),
            restarting: tokio::sync::Mutex::default(),
            leader_crashes: tokio::sync::Mutex::default(),
            random: Mutex::new(random),
            known: Mutex::new(Known {
                seats: Vec::new(),
                started_count: 0,
                leader: None,
                elections: Elections::default(),
            }),
        });
        let restored: Result<Vec<_>, _> = cluster.ids().map(|id| cluster.restore(id)).collect();
        let tasks: Vec<(MemberTask, Persisted)> = cluster
            .ids()
            .zip(restored?)
            .map(|(id, (log, persisted))| (MemberTask::new(&cluster, id, 1, log), persisted))
            .collect();
        lock(&cluster.known).seats = vec![Seat { status: Status::Live, role: None }; tasks.len()];
        *cluster.members.write().unwrap_or_else(PoisonError::into_inner) =
            tasks.iter().map(|(task, _)| task.member()).collect();
        for (task, persisted) in tasks {
            tokio::spawn(task.run(persisted));
        }
        Ok(cluster)
    }

    fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        1..=self.config.cluster_size
    }

    fn restore(&self, id: NodeId) -> std::io::Result<(LogFile, Persisted)> {
        let (log, persisted) = open_log(&self.config.data_dir, id, self.config.fsync)?;
        if persisted.dropped_bytes > 0 {
            let (kept_count, dropped_bytes) = (persisted.entries.len(), persisted.dropped_bytes);
            warn!(node = id, kept_count, dropped_bytes, "log cut after its last whole record");
        }
        Ok((log, persisted))
    }

    /// Ends all nodes, and waits until they have.
    pub async fn stop(&self) {
        let members = self.members.read().unwrap_or_else(PoisonError::into_inner).clone();
        members.iter().for_each(|member| member.fence());
        for member in members {
            member.ended().await;
        }
    }

    /// The node's last incarnation.
    pub fn member(&self, id: NodeId) -> Arc<Member> {
        self.members.read().unwrap_or_else(PoisonError::into_inner)[place_of(id)].clone()
    }

    pub fn draw(&self) -> u32 {
        lock(&self.random).draw()
    }

    pub fn set_rule(&self, rule: Option<LaggardRule>) {
        let mut kept = self.rule.write().unwrap_or_else(PoisonError::into_inner);
        self.has_rule.store(rule.is_some(), Ordering::SeqCst);
        *kept = rule;
    }

    /// The message as it is to arrive; None where it is dropped.
    pub fn under_rule(&self, message: Message) -> Option<Message> {
        if !self.has_rule.load(Ordering::SeqCst) {
            return Some(message);
        }
        match &*self.rule.read().unwrap_or_else(PoisonError::into_inner) {
            Some(rule) => rule.apply(message),
            None => Some(message),
        }
    }

    /// Called by the node's own task, at the time of the step. A node that has just crashed has no say.
    pub fn role_changed(&self, member: &Arc<Member>, role: RoleChange, now_us: u64) {
        info!(node = member.id, role = %role.role, term = role.term, leader = role.leader, "role");
        let mut known = lock(&self.known);
        let is_first_step = member.incarnation == 1 && known.seats[place_of(member.id)].role.is_none();
        known.started_count += u32::from(is_first_step);
        if member.is_fenced() {
            return;
        }
        known.seats[place_of(member.id)].role = Some(role);
        self.find_leader(&mut known);
        known.elections.role_changed(member.id, role, now_us);
    }

    /// Looks for the live node that leads in the highest term.
    fn find_leader(&self, known: &mut Known) {
        let leads = |seat: &Seat| seat.role.filter(|role| seat.status == Status::Live && role.role == Role::Leader);
        let leading = self.ids().zip(&known.seats).filter_map(|(id, seat)| Some((leads(seat)?.term, id)));
        let leader = leading.max().filter(|_| known.started_count == self.config.cluster_size);
        known.leader = leader.map(|(_, id)| self.member(id));
    }

    pub fn leader(&self) -> Option<Arc<Member>> {
        lock(&self.known).leader.clone()
    }

    /// Drops a node with everything in memory.
    pub fn crash_node(&self, id: NodeId) -> Result<Crash, Problem> {
        let mut known = lock(&self.known);
        if known.seats[place_of(id)].status == Status::Crashed {
            return Err(conflict("the node has crashed already"));
        }
        Ok(self.drop_member(&mut known, &self.member(id)))
    }

    pub fn crash_leader_now(&self, leader: &Arc<Member>, delay_us: u64) -> Result<Crash, Problem> {
        let mut known = lock(&self.known);
        if !known.leader.as_ref().is_some_and(|current| Arc::ptr_eq(current, leader)) {
            return Err(LEADS_NO_LONGER);
        }
        let crash = Crash { delay_us, ..self.drop_member(&mut known, leader) };
        self.set_rule(None);
        Ok(crash)
    }

    /// Cuts the transport first: the crash is the instant after which nothing of the node is delivered.
    fn drop_member(&self, known: &mut Known, member: &Arc<Member>) -> Crash {
        let was_leader = known.leader.as_ref().is_some_and(|leader| Arc::ptr_eq(leader, member));
        member.fence();
        let seat = &mut known.seats[place_of(member.id)];
        seat.status = Status::Crashed;
        let crash = Crash {
            id: member.id,
            was_leader,
            term: seat.role.map_or(0, |role| role.term),
            delay_us: 0,
            crashed_at_us: now_us(),
        };
        self.find_leader(known);
        if was_leader {
            let live = self.live_ids(known);
            known.elections.open(&crash, live);
        } else {
            known.elections.lost(member.id);
        }
        info!(node = crash.id, term = crash.term, was_leader, "crashed");
        crash
    }

    fn live_ids(&self, known: &Known) -> BTreeSet<NodeId> {
        self.ids().zip(&known.seats).filter(|(_, seat)| seat.status == Status::Live).map(|(id, _)| id).collect()
    }

    pub fn live_followers(&self, leader: &Member) -> Vec<NodeId> {
        let live = self.live_ids(&lock(&self.known));
        live.into_iter().filter(|&id| id != leader.id).collect()
    }

    /// The crash of a node that cannot write its log. No election is opened: no request asked for this crash.
    pub fn fail(&self, member: &Arc<Member>, cause: &dyn Display) {
        let mut known = lock(&self.known);
        if member.is_fenced() {
            return;
        }
        error!(node = member.id, error = %cause, "node crashed: its log cannot be written");
        let was_leader = known.leader.as_ref().is_some_and(|leader| Arc::ptr_eq(leader, member));
        member.fence();
        known.seats[place_of(member.id)].status = Status::Crashed;
        self.find_leader(&mut known);
        if was_leader {
            known.elections.interrupt();
        } else {
            known.elections.lost(member.id);
        }
    }

    /// Starts the next incarnation from what the last one left on disk.
    pub async fn restart_node(self: &Arc<Self>, id: NodeId) -> Result<Restart, Problem> {
        let _one_at_a_time = self.restarting.lock().await;
        if lock(&self.known).seats[place_of(id)].status != Status::Crashed {
            return Err(conflict("the node has not crashed"));
        }
        let last = self.member(id);
        last.ended().await;
        let (log, persisted) = self.restore(id).map_err(|error| {
            error!(node = id, %error, "the node cannot restart");
            Problem::INTERNAL
        })?;
        let task = MemberTask::new(self, id, last.incarnation + 1, log);
        self.seat(&task.member());
        let restart = Restart {
            id,
            incarnation: last.incarnation + 1,
            restarted_at_us: now_us(),
            term: persisted.term,
            last_log_index: persisted.entries.len(),
            dropped_bytes: persisted.dropped_bytes,
        };
        tokio::spawn(task.run(persisted));
        Ok(restart)
    }

    fn seat(&self, member: &Arc<Member>) {
        let mut known = lock(&self.known);
        self.members.write().unwrap_or_else(PoisonError::into_inner)[place_of(member.id)] = member.clone();
        known.seats[place_of(member.id)] = Seat { status: Status::Live, role: None };
        known.elections.interrupt();
    }

    /// Cuts a node off, or takes it back.
    pub fn set_isolated(&self, id: NodeId, is_isolated: bool) -> Result<(), Problem> {
        let mut known = lock(&self.known);
        let seat = &mut known.seats[place_of(id)];
        let status = if is_isolated { Status::Isolated } else { Status::Live };
        if seat.status == Status::Crashed {
            return Err(conflict("the node has crashed"));
        }
        if seat.status != status {
            seat.status = status;
            self.member(id).set_isolated(is_isolated);
            self.find_leader(&mut known);
            known.elections.interrupt();
        }
        Ok(())
    }

    pub fn elections_after(&self, number: u64) -> Vec<Election> {
        lock(&self.known).elections.after(number)
    }

    pub fn overview(&self) -> Overview {
        let known = lock(&self.known);
        let members: Vec<_> = self.ids().map(|id| self.member(id)).collect();
        let delays_us = members.iter().flat_map(|member| member.delays_us()).collect();
        let live = known.seats.iter().filter(|seat| seat.status == Status::Live);
        Overview {
            cluster_size: self.config.cluster_size,
            leader: known.leader.as_ref().map(|leader| leader.id),
            term: live.filter_map(|seat| seat.role).map(|role| role.term).max().unwrap_or(0),
            one_way_delay_us: DelaySummary::of(delays_us),
            nodes: members.iter().zip(&known.seats).map(|(member, seat)| NodeView::of(member, *seat)).collect(),
            now_us: now_us(),
        }
    }
}

impl NodeView {
    fn of(member: &Member, seat: Seat) -> Self {
        let is_up = seat.status != Status::Crashed;
        let role = seat.role.filter(|_| is_up);
        Self {
            id: member.id,
            status: seat.status,
            incarnation: member.incarnation,
            role: role.map(|role| role.role.to_string()),
            term: role.map(|role| role.term),
            leader: role.map(|role| role.leader).filter(|&leader| leader != 0),
            commit_index: is_up.then(|| member.commit_index.load(Ordering::Relaxed)),
            last_log_index: is_up.then(|| member.last_log_index.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples() {
        let summary = DelaySummary::of((1..=200).rev().collect()).unwrap();
        assert_eq!((summary.count, summary.min, summary.p50, summary.p99, summary.max), (200, 1, 100, 198, 200));
        assert!(DelaySummary::of(Vec::new()).is_none());
    }
}
