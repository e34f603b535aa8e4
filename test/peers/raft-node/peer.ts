import { createRequire } from 'node:module';
import type { BenchCluster } from './commits.ts';

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
