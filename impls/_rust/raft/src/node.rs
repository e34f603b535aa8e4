use std::collections::{BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;

use crate::log::ReplicatedLog;
use crate::peer::Peer;
use crate::persistence::Persistence;
use crate::{
    AppendEntries, AppendEntriesReply, Apply, Config, Content, Effects, Entry, Input, Message, NodeId, Outcome,
    Persist, Random, Reply, Role, RoleChange,
};

/// One server of the cluster.
#[derive(Debug)]
pub struct Node {
    config: Config,
    majority: usize,
    /// Of the step under way.
    now_us: u64,

    pub(crate) current_term: u64,
    pub(crate) voted_for: NodeId,
    pub(crate) log: ReplicatedLog,

    pub(crate) state: State,
    /// 0: unknown.
    pub(crate) leader: NodeId,
    /// All up to it has been handed out to be applied.
    pub(crate) commit_index: u64,
    /// The election's for followers and candidates, the heartbeat's for a leader.
    deadline_us: u64,
    pub(crate) random: Random,
    pub(crate) persistence: Persistence,

    step: Step,
}

/// What a node knows in each of its roles.
#[derive(Debug)]
pub(crate) enum State {
    Follower,
    Candidate(Candidacy),
    Leader(Leadership),
}

#[derive(Debug)]
pub(crate) struct Candidacy {
    /// The persist effect of its own vote.
    election_seq: u64,
    pub(crate) votes: BTreeSet<NodeId>,
}

#[derive(Debug)]
pub(crate) struct Leadership {
    /// Ascending.
    pub(crate) peers: Vec<Peer>,
    /// Of the no-op of its term.
    term_start_index: u64,
    /// The read index's rounds: one is under way while `round > confirmed_round`.
    pub(crate) round: u64,
    pub(crate) confirmed_round: u64,
    round_acks: usize,
    pub(crate) proposals: VecDeque<WaitingProposal>,
    pub(crate) reads: VecDeque<WaitingRead>,
}

#[derive(Debug)]
pub(crate) struct WaitingProposal {
    id: u64,
    index: u64,
}

#[derive(Debug)]
pub(crate) struct WaitingRead {
    id: u64,
    round: u64,
}

/// What the step under way has done so far.
#[derive(Debug)]
struct Step {
    role_before: RoleChange,
    commit_index_before: u64,
    /// Term or vote.
    vote_changed: bool,
    /// The lowest index whose entry changed; 0: none.
    changed_from: u64,
    /// Sends that were held before.
    released: Vec<Message>,
    sends: Vec<Message>,
    replies: Vec<Reply>,
}

impl Node {
    /// Its first input must be Restart.
    pub fn new(config: Config) -> Self {
        Self {
            majority: config.cluster_size as usize / 2 + 1,
            config,
            now_us: 0,
            current_term: 0,
            voted_for: 0,
            log: ReplicatedLog::default(),
            state: State::Follower,
            leader: 0,
            commit_index: 0,
            deadline_us: 0,
            random: Random(0),
            persistence: Persistence::default(),
            step: Step::begin(RoleChange { role: Role::Follower, term: 0, leader: 0 }, 0),
        }
    }

    /// When the node wants a Tick at the latest.
    pub fn next_deadline_us(&self) -> u64 {
        self.deadline_us
    }

    /// The last entry handed out to be applied.
    pub fn commit_index(&self) -> u64 {
        self.commit_index
    }

    /// 0 of an empty log.
    pub fn last_log_index(&self) -> u64 {
        self.log.last_index()
    }

    /// Takes one input. `now_us` never falls.
    pub fn step(&mut self, now_us: u64, input: Input) -> Effects {
        self.now_us = now_us;
        self.step = Step::begin(self.role_now(), self.commit_index);
        let is_restart = matches!(input, Input::Restart { .. });
        match input {
            Input::Message(message) => self.receive(message),
            Input::Persisted(seq) => self.persisted(seq),
            Input::Propose(requests) => self.propose(requests),
            Input::Read(ids) => self.read(&ids),
            Input::Tick if now_us >= self.deadline_us => self.tick(),
            Input::Tick => (),
            Input::Heartbeat if self.role() == Role::Leader => self.heartbeat(),
            Input::Heartbeat => (),
            Input::Restart { term, voted_for, entries, random } => self.restart(term, voted_for, entries, random),
        }
        self.end_step(is_restart)
    }

    pub(crate) fn role(&self) -> Role {
        match self.state {
            State::Follower => Role::Follower,
            State::Candidate(_) => Role::Candidate,
            State::Leader(_) => Role::Leader,
        }
    }

    fn role_now(&self) -> RoleChange {
        RoleChange { role: self.role(), term: self.current_term, leader: self.leader }
    }

    pub(crate) fn leadership(&self) -> Option<&Leadership> {
        match &self.state {
            State::Leader(lead) => Some(lead),
            _ => None,
        }
    }

    fn leadership_mut(&mut self) -> Option<&mut Leadership> {
        match &mut self.state {
            State::Leader(lead) => Some(lead),
            _ => None,
        }
    }

    fn restart(&mut self, term: u64, voted_for: NodeId, entries: Vec<Entry>, random: Random) {
        *self = Self {
            now_us: self.now_us,
            current_term: term,
            voted_for,
            log: ReplicatedLog::new(entries),
            random,
            ..Self::new(self.config.clone())
        };
        self.persistence.durable_index = self.log.last_index();
        self.reset_election_timer();
    }

    fn tick(&mut self) {
        match self.role() {
            Role::Leader => self.heartbeat(),
            Role::Follower | Role::Candidate => self.election(),
        }
    }

    /// Draws a new time-out each time.
    fn reset_election_timer(&mut self) {
        let range_us = self.config.election_timeout_max_us - self.config.election_timeout_min_us + 1;
        self.deadline_us = self.now_us + self.config.election_timeout_min_us + u64::from(self.random.draw()) % range_us;
    }

    fn receive(&mut self, message: Message) {
        let Message { from, to, term, content } = message;
        if to != self.config.id || from == self.config.id || !(1..=self.config.cluster_size).contains(&from) {
            return;
        }
        if term > self.current_term {
            self.adopt_term(term);
        }
        let is_current = term == self.current_term;
        match content {
            Content::RequestVotes { last_log_index, last_log_term } => {
                self.on_request_votes(from, is_current, last_log_index, last_log_term);
            }
            Content::RequestVotesReply { granted: true } if is_current => self.count_vote(from),
            Content::RequestVotesReply { .. } => (),
            Content::AppendEntries(request) => self.on_append_entries(from, is_current, request),
            Content::AppendEntriesReply(reply) if is_current => self.on_append_entries_reply(from, &reply),
            Content::AppendEntriesReply(_) => (),
        }
    }

    fn persisted(&mut self, seq: u64) {
        if seq <= self.persistence.persisted_seq || seq > self.persistence.seq {
            return;
        }
        self.step.released = self.persistence.confirm(seq);
        match &self.state {
            State::Candidate(candidacy) if candidacy.election_seq <= seq => self.count_vote(self.config.id),
            State::Leader(_) => self.advance_commit(),
            _ => (),
        }
    }

    // Elections.

    /// The time-out has passed: the node stands for the next term.
    fn election(&mut self) {
        self.current_term += 1;
        self.voted_for = self.config.id;
        self.step.vote_changed = true;
        self.leader = 0;
        // The own vote counts once it is persisted: by the persist effect that this step ends with.
        self.state = State::Candidate(Candidacy { election_seq: self.persistence.seq + 1, votes: BTreeSet::new() });
        self.reset_election_timer();
        let (last_log_index, last_log_term) = (self.log.last_index(), self.log.last_term());
        let own_id = self.config.id;
        for id in (1..=self.config.cluster_size).filter(|&id| id != own_id) {
            self.send(id, Content::RequestVotes { last_log_index, last_log_term });
        }
    }

    fn on_request_votes(&mut self, from: NodeId, is_current: bool, last_log_index: u64, last_log_term: u64) {
        // One vote a term; the same candidate may ask again.
        let is_free = is_current && (self.voted_for == 0 || self.voted_for == from);
        // Of two logs the one with the later last term is up to date, of equal terms the longer one (paper 5.4.1).
        let granted = is_free && (last_log_term, last_log_index) >= (self.log.last_term(), self.log.last_index());
        if granted {
            self.step.vote_changed |= self.voted_for != from;
            self.voted_for = from;
            self.reset_election_timer();
        }
        self.send(from, Content::RequestVotesReply { granted });
    }

    /// Only a candidate counts.
    fn count_vote(&mut self, from: NodeId) {
        if let State::Candidate(candidacy) = &mut self.state {
            candidacy.votes.insert(from);
            if candidacy.votes.len() >= self.majority {
                self.become_leader();
            }
        }
    }

    fn become_leader(&mut self) {
        let peers = Peer::all(&self.config, self.log.last_index(), self.now_us);
        self.log.push(Entry { term: self.current_term, command: Arc::from("") });
        let term_start_index = self.log.last_index();
        self.log_changed(term_start_index);
        self.leader = self.config.id;
        self.state = State::Leader(Leadership {
            peers,
            term_start_index,
            round: 0,
            confirmed_round: 0,
            round_acks: 0,
            proposals: VecDeque::new(),
            reads: VecDeque::new(),
        });
        self.deadline_us = self.now_us + self.config.heartbeat_us;
        self.append_to_all(true);
    }

    /// Makes the node a follower without a leader, in the term of a message.
    fn adopt_term(&mut self, term: u64) {
        self.current_term = term;
        self.voted_for = 0;
        self.step.vote_changed = true;
        self.step_down();
    }

    /// A candidate keeps its deadline; what waits at a leader is answered.
    fn step_down(&mut self) {
        self.leader = 0;
        if let State::Leader(lead) = mem::replace(&mut self.state, State::Follower) {
            self.reset_election_timer();
            for waiting in lead.proposals {
                self.reply(waiting.id, Outcome::Unknown, waiting.index);
            }
            for waiting in lead.reads {
                self.reply(waiting.id, Outcome::NotLeader, 0);
            }
        }
    }

    /// Shows every follower that the leader is alive. A leader that a majority does not answer gives up (dissertation 6.2).
    fn heartbeat(&mut self) {
        let (now_us, patience_us) = (self.now_us, self.config.election_timeout_max_us);
        let Some(lead) = self.leadership_mut() else { return };
        let reached_count = 1 + lead.peers.iter().filter(|peer| now_us < peer.acked_us + patience_us).count();
        // A probe that was lost is sent again.
        lead.peers.iter_mut().for_each(|peer| peer.paused = false);
        if reached_count < self.majority {
            self.step_down();
            return;
        }
        self.deadline_us = self.now_us + self.config.heartbeat_us;
        self.append_to_all(true);
    }

    // Replication.

    fn append_to_all(&mut self, force: bool) {
        for at in 0..self.config.cluster_size as usize - 1 {
            self.append_to(at, force);
        }
    }

    /// Sends a peer what it may be sent now; with force at least one message.
    fn append_to(&mut self, at: usize, force: bool) {
        let State::Leader(lead) = &mut self.state else { return };
        let round = lead.round;
        let peer = &mut lead.peers[at];
        let (log, batch) = (&self.log, self.config.max_batch_entries);
        let mut to_send: Vec<(u64, Vec<Entry>)> = Vec::new();
        if peer.probing {
            // One message, then its reply or the next heartbeat is waited for.
            if !peer.paused && (force || peer.next_index <= log.last_index()) {
                to_send.push((peer.next_index, log.slice(peer.next_index, batch)));
                peer.paused = true;
            }
        } else {
            // All there is without waiting for replies, as far as the window goes (dissertation 10.2.1).
            while peer.next_index <= log.last_index()
                && peer.next_index - peer.match_index <= self.config.window_entries
            {
                let entries = log.slice(peer.next_index, batch);
                let sent_count = entries.len() as u64;
                to_send.push((peer.next_index, entries));
                peer.next_index += sent_count;
            }
        }
        if force && to_send.is_empty() {
            to_send.push((peer.next_index, Vec::new()));
        }
        let id = peer.id;
        for (from_index, entries) in to_send {
            let prev_log_index = from_index - 1;
            let request = AppendEntries {
                prev_log_index,
                prev_log_term: self.log.term_at(prev_log_index),
                entries,
                leader_commit: self.commit_index,
                round,
            };
            self.send(id, Content::AppendEntries(request));
        }
    }

    fn on_append_entries(&mut self, from: NodeId, is_current: bool, request: AppendEntries) {
        if !is_current {
            self.answer(from, &request, Answer::Failure { conflict_term: 0, conflict_index: 0 });
            return;
        }
        // Of its own term a leader gets none.
        if self.role() == Role::Leader {
            return;
        }
        self.state = State::Follower;
        self.leader = from;
        self.reset_election_timer();
        let own_term = self.log.term_at(request.prev_log_index);
        let answer = if request.prev_log_index > self.log.last_index() {
            Answer::Failure { conflict_term: 0, conflict_index: self.log.last_index() + 1 }
        } else if own_term != request.prev_log_term {
            Answer::Failure { conflict_term: own_term, conflict_index: self.log.first_index_from(own_term) }
        } else {
            self.merge(request.prev_log_index, &request.entries);
            let last_new = request.prev_log_index + request.entries.len() as u64;
            self.commit_to(request.leader_commit.min(last_new));
            Answer::Success { match_index: last_new }
        };
        self.answer(from, &request, answer);
    }

    /// Keeps what is there already, and cuts the log only at an entry that differs: an old message must not shorten it.
    fn merge(&mut self, prev_index: u64, entries: &[Entry]) {
        let kept = entries
            .iter()
            .zip(prev_index + 1..)
            .take_while(|(entry, index)| self.log.term_at(*index) == entry.term)
            .count();
        if kept < entries.len() {
            let index = prev_index + 1 + kept as u64;
            self.log.replace_from(index, entries[kept..].iter().cloned());
            self.log_changed(index);
        }
    }

    fn answer(&mut self, to: NodeId, request: &AppendEntries, answer: Answer) {
        let (success, match_index, conflict_term, conflict_index) = match answer {
            Answer::Success { match_index } => (true, match_index, 0, 0),
            Answer::Failure { conflict_term, conflict_index } => (false, 0, conflict_term, conflict_index),
        };
        let reply = AppendEntriesReply {
            success,
            prev_log_index: request.prev_log_index,
            match_index,
            conflict_term,
            conflict_index,
            round: request.round,
        };
        self.send(to, Content::AppendEntriesReply(reply));
    }

    fn on_append_entries_reply(&mut self, from: NodeId, reply: &AppendEntriesReply) {
        let State::Leader(lead) = &mut self.state else { return };
        // The ids ascend, and only the leader's own is left out.
        let at = from as usize - if from < self.config.id { 1 } else { 2 };
        let peer = &mut lead.peers[at];
        peer.acked_us = self.now_us;
        if reply.success {
            peer.advance(&self.log, reply.match_index, self.config.max_batch_entries);
        } else {
            peer.back_up(&self.log, reply);
        }
        self.advance_commit();
        self.acknowledge_round(at, reply.round);
        self.append_to(at, false);
    }

    /// Hands out everything up to index, if that is news.
    fn commit_to(&mut self, index: u64) {
        self.commit_index = self.commit_index.max(index);
    }

    /// Commits what a majority has persisted, if it is of the current term: older entries only along with such a one (paper 5.4.2).
    fn advance_commit(&mut self) {
        let Some(index) = self.majority_index() else { return };
        if self.log.term_at(index) != self.current_term {
            return;
        }
        self.commit_to(index);
        self.answer_proposals();
        self.release_reads();
    }

    fn answer_proposals(&mut self) {
        let commit_index = self.commit_index;
        let Some(lead) = self.leadership_mut() else { return };
        let answered_count = lead.proposals.iter().take_while(|one| one.index <= commit_index).count();
        let answered: Vec<_> = lead.proposals.drain(..answered_count).collect();
        for waiting in answered {
            self.reply(waiting.id, Outcome::Committed, waiting.index);
        }
    }

    /// The highest index that a majority has, if it is beyond the commitment.
    fn majority_index(&self) -> Option<u64> {
        let matches = self.leadership()?.peers.iter().map(|peer| peer.match_index);
        let mut ahead: Vec<u64> =
            matches.chain([self.persistence.durable_index]).filter(|&index| index > self.commit_index).collect();
        let place = ahead.len().checked_sub(self.majority)?;
        Some(*ahead.select_nth_unstable(place).1)
    }

    fn propose(&mut self, requests: Vec<(u64, Arc<str>)>) {
        let State::Leader(lead) = &mut self.state else {
            for (id, _) in requests {
                self.reply(id, Outcome::NotLeader, 0);
            }
            return;
        };
        if requests.is_empty() {
            return;
        }
        let from_index = self.log.last_index() + 1;
        for (id, command) in requests {
            self.log.push(Entry { term: self.current_term, command });
            lead.proposals.push_back(WaitingProposal { id, index: self.log.last_index() });
        }
        self.log_changed(from_index);
        self.append_to_all(false);
    }

    // Reads: linearizable without a log entry (dissertation 6.4): a majority confirms the leader after the read came.

    fn read(&mut self, ids: &[u64]) {
        let State::Leader(lead) = &mut self.state else {
            for &id in ids {
                self.reply(id, Outcome::NotLeader, 0);
            }
            return;
        };
        let round = lead.round + 1;
        lead.reads.extend(ids.iter().map(|&id| WaitingRead { id, round }));
        if lead.round == lead.confirmed_round {
            self.start_round();
        }
    }

    fn start_round(&mut self) {
        let Some(lead) = self.leadership_mut() else { return };
        lead.round += 1;
        lead.round_acks = 0;
        self.append_to_all(true);
        // A cluster of one needs no answers.
        self.confirm_round();
    }

    fn acknowledge_round(&mut self, at: usize, round: u64) {
        let Some(lead) = self.leadership_mut() else { return };
        let peer = &mut lead.peers[at];
        if round <= peer.acked_round {
            return;
        }
        peer.acked_round = round;
        if round == lead.round && round > lead.confirmed_round {
            lead.round_acks += 1;
            self.confirm_round();
        }
    }

    fn confirm_round(&mut self) {
        let majority = self.majority;
        let Some(lead) = self.leadership_mut() else { return };
        if lead.round_acks + 1 < majority {
            return;
        }
        lead.confirmed_round = lead.round;
        let confirmed = lead.round;
        self.release_reads();
        // The reads' rounds ascend: those that wait for a later one are last.
        let last_waiting = self.leadership().and_then(|lead| lead.reads.back());
        if last_waiting.is_some_and(|read| read.round > confirmed) {
            self.start_round();
        }
    }

    /// Answers the reads whose round is confirmed, once an entry of the own term is committed.
    fn release_reads(&mut self) {
        let commit_index = self.commit_index;
        let Some(lead) = self.leadership_mut() else { return };
        if commit_index < lead.term_start_index {
            return;
        }
        let released_count = lead.reads.iter().take_while(|one| one.round <= lead.confirmed_round).count();
        let released: Vec<_> = lead.reads.drain(..released_count).collect();
        for read in released {
            self.reply(read.id, Outcome::ReadAllowed, commit_index);
        }
    }

    // The step's effects.

    fn log_changed(&mut self, from_index: u64) {
        let step = &mut self.step;
        step.changed_from = if step.changed_from == 0 { from_index } else { step.changed_from.min(from_index) };
    }

    fn send(&mut self, to: NodeId, content: Content) {
        let message = Message { from: self.config.id, to, term: self.current_term, content };
        self.step.sends.push(message);
    }

    fn reply(&mut self, id: u64, outcome: Outcome, index: u64) {
        let reply = Reply { id, outcome, index, term: self.current_term };
        self.step.replies.push(reply);
    }

    fn end_step(&mut self, is_restart: bool) -> Effects {
        let persist = self.persist_effect();
        let role_now = self.role_now();
        let step = &mut self.step;
        let mut sends = mem::take(&mut step.released);
        sends.extend(self.persistence.hold_back(mem::take(&mut step.sends)));
        let role = (is_restart || role_now != step.role_before).then_some(role_now);
        let (from_index, count) = (step.commit_index_before + 1, self.commit_index - step.commit_index_before);
        let apply = (count > 0).then(|| Apply {
            from_index,
            entries: self.log.slice(from_index, usize::try_from(count).unwrap_or(usize::MAX)),
        });
        Effects { persist, sends, apply, replies: mem::take(&mut step.replies), role }
    }

    fn persist_effect(&mut self) -> Option<Persist> {
        let from_index = self.step.changed_from;
        if from_index == 0 && !self.step.vote_changed {
            return None;
        }
        let entries = if from_index > 0 { self.log.from(from_index) } else { Vec::new() };
        let seq = self.persistence.next(self.log.last_index());
        Some(Persist { seq, term: self.current_term, voted_for: self.voted_for, from_index, entries })
    }
}

/// What a follower answers to entries.
enum Answer {
    Success { match_index: u64 },
    Failure { conflict_term: u64, conflict_index: u64 },
}

impl Step {
    fn begin(role_before: RoleChange, commit_index_before: u64) -> Self {
        Self {
            role_before,
            commit_index_before,
            vote_changed: false,
            changed_from: 0,
            released: Vec::new(),
            sends: Vec::new(),
            replies: Vec::new(),
        }
    }
}
