import type { Persist } from '../../../impls/_node/raft/core/effect.ts';
import type { Entry } from '../../../impls/_node/raft/core/message.ts';

/** What a node has persisted, and what it has written but a crash may lose. */
export interface Disk {
  term: number;
  votedFor: number;
  readonly entries: Entry[];
  readonly unsynced: Persist[];
}

export function createDisk(): Disk {
  return { term: 0, votedFor: 0, entries: [], unsynced: [] };
}

/** Everything written up to `seq` is safe now. */
export function sync(disk: Disk, seq: number): void {
  while (disk.unsynced.length > 0 && (disk.unsynced[0] as Persist).seq <= seq)
    store(disk, disk.unsynced.shift() as Persist);
}

/** A crash: the first `keptCount` unsynced writes happen to be safe, the others are lost. */
export function crashDisk(disk: Disk, keptCount: number): void {
  for (const persist of disk.unsynced.splice(0, keptCount)) store(disk, persist);
  disk.unsynced.length = 0;
}

function store(disk: Disk, { term, votedFor, fromIndex, entries }: Persist): void {
  disk.term = term;
  disk.votedFor = votedFor;
  if (fromIndex > 0) disk.entries.splice(fromIndex - 1, disk.entries.length, ...entries);
}
