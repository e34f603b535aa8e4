import type { Outcome, Role } from '../core/effect.ts';
import type { Input, Proposal } from '../core/input.ts';
import type { Message } from '../core/message.ts';
import { createNode } from '../core/node.ts';
import { seedOf } from '../core/random.ts';
import { createAlarm, nowUs } from './clock.ts';
import { type Config, nodeConfig } from './config.ts';
import { createDelayMeter } from './delays.ts';
import { openLogFile, type Recovered } from './log-file.ts';
import { createStore } from './store.ts';

export interface Read {
  readonly id: number;
  readonly key: string;
}

export interface Answer {
  readonly id: number;
  readonly outcome: Outcome;
  readonly index: number;
  readonly term: number;
  /** Of a read that found its key. */
  readonly value: string | null;
}

/** When a node's step changed its role, term or leader. */
export interface RoleReport {
  readonly role: Role;
  readonly term: number;
  readonly leader: number;
  readonly atUs: number;
}

export interface NodeStatus {
  readonly role: Role;
  readonly term: number;
  readonly leader: number;
  readonly commitIndex: number;
  readonly lastLogIndex: number;
  /** When the last appendEntries it stepped on was sent; 0: none yet. */
  readonly appendSentUs: number;
  readonly delaysUs: readonly number[];
}

export interface RunnerPorts {
  send(message: Message, sentUs: number): void;
  answered(answers: readonly Answer[]): void;
  roleChanged(report: RoleReport): void;
  /** It cannot write its log, and has dropped everything. */
  failed(error: Error): void;
}

/** One node at work: the core with a clock, a log file and a store. Where it runs is its owner's concern. */
export interface Runner {
  readonly recovered: Recovered;
  receive(message: Message, sentUs: number): void;
  propose(requests: readonly Proposal[]): void;
  read(reads: readonly Read[]): void;
  heartbeat(): void;
  /** Takes the leader `from` at its heartbeats only, and sends it no answers; 0: no such leader (see POST /cluster/leader/crash). */
  lagBehind(from: number): void;
  /** `withDelays`: a sample of some hundred numbers; otherwise none. */
  status(withDelays: boolean): NodeStatus;
  /** Drops everything in memory; resolves when its file is touched no more. */
  drop(): Promise<void>;
}

/** @throws what openLogFile throws */
export function startRunner(config: Config, id: number, incarnation: number, ports: RunnerPorts): Runner {
  const node = createNode(nodeConfig(config, id));
  const store = createStore();
  const meter = createDelayMeter(config.clusterSize);
  const alarm = createAlarm(() => step({ type: 'tick' }));
  const log = openLogFile(config.dataDir, id, config.durability, { persisted, failed });
  const readKeys = new Map<number, string>();
  let dropped: Promise<void> | null = null;
  let laggingBehind = 0;
  let appendSentUs = 0;

  function persisted(seq: number): void {
    // Within a step (a plain write): the effects that follow come first.
    queueMicrotask(() => step({ type: 'persisted', seq }));
  }

  function failed(error: Error): void {
    void drop();
    ports.failed(new Error(`its log cannot be written: ${error.message}`));
  }

  function step(input: Input): void {
    if (dropped !== null) return;
    const atUs = nowUs();
    const answers: Answer[] = [];
    for (const effect of node.step(atUs, input)) {
      if (effect.type === 'persist') log.write(effect);
      else if (effect.type === 'send') send(effect.message);
      else if (effect.type === 'apply') store.apply(effect.entries);
      else if (effect.type === 'reply') answers.push({ ...effect, value: valueFor(effect.id) });
      else ports.roleChanged({ role: effect.role, term: effect.term, leader: effect.leader, atUs });
      if (dropped !== null) return;
    }
    if (answers.length > 0) ports.answered(answers);
    alarm.set(node.nextDeadlineUs());
  }

  function send(message: Message): void {
    const isHidden = message.type === 'appendEntriesReply' && message.to === laggingBehind;
    if (!isHidden) ports.send(message, nowUs());
  }

  function valueFor(id: number): string | null {
    const key = readKeys.get(id);
    if (key === undefined) return null;
    readKeys.delete(id);
    return store.get(key) ?? null;
  }

  function receive(message: Message, sentUs: number): void {
    if (dropped !== null) return;
    meter.add(nowUs() - sentUs);
    if (message.type === 'appendEntries') appendSentUs = sentUs;
    const isCut = message.type === 'appendEntries' && message.from === laggingBehind;
    step({ type: 'message', message: isCut ? { ...message, entries: [] } : message });
  }

  function drop(): Promise<void> {
    alarm.cancel();
    dropped ??= log.close();
    return dropped;
  }

  const { term, votedFor, entries } = log.recovered;
  step({ type: 'restart', term, votedFor, entries, random: seedOf(config.seed, id, incarnation) });
  return {
    recovered: log.recovered,
    receive,
    propose: (requests) => step({ type: 'propose', requests }),
    read(reads) {
      for (const { id, key } of reads) readKeys.set(id, key);
      step({ type: 'read', ids: reads.map(({ id }) => id) });
    },
    heartbeat: () => step({ type: 'heartbeat' }),
    lagBehind(from) {
      laggingBehind = from;
    },
    status(withDelays) {
      const { role, term, leader, commitIndex, lastLogIndex } = node.view();
      return {
        role,
        term,
        leader,
        commitIndex,
        lastLogIndex,
        appendSentUs,
        delaysUs: withDelays ? meter.samples() : [],
      };
    },
    drop,
  };
}
