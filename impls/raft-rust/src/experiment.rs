//! Crashing the leader as the published experiment did (dissertation 9.4): at a random time within the heartbeat interval, on request just
//! after a heartbeat reached all, and with followers whose logs are too short to win.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use program::Problem;
use raft::{Content, Message, NodeId, Outcome};
use serde_json::value::RawValue;
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};

use crate::alarm::now_us;
use crate::cluster::{Cluster, Crash, LEADS_NO_LONGER, conflict};
use crate::member::{Member, Request};
use crate::service::NO_LEADER;

/// How often the logs of the others are looked at.
const LAGGARD_LOOK: Duration = Duration::from_millis(1);

const LAGGARDS_TOO_SLOW: Problem = Problem::new(
    504,
    "outcome-unknown",
    "Outcome unknown",
    "the other followers did not get the entry in time; no node was crashed",
);

/// Those of the experiment.
#[derive(Debug, Default, PartialEq)]
pub struct Conditions {
    synchronise: bool,
    laggards: usize,
}

impl Conditions {
    /// Of an empty body, or a JSON object with any of the two keys.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut asked = Self::default();
        if body.is_empty() {
            return Ok(asked);
        }
        let text = std::str::from_utf8(body).map_err(|_| Problem::MALFORMED_JSON)?;
        let whole: &RawValue = serde_json::from_str(text).map_err(|_| Problem::MALFORMED_JSON)?;
        let fields: HashMap<String, &RawValue> = serde_json::from_str(whole.get())
            .map_err(|_| Problem::invalid("the body must be a JSON object with keys in Unicode"))?;
        for (key, value) in fields {
            match key.as_str() {
                "synchronise" => {
                    asked.synchronise = serde_json::from_str(value.get())
                        .map_err(|_| Problem::invalid("\"synchronise\" must be true or false"))?;
                }
                "laggards" => {
                    asked.laggards = serde_json::from_str(value.get())
                        .map_err(|_| Problem::invalid("\"laggards\" must be a whole number, not less than 0"))?;
                }
                _ => return Err(Problem::invalid("the body has a key that does not belong here")),
            }
        }
        Ok(asked)
    }
}

/// Keeps entries of a leader from the laggards, and their answers from the leader.
pub struct LaggardRule {
    leader: NodeId,
    laggards: BTreeSet<NodeId>,
}

impl LaggardRule {
    /// None where the message is dropped.
    pub fn apply(&self, mut message: Message) -> Option<Message> {
        match &mut message.content {
            Content::AppendEntries(request) if message.from == self.leader && self.laggards.contains(&message.to) => {
                request.entries.clear();
            }
            Content::AppendEntriesReply(_) if message.to == self.leader && self.laggards.contains(&message.from) => {
                return None;
            }
            _ => (),
        }
        Some(message)
    }
}

/// The heartbeat that the crash waits for.
pub struct Broadcast {
    missing: Mutex<BTreeSet<NodeId>>,
    all: Notify,
}

impl Broadcast {
    fn to(ids: Vec<NodeId>) -> Self {
        let broadcast = Self { missing: Mutex::new(ids.into_iter().collect()), all: Notify::new() };
        broadcast.note_end();
        broadcast
    }

    pub fn arrived(&self, id: NodeId) {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.note_end();
    }

    fn note_end(&self) {
        if self.missing.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            self.all.notify_one();
        }
    }
}

/// What POST /cluster/leader/crash asks for.
pub async fn crash_leader(cluster: &Cluster, asked: &Conditions) -> Result<Crash, Problem> {
    let leader = cluster.leader().ok_or(NO_LEADER)?;
    let Ok(_one_at_a_time) = cluster.leader_crashes.try_lock() else {
        return Err(conflict("another such request is under way"));
    };
    let crashed = crash_under(cluster, &leader, asked).await;
    cluster.set_rule(None);
    crashed
}

async fn crash_under(cluster: &Cluster, leader: &Arc<Member>, asked: &Conditions) -> Result<Crash, Problem> {
    let heartbeat_us = cluster.config.heartbeat_us;
    if asked.laggards > 0 {
        let making = make_laggards(cluster, leader, asked.laggards);
        timeout(cluster.config.request_timeout, making).await.unwrap_or(Err(LAGGARDS_TOO_SLOW))?;
    }
    let delay_us = u64::from(cluster.draw()) % heartbeat_us;
    // The append that made the logs differ has reset the timers: a heartbeat must come between it and the crash.
    let from_us = now_us() + if asked.laggards > 0 { heartbeat_us } else { 0 };
    cluster.alarm.sleep_until(from_us + delay_us).await;
    if asked.synchronise {
        let broadcast = Arc::new(Broadcast::to(cluster.live_followers(leader)));
        leader.ask_heartbeat(broadcast.clone());
        tokio::select! {
            () = broadcast.all.notified() => (),
            () = cluster.alarm.sleep_until(now_us() + heartbeat_us) => (),
        }
    }
    cluster.crash_leader_now(leader, delay_us)
}

/// Lets all but the drawn followers have one more entry.
async fn make_laggards(cluster: &Cluster, leader: &Arc<Member>, count: usize) -> Result<(), Problem> {
    let followers = cluster.live_followers(leader);
    let size = cluster.config.cluster_size as usize;
    if followers.len() < size - 1 || count > size - (size / 2 + 1) {
        return Err(conflict("laggards need all nodes live, and a majority that is none"));
    }
    let laggards = draw(cluster, followers.clone(), count);
    cluster.set_rule(Some(LaggardRule { leader: leader.id, laggards: laggards.clone() }));
    let index = propose_nothing(leader).await?;
    for id in followers.into_iter().filter(|id| !laggards.contains(id)) {
        let follower = cluster.member(id);
        while follower.last_log_index.load(Ordering::Relaxed) < index {
            sleep(LAGGARD_LOOK).await;
        }
    }
    Ok(())
}

/// Takes some of the ids, each set of them as likely as another.
fn draw(cluster: &Cluster, mut ids: Vec<NodeId>, count: usize) -> BTreeSet<NodeId> {
    (0..count).map(|_| ids.swap_remove(cluster.draw() as usize % ids.len())).collect()
}

/// Commits a command that changes no key.
async fn propose_nothing(leader: &Arc<Member>) -> Result<u64, Problem> {
    let (answer, answered) = oneshot::channel();
    if !leader.ask(Request { key: String::new(), command: Arc::from("="), answer }) {
        return Err(NO_LEADER);
    }
    match answered.await {
        Ok(answer) if answer.outcome == Outcome::Committed => Ok(answer.index),
        _ => Err(LEADS_NO_LONGER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_have_two_keys_of_their_types() {
        assert_eq!(Conditions::parse(b""), Ok(Conditions::default()));
        assert_eq!(Conditions::parse(b"{}"), Ok(Conditions::default()));
        let both = Conditions::parse(br#" {"synchronise":true,"laggards":2} "#);
        assert_eq!(both, Ok(Conditions { synchronise: true, laggards: 2 }));
        for (body, want) in [
            (&b"{"[..], 400),
            (b"\xff", 400),
            (b"[]", 422),
            (b"null", 422),
            (br#"{"x":1}"#, 422),
            (br#"{"synchronise":1}"#, 422),
            (br#"{"laggards":-1}"#, 422),
            (br#"{"laggards":1.5}"#, 422),
            (br#"{"laggards":"1"}"#, 422),
        ] {
            assert_eq!(Conditions::parse(body).unwrap_err().status.as_u16(), want);
        }
    }
}
