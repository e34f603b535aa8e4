// The five safety properties of the paper (figure 3), and what else must never happen, checked after every step.
import type { Apply, Effect, Outcome, Persist, Reply, RoleChange } from '../../../impls/_node/raft/core/effect.ts';
import type { Entry, Message } from '../../../impls/_node/raft/core/message.ts';
import type { Disk } from './disk.ts';

/** Something that must never happen. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

interface Committed extends Entry {
  /** The term of the leader that committed it. */
  readonly byTerm: number;
}

/** What is known of one node from its effects. */
interface Known {
  readonly disk: Disk;
  role: string;
  term: number;
  log: Entry[];
  appliedIndex: number;
  /** The highest term it has told anybody. */
  toldTerm: number;
}

export interface Checker {
  /** The node starts from its disk. */
  restarted(id: number): void;
  crashed(id: number): void;
  stepped(id: number, effects: readonly Effect[]): void;
  /** A request is made at node `id`; it is forgotten when that crashes. */
  proposed(id: number, requestId: number, command: string): void;
  readAsked(id: number, requestId: number): void;
  /** Nothing is left unanswered and all nodes agree. */
  isSettled(): boolean;
  readonly committedCount: () => number;
  readonly electedCount: () => number;
}

const kindOrder = ['persist', 'send', 'apply', 'reply', 'role'];

function checkOrder(id: number, effects: readonly Effect[]): void {
  let kind = 0;
  for (const { type } of effects) {
    const next = kindOrder.indexOf(type);
    if (next < kind) throw new Violation('effect order', `${type} after ${kindOrder[kind]} at ${id}`);
    kind = next;
  }
}

export function createChecker(disks: ReadonlyMap<number, Disk>): Checker {
  const majority = Math.floor(disks.size / 2) + 1;
  const nodes = new Map([...disks].map(([id, disk]) => [id, newlyKnown(disk)]));
  const leaderOfTerm = new Map<number, number>();
  /** By index, then term: what every log must have there, and before it. */
  const written: Map<number, { readonly command: string; readonly previousTerm: number }>[] = [];
  const committed: Committed[] = [];
  const votes = new Map<string, number>();
  const proposals = new Map<number, { readonly at: number; readonly command: string }>();
  const reads = new Map<number, { readonly at: number; readonly leastIndex: number }>();
  let answeredIndex = 0;

  const known = (id: number): Known => nodes.get(id) as Known;

  function stepped(id: number, effects: readonly Effect[]): void {
    checkOrder(id, effects);
    const { role, log } = known(id);
    const leaderLength = role === 'leader' ? log.length : -1;
    for (const effect of effects) if (effect.type === 'persist') onPersist(id, effect, leaderLength);
    // Before the sends of the same step: they speak of its commit index.
    for (const effect of effects) if (effect.type === 'apply') onApply(id, effect);
    for (const effect of effects) {
      if (effect.type === 'send') onSend(id, effect.message);
      else if (effect.type === 'reply') onReply(effect);
      else if (effect.type === 'role') onRole(id, effect);
    }
  }

  function onPersist(id: number, { term, fromIndex, entries }: Persist, leaderLength: number): void {
    const node = known(id);
    if (term < node.term) throw new Violation('terms are monotone', `node ${id} went from ${node.term} to ${term}`);
    if (fromIndex === 0) return;
    if (fromIndex <= node.appliedIndex) throw new Violation('applied entries stay', `node ${id} rewrites ${fromIndex}`);
    if (leaderLength >= 0 && fromIndex <= leaderLength && node.term === term) {
      throw new Violation('leader append-only', `leader ${id} rewrites ${fromIndex} of ${leaderLength}`);
    }
    node.log.length = fromIndex - 1;
    for (const entry of entries) write(node, entry);
  }

  /** Log matching: an index and a term mean one command, and one term before it; so, one log up to there. */
  function write({ log }: Known, entry: Entry): void {
    const previousTerm = log.at(-1)?.term ?? 0;
    if (previousTerm > entry.term)
      throw new Violation('terms rise along a log', `${previousTerm} before ${entry.term}`);
    log.push(entry);
    const index = log.length;
    const there = written[index] ?? new Map();
    written[index] = there;
    const same = there.get(entry.term);
    if (same === undefined) there.set(entry.term, { command: entry.command, previousTerm });
    else if (same.command !== entry.command || same.previousTerm !== previousTerm) {
      throw new Violation('log matching', `two logs differ at or before ${index} of term ${entry.term}`);
    }
  }

  function onSend(id: number, message: Message): void {
    const node = known(id);
    node.toldTerm = Math.max(node.toldTerm, message.term);
    if (message.type === 'requestVotes') onVote(id, message.term, id);
    else if (message.type === 'requestVotesReply' && message.granted) onVote(id, message.term, message.to);
    else if (message.type === 'appendEntriesReply' && message.success)
      onConfirmed(node, message.term, message.matchIndex);
    else if (message.type === 'appendEntries') onAppend(id, message.term, message.leaderCommit);
  }

  function onVote(id: number, term: number, candidate: number): void {
    const { disk } = known(id);
    const key = `${id} ${term}`;
    const earlier = votes.get(key);
    if (earlier !== undefined && earlier !== candidate) {
      throw new Violation('one vote a term', `node ${id} voted for ${earlier} and ${candidate} in term ${term}`);
    }
    votes.set(key, candidate);
    if (disk.term < term || (disk.term === term && disk.votedFor !== candidate)) {
      throw new Violation('persistence before answering', `node ${id} told its vote of term ${term} unpersisted`);
    }
  }

  function onConfirmed({ disk, term: ownTerm }: Known, term: number, matchIndex: number): void {
    if (term === ownTerm && (disk.term < term || disk.entries.length < matchIndex)) {
      throw new Violation('persistence before answering', `entries up to ${matchIndex} confirmed unpersisted`);
    }
  }

  function onAppend(id: number, term: number, leaderCommit: number): void {
    const leader = leaderOfTerm.get(term);
    if (leader !== undefined && leader !== id)
      throw new Violation('election safety', `${id} appends in ${leader}'s term ${term}`);
    if (leaderCommit > committed.length)
      throw new Violation('commit', `leader ${id} says ${leaderCommit} is committed`);
  }

  /** State machine safety: no two nodes apply different entries at one index. */
  function onApply(id: number, { fromIndex, entries }: Apply): void {
    const node = known(id);
    if (fromIndex !== node.appliedIndex + 1) throw new Violation('applied in order', `node ${id} applies ${fromIndex}`);
    for (const entry of entries) {
      node.appliedIndex += 1;
      const first = committed[node.appliedIndex - 1];
      if (first === undefined) commit(id, node, entry);
      else if (first.term !== entry.term || first.command !== entry.command) {
        throw new Violation('state machine safety', `node ${id} applies another entry at ${node.appliedIndex}`);
      }
    }
  }

  /** The first to apply an entry: the leader that committed it. */
  function commit(id: number, { role, term, appliedIndex }: Known, entry: Entry): void {
    if (role !== 'leader') throw new Violation('commit', `${role} ${id} is the first to apply ${appliedIndex}`);
    committed.push({ ...entry, byTerm: term });
    let count = 0;
    for (const { disk } of nodes.values()) if (disk.entries[appliedIndex - 1]?.term === entry.term) count += 1;
    if (count < majority) throw new Violation('commit', `${appliedIndex} is committed and on ${count} disks`);
  }

  function onReply({ id, outcome, index }: Reply): void {
    if (outcome === 'read') onRead(id, index);
    else onOutcome(id, outcome, index);
  }

  function onOutcome(id: number, outcome: Outcome, index: number): void {
    const command = proposals.get(id)?.command;
    if (command === undefined && !reads.has(id))
      throw new Violation('answered once', `request ${id} is answered twice`);
    if (outcome === 'committed') {
      if (committed[index - 1]?.command !== command)
        throw new Violation('answers are true', `request ${id} at ${index}`);
      answeredIndex = Math.max(answeredIndex, index);
    }
    proposals.delete(id);
    reads.delete(id);
  }

  /** Linearizable: whatever was answered before the read was asked is seen by it. */
  function onRead(id: number, index: number): void {
    const leastIndex = reads.get(id)?.leastIndex;
    if (leastIndex === undefined) throw new Violation('answered once', `read ${id} is answered twice`);
    if (index < leastIndex) throw new Violation('reads are linearizable', `read ${id} saw ${index} of ${leastIndex}`);
    if (index > committed.length) throw new Violation('reads are linearizable', `read ${id} saw ${index}, uncommitted`);
    reads.delete(id);
  }

  function onRole(id: number, { role, term, leader }: RoleChange): void {
    const node = known(id);
    if (term < node.term) throw new Violation('terms are monotone', `node ${id} went from ${node.term} to ${term}`);
    const isNewLeader = role === 'leader' && (node.role !== 'leader' || node.term !== term);
    node.role = role;
    node.term = term;
    if (isNewLeader) elected(id, node, term);
    if (role === 'leader' && leader !== id) throw new Violation('role', `leader ${id} names ${leader}`);
  }

  /** Election safety and leader completeness. */
  function elected(id: number, { log }: Known, term: number): void {
    const earlier = leaderOfTerm.get(term);
    if (earlier !== undefined) throw new Violation('election safety', `${earlier} and ${id} both lead term ${term}`);
    leaderOfTerm.set(term, id);
    let index = committed.length;
    while (index > 0 && (committed[index - 1] as Committed).byTerm >= term) index -= 1;
    const last = committed[index - 1];
    // Log matching covers what is before it.
    if (last !== undefined && log[index - 1]?.term !== last.term) {
      throw new Violation('leader completeness', `leader ${id} of term ${term} lacks the committed entry ${index}`);
    }
  }

  function restarted(id: number): void {
    const node = known(id);
    if (node.disk.term < node.toldTerm) {
      throw new Violation(
        'terms are monotone',
        `node ${id} told of term ${node.toldTerm} and restarts in ${node.disk.term}`,
      );
    }
    Object.assign(node, { role: 'follower', term: node.disk.term, log: [...node.disk.entries], appliedIndex: 0 });
  }

  function isSettled(): boolean {
    const all = [...nodes.values()];
    const leaders = all.filter(({ role }) => role === 'leader');
    const isCommitted = all.every(
      ({ appliedIndex, log }) => appliedIndex === committed.length && log.length === appliedIndex,
    );
    return leaders.length === 1 && isCommitted && proposals.size === 0 && reads.size === 0;
  }

  return {
    restarted,
    crashed(id) {
      known(id).role = 'crashed';
      for (const requests of [proposals, reads]) {
        for (const [requestId, { at }] of requests) if (at === id) requests.delete(requestId);
      }
    },
    stepped,
    proposed: (id, requestId, command) => void proposals.set(requestId, { at: id, command }),
    readAsked: (id, requestId) => void reads.set(requestId, { at: id, leastIndex: answeredIndex }),
    isSettled,
    committedCount: () => committed.length,
    electedCount: () => leaderOfTerm.size,
  };
}

function newlyKnown(disk: Disk): Known {
  return { disk, role: 'crashed', term: 0, log: [], appliedIndex: 0, toldTerm: 0 };
}
