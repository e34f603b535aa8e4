use std::collections::{HashMap, VecDeque};
use std::io;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use raft::{Input, Message, Node, NodeId, Outcome, Persist, Reply, seed_of};
use tokio::sync::{Notify, oneshot, watch};

use crate::alarm::{Appointment, now_us};
use crate::cluster::Cluster;
use crate::experiment::Broadcast;
use crate::files::{LogFile, Persisted};
use crate::journal::{Journal, Records, SyncedJournal};

/// Of messages from other nodes, and of requests from clients: far more than any burst.
const MAX_WAITING: usize = 65_536;
/// How many of the last one-way delays are kept, of all nodes together.
const DELAY_WINDOW: usize = 4096;

/// One incarnation of a node, as others see it.
pub struct Member {
    pub id: NodeId,
    pub incarnation: u32,
    mailbox: Mutex<Mailbox>,
    bell: Arc<Notify>,
    link: Link,
    delays: Mutex<VecDeque<u64>>,
    delay_window: usize,
    /// No longer to act.
    fenced: AtomicBool,
    /// Ends with the task.
    ended: watch::Receiver<()>,
    pub commit_index: AtomicU64,
    pub last_log_index: AtomicU64,
}

/// How a node is tied to the others. Each cut and each healing gives it a new state, odd when it is cut, so that a message can tell whether
/// its way was whole all the time that it was under way.
#[derive(Default)]
struct Link(AtomicU32);

impl Link {
    fn state(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    fn set_cut(&self, is_cut: bool) {
        if (self.state() % 2 == 1) != is_cut {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// What has come for a node since it last looked; None once the node is gone. Putting something in never waits.
type Mailbox = Option<Mail>;

/// Each kind in the order in which it came.
#[derive(Default)]
struct Mail {
    persisted_seq: u64,
    deliveries: Vec<Delivery>,
    heartbeat: Option<Arc<Broadcast>>,
    proposals: Vec<Request>,
    reads: Vec<Request>,
}

/// A message under way.
struct Delivery {
    message: Message,
    sent_us: u64,
    from: Arc<Member>,
    /// Of both ends when it was sent.
    links: (u32, u32),
    broadcast: Option<Arc<Broadcast>>,
}

/// A client's write or read. A node that goes away drops it, and its answer never comes.
pub struct Request {
    pub key: String,
    /// Empty of a read.
    pub command: Arc<str>,
    pub answer: oneshot::Sender<Answer>,
}

/// What a node says to a request.
#[derive(Debug)]
pub struct Answer {
    pub outcome: Outcome,
    pub index: u64,
    pub term: u64,
    /// Of a read, if there is one.
    pub value: Option<String>,
}

impl Member {
    pub fn fence(&self) {
        self.link.set_cut(true);
        self.fenced.store(true, Ordering::SeqCst);
        // Whoever waits for what is dropped here learns so at once.
        drop(self.mailbox().take());
        self.bell.notify_one();
    }

    pub fn is_fenced(&self) -> bool {
        self.fenced.load(Ordering::SeqCst)
    }

    pub fn set_isolated(&self, is_isolated: bool) {
        self.link.set_cut(is_isolated);
    }

    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, add: impl FnOnce(&mut Mail)) {
        if let Some(mail) = self.mailbox().as_mut() {
            add(mail);
        }
        self.bell.notify_one();
    }

    /// False for one too many, and where the node is gone.
    pub fn ask(&self, request: Request) -> bool {
        let mut taken = false;
        self.put(|mail| {
            taken = mail.proposals.len() + mail.reads.len() < MAX_WAITING;
            match (taken, request.command.is_empty()) {
                (true, false) => mail.proposals.push(request),
                (true, true) => mail.reads.push(request),
                (false, _) => (),
            }
        });
        taken
    }

    pub fn ask_heartbeat(&self, broadcast: Arc<Broadcast>) {
        self.put(|mail| mail.heartbeat = Some(broadcast));
    }

    fn persisted(&self, seq: u64) {
        self.put(|mail| mail.persisted_seq = seq);
    }

    /// Puts a message on its way, unless an end of it is cut off. One too many is lost, as on any network.
    fn deliver(&self, message: Message, sent_us: u64, from: &Arc<Member>, broadcast: Option<Arc<Broadcast>>) {
        let links = (from.link.state(), self.link.state());
        if links.0 % 2 == 1 || links.1 % 2 == 1 {
            return;
        }
        self.put(|mail| {
            if mail.deliveries.len() < MAX_WAITING {
                mail.deliveries.push(Delivery { message, sent_us, from: from.clone(), links, broadcast });
            }
        });
    }

    fn note_delay(&self, delay_us: u64) {
        let mut delays = self.delays.lock().unwrap_or_else(PoisonError::into_inner);
        if delays.len() == self.delay_window {
            delays.pop_front();
        }
        delays.push_back(delay_us);
    }

    pub fn delays_us(&self) -> Vec<u64> {
        self.delays.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

/// The task of a member, with everything that a crash takes away.
pub struct MemberTask {
    member: Arc<Member>,
    cluster: Arc<Cluster>,
    core: Node,
    store: HashMap<String, String>,
    journal: Journal,
    timer: Appointment,
    /// Those that NETWORK_DELAY_US still holds back.
    in_flight: VecDeque<Delivery>,
    waiting: HashMap<u64, Request>,
    last_id: u64,
    ended: watch::Sender<()>,
}

impl MemberTask {
    pub fn new(cluster: &Arc<Cluster>, id: NodeId, incarnation: u32, log: LogFile) -> Self {
        let (ended, ended_receiver) = watch::channel(());
        let bell = Arc::new(Notify::new());
        let member = Arc::new(Member {
            id,
            incarnation,
            mailbox: Mutex::new(Some(Mail::default())),
            bell: bell.clone(),
            link: Link::default(),
            delays: Mutex::default(),
            delay_window: (DELAY_WINDOW / cluster.config.cluster_size as usize).max(1),
            fenced: AtomicBool::new(false),
            ended: ended_receiver,
            commit_index: AtomicU64::new(0),
            last_log_index: AtomicU64::new(0),
        });
        Self {
            journal: open_journal(cluster, &member, log),
            core: Node::new(cluster.config.node(id)),
            timer: cluster.alarm.appointment(bell),
            member,
            cluster: cluster.clone(),
            store: HashMap::new(),
            in_flight: VecDeque::new(),
            waiting: HashMap::new(),
            last_id: 0,
            ended,
        }
    }

    pub fn member(&self) -> Arc<Member> {
        self.member.clone()
    }

    /// Lives until the member is fenced.
    pub async fn run(mut self, persisted: Persisted) {
        let random = seed_of(self.cluster.config.seed, self.member.id, self.member.incarnation);
        let Persisted { term, voted_for, entries, .. } = persisted;
        self.step(Input::Restart { term, voted_for, entries, random });
        while !self.member.is_fenced() {
            self.publish();
            self.timer.set(self.next_wake_us());
            self.member.bell.notified().await;
            self.wake();
        }
        self.waiting.clear();
        self.journal.close().await;
        drop(self.ended);
    }

    /// What GET /cluster shows.
    fn publish(&self) {
        self.member.commit_index.store(self.core.commit_index(), Ordering::Relaxed);
        self.member.last_log_index.store(self.core.last_log_index(), Ordering::Relaxed);
    }

    fn next_wake_us(&self) -> u64 {
        let delay_us = self.cluster.config.network_delay_us;
        let first_due_us = self.in_flight.front().map(|delivery| delivery.sent_us + delay_us);
        first_due_us.unwrap_or(u64::MAX).min(self.core.next_deadline_us())
    }

    /// Takes all that has come, then looks whether the deadline has.
    fn wake(&mut self) {
        let Some(mail) = self.member.mailbox().as_mut().map(mem::take) else { return };
        if mail.persisted_seq > 0 {
            self.step(Input::Persisted(mail.persisted_seq));
        }
        self.receive(mail.deliveries);
        if let Some(broadcast) = mail.heartbeat {
            self.step_at(now_us(), Input::Heartbeat, Some(&broadcast));
        }
        self.propose(mail.proposals);
        self.read(mail.reads);
        if now_us() >= self.core.next_deadline_us() {
            self.step(Input::Tick);
        }
        self.write_journal();
    }

    /// May learn at once that all is durable, and what is done then may have to be written too.
    fn write_journal(&mut self) {
        while !self.member.is_fenced() {
            match self.journal.write() {
                Ok(Some(seq)) => self.step(Input::Persisted(seq)),
                Ok(None) => return,
                Err(error) => self.cluster.fail(&self.member, &error),
            }
        }
    }

    /// Steps on what has arrived. With a delay for all, messages are due in the order in which they came.
    fn receive(&mut self, deliveries: Vec<Delivery>) {
        let delay_us = self.cluster.config.network_delay_us;
        if delay_us == 0 {
            deliveries.into_iter().for_each(|delivery| self.arrive(delivery));
            return;
        }
        self.in_flight.extend(deliveries);
        let now_us = now_us();
        while self.in_flight.front().is_some_and(|first| first.sent_us + delay_us <= now_us) {
            if let Some(delivery) = self.in_flight.pop_front() {
                self.arrive(delivery);
            }
        }
    }

    /// Reads the clock before it looks at the link: what it steps on, it steps on before any cut that it does not see.
    fn arrive(&mut self, delivery: Delivery) {
        let now_us = now_us();
        if (delivery.from.link.state(), self.member.link.state()) != delivery.links {
            return;
        }
        let Some(message) = self.cluster.under_rule(delivery.message) else { return };
        self.member.note_delay(now_us.saturating_sub(delivery.sent_us));
        self.step_at(now_us, Input::Message(message), None);
        if let Some(broadcast) = delivery.broadcast {
            broadcast.arrived(self.member.id);
        }
    }

    fn propose(&mut self, requests: Vec<Request>) {
        if !requests.is_empty() {
            let proposals = requests.into_iter().map(|request| {
                let command = request.command.clone();
                (self.wait_for(request), command)
            });
            let proposals = proposals.collect();
            self.step(Input::Propose(proposals));
        }
    }

    fn read(&mut self, requests: Vec<Request>) {
        if !requests.is_empty() {
            let ids = requests.into_iter().map(|request| self.wait_for(request)).collect();
            self.step(Input::Read(ids));
        }
    }

    fn wait_for(&mut self, request: Request) -> u64 {
        self.last_id += 1;
        self.waiting.insert(self.last_id, request);
        self.last_id
    }

    fn step(&mut self, input: Input) {
        self.step_at(now_us(), input, None);
    }

    fn step_at(&mut self, now_us: u64, input: Input, broadcast: Option<&Arc<Broadcast>>) {
        let effects = self.core.step(now_us, input);
        if let Some(persist) = effects.persist {
            self.persist(&persist);
        }
        let sent_us = if effects.sends.is_empty() { 0 } else { crate::alarm::now_us() };
        for message in effects.sends {
            let to = self.cluster.member(message.to);
            to.deliver(message, sent_us, &self.member, broadcast.cloned());
        }
        for entry in effects.apply.into_iter().flat_map(|apply| apply.entries) {
            // The empty command, and one with an empty key, change nothing.
            if let Some((key, value)) = entry.command.split_once('=').filter(|(key, _)| !key.is_empty()) {
                self.store.insert(key.to_owned(), value.to_owned());
            }
        }
        effects.replies.into_iter().for_each(|reply| self.reply(&reply));
        if let Some(role) = effects.role {
            self.cluster.role_changed(&self.member, role, now_us);
        }
    }

    fn persist(&mut self, persist: &Persist) {
        self.journal.append(persist);
    }

    fn reply(&mut self, reply: &Reply) {
        let Some(request) = self.waiting.remove(&reply.id) else { return };
        let is_read = reply.outcome == Outcome::ReadAllowed;
        let value = if is_read { self.store.get(&request.key).cloned() } else { None };
        let answer = Answer { outcome: reply.outcome, index: reply.index, term: reply.term, value };
        // A client that has given up waits no longer.
        let _ = request.answer.send(answer);
    }
}

fn open_journal(cluster: &Arc<Cluster>, member: &Arc<Member>, log: LogFile) -> Journal {
    if !cluster.config.fsync {
        return Journal::File { log, unwritten: Records::default() };
    }
    let (cluster, member) = (cluster.clone(), member.clone());
    Journal::Synced(SyncedJournal::start(log, move |outcome: io::Result<u64>| match outcome {
        Ok(seq) => member.persisted(seq),
        Err(error) => cluster.fail(&member, &error),
    }))
}
