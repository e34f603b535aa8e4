import { appendToAll } from './append-entries.ts';
import { type Core, logChanged, reply, send } from './core.ts';
import type { RequestVotes, RequestVotesReply } from './message.ts';
import { createPeers } from './peer.ts';
import { type Candidate, candidate, follower, leader } from './state-machine.ts';
import { resetElectionTimer, resetHeartbeatTimer } from './timer.ts';

/** The election time-out has passed: stands for the next term. */
export function election(core: Core): void {
  core.term += 1;
  core.votedFor = core.config.id;
  core.step.voteChanged = true;
  core.leader = 0;
  // The own vote counts once it is persisted: see countOwnVote.
  core.state = candidate(core.persistence.persistSeq + 1);
  resetElectionTimer(core.timer, core.nowUs, core.config);
  for (const to of core.peerIds) requestVotes(core, to);
}

function requestVotes(core: Core, to: number): void {
  const { term, log } = core;
  const [lastLogIndex, lastLogTerm] = [log.lastIndex(), log.lastTerm()];
  send(core, { type: 'requestVotes', from: core.config.id, to, term, lastLogIndex, lastLogTerm });
}

export function onRequestVotes(core: Core, message: RequestVotes): void {
  const granted = mayVoteFor(core, message) && isUpToDate(core, message);
  if (granted) vote(core, message.from);
  send(core, { type: 'requestVotesReply', from: core.config.id, to: message.from, term: core.term, granted });
}

/** One vote a term; the same candidate may ask again. */
function mayVoteFor({ term, votedFor }: Core, message: RequestVotes): boolean {
  return message.term === term && (votedFor === 0 || votedFor === message.from);
}

/** Of two logs the one with the later last term is more up to date, of equal terms the longer one (paper 5.4.1). */
function isUpToDate({ log }: Core, { lastLogIndex, lastLogTerm }: RequestVotes): boolean {
  if (lastLogTerm !== log.lastTerm()) return lastLogTerm > log.lastTerm();
  return lastLogIndex >= log.lastIndex();
}

function vote(core: Core, from: number): void {
  if (core.votedFor !== from) core.step.voteChanged = true;
  core.votedFor = from;
  resetElectionTimer(core.timer, core.nowUs, core.config);
}

export function onRequestVotesReply(core: Core, { from, term, granted }: RequestVotesReply): void {
  const { state } = core;
  if (state.role !== 'candidate' || term !== core.term || !granted) return;
  countVote(core, state, from);
}

/** Something was persisted: perhaps the own vote. */
export function countOwnVote(core: Core, state: Candidate): void {
  const { id } = core.config;
  if (state.electionSeq > core.persistence.persistedSeq || state.votes.has(id)) return;
  countVote(core, state, id);
}

function countVote(core: Core, { votes }: Candidate, from: number): void {
  votes.add(from);
  if (votes.size >= core.majority) becomeLeader(core);
}

function becomeLeader(core: Core): void {
  const { log, nowUs, config } = core;
  const peers = createPeers(core.peerIds, log.lastIndex(), nowUs);
  log.append({ term: core.term, command: '' });
  logChanged(core, log.lastIndex());
  core.leader = config.id;
  core.state = leader(peers, log.lastIndex());
  resetHeartbeatTimer(core.timer, nowUs, config);
  appendToAll(core, core.state);
}

/** A message of a later term. */
export function adoptTerm(core: Core, term: number): void {
  core.term = term;
  core.votedFor = 0;
  core.step.voteChanged = true;
  stepDown(core);
}

/** A follower without a leader. A candidate keeps its deadline; what waits at a leader is answered. */
export function stepDown(core: Core): void {
  const { state } = core;
  core.leader = 0;
  core.state = follower();
  if (state.role !== 'leader') return;
  resetElectionTimer(core.timer, core.nowUs, core.config);
  for (const { id, index } of state.proposals) reply(core, id, 'unknown', index);
  for (const { id } of state.reads) reply(core, id, 'notLeader', 0);
}
