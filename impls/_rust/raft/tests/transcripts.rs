//! Replays the transcripts of the contract (bench/raft/vectors) to the byte.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use raft::{AppendEntries, AppendEntriesReply, Config, Content, Effects, Entry, Input, Message, Node, Random, Status};
use serde::Deserialize;

#[derive(Deserialize)]
struct Head {
    config: ConfigText,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfigText {
    id: u32,
    cluster_size: u32,
    election_timeout_min_us: u64,
    election_timeout_max_us: u64,
    heartbeat_us: u64,
    max_batch_entries: usize,
    window_entries: u64,
}

/// By hand with all effects and the state, generated with their digest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepText {
    now_us: u64,
    input: InputText,
    digest: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum InputText {
    Restart { term: u64, voted_for: u32, entries: Vec<EntryText>, random: u32 },
    Tick,
    Message { message: MessageText },
    Propose { requests: Vec<RequestText> },
    Read { ids: Vec<u64> },
    Persisted { seq: u64 },
    Heartbeat,
}

#[derive(Deserialize)]
struct EntryText {
    term: u64,
    command: String,
}

#[derive(Deserialize)]
struct RequestText {
    id: u64,
    command: String,
}

#[derive(Deserialize)]
struct MessageText {
    from: u32,
    to: u32,
    term: u64,
    #[serde(flatten)]
    content: ContentText,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum ContentText {
    RequestVotes {
        last_log_index: u64,
        last_log_term: u64,
    },
    RequestVotesReply {
        granted: bool,
    },
    AppendEntries {
        prev_log_index: u64,
        prev_log_term: u64,
        entries: Vec<EntryText>,
        leader_commit: u64,
        round: u64,
    },
    AppendEntriesReply {
        success: bool,
        prev_log_index: u64,
        match_index: u64,
        conflict_term: u64,
        conflict_index: u64,
        round: u64,
    },
}

fn entries_of(texts: Vec<EntryText>) -> Vec<Entry> {
    texts.into_iter().map(|text| Entry { term: text.term, command: Arc::from(text.command) }).collect()
}

impl From<ContentText> for Content {
    fn from(text: ContentText) -> Self {
        match text {
            ContentText::RequestVotes { last_log_index, last_log_term } => {
                Content::RequestVotes { last_log_index, last_log_term }
            }
            ContentText::RequestVotesReply { granted } => Content::RequestVotesReply { granted },
            ContentText::AppendEntries { prev_log_index, prev_log_term, entries, leader_commit, round } => {
                let entries = entries_of(entries);
                Content::AppendEntries(AppendEntries { prev_log_index, prev_log_term, entries, leader_commit, round })
            }
            ContentText::AppendEntriesReply {
                success,
                prev_log_index,
                match_index,
                conflict_term,
                conflict_index,
                round,
            } => Content::AppendEntriesReply(AppendEntriesReply {
                success,
                prev_log_index,
                match_index,
                conflict_term,
                conflict_index,
                round,
            }),
        }
    }
}

impl From<InputText> for Input {
    fn from(text: InputText) -> Self {
        match text {
            InputText::Restart { term, voted_for, entries, random } => {
                Input::Restart { term, voted_for, entries: entries_of(entries), random: Random(random) }
            }
            InputText::Tick => Input::Tick,
            InputText::Message { message: MessageText { from, to, term, content } } => {
                Input::Message(Message { from, to, term, content: content.into() })
            }
            InputText::Propose { requests } => {
                Input::Propose(requests.into_iter().map(|text| (text.id, Arc::from(text.command))).collect())
            }
            InputText::Read { ids } => Input::Read(ids),
            InputText::Persisted { seq } => Input::Persisted(seq),
            InputText::Heartbeat => Input::Heartbeat,
        }
    }
}

// The contract's canonical JSON: the keys in its order, no spaces, nothing to escape.

fn list<T>(items: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
    format!("[{}]", items.into_iter().map(text).collect::<Vec<_>>().join(","))
}

fn entries_text(entries: &[Entry]) -> String {
    list(entries, |entry| format!(r#"{{"term":{},"command":"{}"}}"#, entry.term, entry.command))
}

fn message_text(message: &Message) -> String {
    let Message { from, to, term, content } = message;
    let (kind, rest) = match content {
        Content::RequestVotes { last_log_index, last_log_term } => {
            ("requestVotes", format!(r#""lastLogIndex":{last_log_index},"lastLogTerm":{last_log_term}"#))
        }
        Content::RequestVotesReply { granted } => ("requestVotesReply", format!(r#""granted":{granted}"#)),
        Content::AppendEntries(request) => (
            "appendEntries",
            format!(
                r#""prevLogIndex":{},"prevLogTerm":{},"entries":{},"leaderCommit":{},"round":{}"#,
                request.prev_log_index,
                request.prev_log_term,
                entries_text(&request.entries),
                request.leader_commit,
                request.round
            ),
        ),
        Content::AppendEntriesReply(reply) => (
            "appendEntriesReply",
            format!(
                r#""success":{},"prevLogIndex":{},"matchIndex":{},"conflictTerm":{},"conflictIndex":{},"round":{}"#,
                reply.success,
                reply.prev_log_index,
                reply.match_index,
                reply.conflict_term,
                reply.conflict_index,
                reply.round
            ),
        ),
    };
    format!(r#"{{"type":"{kind}","from":{from},"to":{to},"term":{term},{rest}}}"#)
}

fn effects_text(effects: &Effects) -> String {
    let mut texts = Vec::new();
    if let Some(persist) = &effects.persist {
        texts.push(format!(
            r#"{{"type":"persist","seq":{},"term":{},"votedFor":{},"fromIndex":{},"entries":{}}}"#,
            persist.seq,
            persist.term,
            persist.voted_for,
            persist.from_index,
            entries_text(&persist.entries)
        ));
    }
    texts.extend(
        effects.sends.iter().map(|message| format!(r#"{{"type":"send","message":{}}}"#, message_text(message))),
    );
    if let Some(apply) = &effects.apply {
        texts.push(format!(
            r#"{{"type":"apply","fromIndex":{},"entries":{}}}"#,
            apply.from_index,
            entries_text(&apply.entries)
        ));
    }
    texts.extend(effects.replies.iter().map(|reply| {
        format!(
            r#"{{"type":"reply","id":{},"outcome":"{}","index":{},"term":{}}}"#,
            reply.id, reply.outcome, reply.index, reply.term
        )
    }));
    if let Some(role) = &effects.role {
        texts
            .push(format!(r#"{{"type":"role","role":"{}","term":{},"leader":{}}}"#, role.role, role.term, role.leader));
    }
    list(texts, |text| text)
}

fn status_text(status: &Status) -> String {
    let mut text = format!(
        r#"{{"role":"{}","term":{},"votedFor":{},"leader":{},"commitIndex":{},"lastLogIndex":{},"lastLogTerm":{},"#,
        status.role,
        status.term,
        status.voted_for,
        status.leader,
        status.commit_index,
        status.last_log_index,
        status.last_log_term
    );
    let votes = list(&status.votes, ToString::to_string);
    let peers = list(&status.peers, |peer| {
        format!(
            r#"{{"id":{},"nextIndex":{},"matchIndex":{},"probing":{},"paused":{},"ackedUs":{},"ackedRound":{}}}"#,
            peer.id, peer.next_index, peer.match_index, peer.probing, peer.paused, peer.acked_us, peer.acked_round
        )
    });
    write!(
        text,
        r#""durableIndex":{},"random":{},"held":{},"votes":{votes},"round":{},"confirmedRound":{},"proposals":{},"reads":{},"peers":{peers}}}"#,
        status.durable_index,
        status.random.0,
        status.held,
        status.round,
        status.confirmed_round,
        status.proposals,
        status.reads
    )
    .unwrap();
    text
}

fn replay(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let Head { config } = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut node = Node::new(Config {
        id: config.id,
        cluster_size: config.cluster_size,
        election_timeout_min_us: config.election_timeout_min_us,
        election_timeout_max_us: config.election_timeout_max_us,
        heartbeat_us: config.heartbeat_us,
        max_batch_entries: config.max_batch_entries,
        window_entries: config.window_entries,
    });
    let mut step_count = 0;
    for (index, line) in lines.enumerate() {
        replay_step(&mut node, line, &format!("{}, line {}", file.display(), index + 2));
        step_count += 1;
    }
    assert!(step_count > 0, "{} has no step", file.display());
}

fn replay_step(node: &mut Node, line: &str, place: &str) {
    let step: StepText = serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
    let effects = node.step(step.now_us, step.input.into());
    let got = format!(
        r#""effects":{},"state":{},"nextDeadlineUs":{}}}"#,
        effects_text(&effects),
        status_text(&node.status()),
        node.next_deadline_us()
    );
    match step.digest {
        Some(digest) => {
            let own = format!("{:08x}", crc32fast::hash(format!("{{{got}").as_bytes()));
            assert_eq!(own, digest, "{place}: {got}");
        }
        None => {
            // What comes before the effects is the input as it was read.
            let at = line.find(r#","effects":"#).unwrap_or_else(|| panic!("{place}: no effects"));
            assert_eq!(got, line[at + 1..], "{place}");
        }
    }
}

#[test]
fn transcripts_are_replayed_to_the_byte() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../bench/raft/vectors");
    let mut file_count = 0;
    for folder in [vectors.clone(), vectors.join("generated")] {
        for entry in fs::read_dir(folder).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "jsonl") {
                replay(&file);
                file_count += 1;
            }
        }
    }
    assert!(file_count >= 258, "only {file_count} transcripts");
}
