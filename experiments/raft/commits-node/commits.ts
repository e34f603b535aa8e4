// Commits per second of the TypeScript core and of npm's @coaty/consensus.raft, in one run: three nodes in one event loop, batches of
// 64 proposals, everything persisted at once to memory. npm run raft:commits
import { createRequire } from 'node:module';
import type { Input } from '../../../impls/_node/raft/core/input.ts';
import { createNode, type Node } from '../../../impls/_node/raft/core/node.ts';

// The package is CommonJS and has no entry for its ported parts; its whole entry would load a native module.
const require = createRequire(import.meta.url);
const ported = '@coaty/consensus.raft/ported';
const { RawNode } = require(`${ported}/rawnode.js`);
const { RaftConfig } = require(`${ported}/raft.js`);
const { MemoryStorage } = require(`${ported}/storage.js`);
const { ConfState, Entry, Message, MessageType } = require(`${ported}/raftpb/raft.pb.js`);
const { discardLogger, setLogger } = require(`${ported}/logger.js`);

/** What of it is used here. */
interface PeerMessage {
  readonly to: string;
}

interface Ready {
  readonly hardState: unknown;
  readonly entries: readonly unknown[];
  readonly committedEntries: readonly { readonly data: unknown }[];
  readonly messages: readonly PeerMessage[];
}

interface PeerNode {
  campaign(): void;
  step(message: unknown): Error | null;
  hasReady(): boolean;
  ready(): Ready;
  advance(ready: Ready): void;
}

interface Storage {
  Append(entries: readonly unknown[]): void;
  SetHardState(state: unknown): void;
  Compact(index: number): void;
  LastIndex(): [number, Error | null];
}

interface Member {
  readonly node: PeerNode;
  readonly storage: Storage;
}

/** Its log is compacted as an application would, since its memory storage copies it at each append. */
const compactEntries = 1024;

export function createPeerCluster(numbers: readonly number[]): BenchCluster {
  setLogger(discardLogger);
  const ids = numbers.map(String);
  const members = new Map(ids.map((id) => [id, createMember(id, ids)]));
  const leaderId = ids[0] ?? '';
  let appliedCount = 0;

  function drain(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const member of members.values()) {
        if (!member.node.hasReady()) continue;
        isBusy = true;
        carryOut(member);
      }
    }
  }

  function carryOut({ node, storage }: Member): void {
    const ready = node.ready();
    storage.SetHardState(ready.hardState);
    storage.Append(ready.entries);
    for (const message of ready.messages) members.get(message.to)?.node.step(message);
    for (const { data } of ready.committedEntries) if (data !== null) appliedCount += 1;
    node.advance(ready);
  }

  function compact(): void {
    for (const { storage } of members.values()) {
      const [last] = storage.LastIndex();
      if (last % compactEntries < 64 && last > compactEntries) storage.Compact(last - 256);
    }
  }

  members.get(leaderId)?.node.campaign();
  drain();
  return {
    commit(commands) {
      const before = appliedCount;
      const entries = commands.map((data) => new Entry({ data }));
      members.get(leaderId)?.node.step(new Message({ type: MessageType.MsgProp, from: leaderId, entries }));
      drain();
      compact();
      if (appliedCount - before < commands.length * ids.length)
        throw new Error('not everything was committed everywhere');
    },
  };
}

function createMember(id: string, ids: readonly string[]): Member {
  const storage = MemoryStorage.NewMemoryStorage();
  storage.snapshot.metadata.confState = new ConfState({ voters: [...ids] });
  const config = new RaftConfig({
    id,
    electionTick: 10,
    heartbeatTick: 1,
    storage,
    maxSizePerMsg: 1024 * 1024,
    maxInflightMsgs: 256,
  });
  return { storage, node: RawNode.NewRawNode(config) };
}

export interface BenchCluster {
  /** Proposes them together; returns when all three nodes have applied them. */
  commit(commands: readonly string[]): void;
}

const batchCount = 64;
const batchesPerRound = 500;
const roundCount = 11;
const ids = [1, 2, 3];

function createOwnCluster(): BenchCluster {
  const config = {
    clusterSize: ids.length,
    electionTimeoutMinUs: 150_000,
    electionTimeoutMaxUs: 300_000,
    heartbeatUs: 75_000,
    maxBatchEntries: 64,
    windowEntries: 1024,
  };
  const nodes = new Map<number, Node>(ids.map((id) => [id, createNode({ ...config, id })]));
  const inbox: { readonly to: number; readonly input: Input }[] = [];
  let nowUs = 0;
  let appliedCount = 0;
  let requestId = 0;

  function step(to: number, input: Input): void {
    for (const effect of nodes.get(to)?.step(nowUs, input) ?? []) {
      if (effect.type === 'persist') inbox.push({ to, input: { type: 'persisted', seq: effect.seq } });
      else if (effect.type === 'send')
        inbox.push({ to: effect.message.to, input: { type: 'message', message: effect.message } });
      else if (effect.type === 'apply') appliedCount += effect.entries.length;
    }
  }

  function drain(): void {
    for (let i = 0; i < inbox.length; i++) {
      const { to, input } = inbox[i] as (typeof inbox)[number];
      step(to, input);
    }
    inbox.length = 0;
  }

  for (const id of ids) step(id, { type: 'restart', term: 0, votedFor: 0, entries: [], random: id });
  nowUs = nodes.get(1)?.nextDeadlineUs() ?? 0;
  step(1, { type: 'tick' });
  drain();
  return {
    commit(commands) {
      const before = appliedCount;
      step(1, { type: 'propose', requests: commands.map((command) => ({ id: ++requestId, command })) });
      drain();
      // The followers hear of the commitment with the next message.
      step(1, { type: 'heartbeat' });
      drain();
      if (appliedCount - before < commands.length * ids.length)
        throw new Error('not everything was committed everywhere');
    },
  };
}

function commitsPerSec(cluster: BenchCluster): number {
  const commands = Array.from({ length: batchCount }, (_, i) => `key${i}=value ${i} of some ordinary length`);
  const startMs = performance.now();
  for (let batch = 0; batch < batchesPerRound; batch++) cluster.commit(commands);
  return (batchCount * batchesPerRound * 1000) / (performance.now() - startMs);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

// Each round with fresh clusters, the two in turn: whatever the machine does, it does to both.
const own: number[] = [];
const peer: number[] = [];
for (let round = 0; round < roundCount; round++) {
  own.push(commitsPerSec(createOwnCluster()));
  peer.push(commitsPerSec(createPeerCluster(ids)));
}

const show = (name: string, rates: readonly number[]): string =>
  `${name.padEnd(32)} ${Math.round(median(rates)).toLocaleString('en').padStart(10)} commits/s (${Math.round(Math.min(...rates)).toLocaleString('en')}–${Math.round(Math.max(...rates)).toLocaleString('en')})`;
process.stdout.write(`${show('paceline’s core', own)}\n${show('@coaty/consensus.raft 1.0.0', peer)}\n`);
process.stdout.write(`ratio of the medians of ${roundCount} rounds: ${(median(own) / median(peer)).toFixed(1)}\n`);
