import { majorityOf, type NodeConfig } from './config.ts';
import type { Effect, Outcome, Reply, Role } from './effect.ts';
import type { Restart } from './input.ts';
import type { Message } from './message.ts';
import { claimsPersisted, createPersistence, nextPersist, type Persistence } from './persistence.ts';
import { createReplicatedLog, type ReplicatedLog } from './replicated-log.ts';
import { follower, type State } from './state-machine.ts';
import { resetElectionTimer, type Timer } from './timer.ts';

/** One node's whole state, and what the step under way has done so far. */
export interface Core {
  readonly config: NodeConfig;
  /** All other nodes, ascending. */
  readonly peerIds: readonly number[];
  readonly majority: number;
  nowUs: number;
  term: number;
  votedFor: number;
  log: ReplicatedLog;
  state: State;
  /** 0: unknown. */
  leader: number;
  /** All up to it has been handed out to be applied. */
  commitIndex: number;
  timer: Timer;
  persistence: Persistence;
  step: Step;
}

interface Step {
  readonly role: Role | null;
  readonly term: number;
  readonly leader: number;
  readonly commitIndex: number;
  /** Term or vote changed. */
  voteChanged: boolean;
  /** Lowest index whose entry changed; 0: none. */
  changedFrom: number;
  readonly released: Message[];
  readonly messages: Message[];
  readonly replies: Reply[];
}

export function createCore(config: NodeConfig): Core {
  const ids = Array.from({ length: config.clusterSize }, (_, index) => index + 1);
  return {
    config,
    peerIds: ids.filter((id) => id !== config.id),
    majority: majorityOf(config.clusterSize),
    nowUs: 0,
    ...persistentState({ type: 'restart', term: 0, votedFor: 0, entries: [], random: 0 }),
    state: follower(),
    leader: 0,
    commitIndex: 0,
    step: createStep(null, 0, 0, 0),
  };
}

function persistentState({ term, votedFor, entries, random }: Restart) {
  return {
    term,
    votedFor,
    log: createReplicatedLog(entries),
    timer: { random, deadlineUs: 0 },
    persistence: createPersistence(entries.length),
  };
}

/** As new, but for what was persisted. */
export function restart(core: Core, input: Restart): void {
  Object.assign(core, persistentState(input), { state: follower(), leader: 0, commitIndex: 0 });
  core.step = createStep(null, 0, 0, 0);
  resetElectionTimer(core.timer, core.nowUs, core.config);
}

function createStep(role: Role | null, term: number, leader: number, commitIndex: number): Step {
  return {
    role,
    term,
    leader,
    commitIndex,
    voteChanged: false,
    changedFrom: 0,
    released: [],
    messages: [],
    replies: [],
  };
}

export function beginStep(core: Core, nowUs: number): void {
  core.nowUs = nowUs;
  core.step = createStep(core.state.role, core.term, core.leader, core.commitIndex);
}

/** Notes that the log was written from `index` on. */
export function logChanged({ step }: Core, index: number): void {
  step.changedFrom = step.changedFrom === 0 ? index : Math.min(step.changedFrom, index);
}

export function send({ step }: Core, message: Message): void {
  step.messages.push(message);
}

export function reply({ step, term }: Core, id: number, outcome: Outcome, index: number): void {
  step.replies.push({ type: 'reply', id, outcome, index, term });
}

/** The effects of the step under way, in the contract's order. */
export function endStep(core: Core): Effect[] {
  const effects: Effect[] = [];
  addPersist(core, effects);
  addSends(core, effects);
  addApply(core, effects);
  effects.push(...core.step.replies);
  addRole(core, effects);
  return effects;
}

function addPersist({ step, log, term, votedFor, persistence }: Core, effects: Effect[]): void {
  const { changedFrom, voteChanged } = step;
  if (changedFrom === 0 && !voteChanged) return;
  const lastIndex = log.lastIndex();
  const seq = nextPersist(persistence, lastIndex);
  const entries = changedFrom === 0 ? [] : log.slice(changedFrom, lastIndex);
  effects.push({ type: 'persist', seq, term, votedFor, fromIndex: changedFrom, entries });
}

/** Persistence before answering: what claims something persisted is held until it is. */
function addSends({ step, persistence }: Core, effects: Effect[]): void {
  const { persistSeq, persistedSeq, held } = persistence;
  for (const message of step.released) effects.push({ type: 'send', message });
  for (const message of step.messages) {
    if (persistSeq > persistedSeq && claimsPersisted(message)) held.push({ seq: persistSeq, message });
    else effects.push({ type: 'send', message });
  }
}

function addApply({ step, log, commitIndex }: Core, effects: Effect[]): void {
  if (commitIndex === step.commitIndex) return;
  const fromIndex = step.commitIndex + 1;
  effects.push({ type: 'apply', fromIndex, entries: log.slice(fromIndex, commitIndex - step.commitIndex) });
}

function addRole({ step, state: { role }, term, leader }: Core, effects: Effect[]): void {
  if (role === step.role && term === step.term && leader === step.leader) return;
  effects.push({ type: 'role', role, term, leader });
}
