import type { Message } from './message.ts';

interface HeldMessage {
  /** The persist effect it waits for. */
  readonly seq: number;
  readonly message: Message;
}

interface Unconfirmed {
  readonly seq: number;
  readonly lastIndex: number;
}

/** What is on its way to the disk, and the messages that must not be sent before it is there. */
export interface Persistence {
  persistSeq: number;
  persistedSeq: number;
  /** The last log index known to be persisted. */
  durableIndex: number;
  readonly unconfirmed: Unconfirmed[];
  readonly held: HeldMessage[];
}

export function createPersistence(durableIndex: number): Persistence {
  return { persistSeq: 0, persistedSeq: 0, durableIndex, unconfirmed: [], held: [] };
}

/** The number of a new persist effect, after which the log ends at `lastIndex`. */
export function nextPersist(persistence: Persistence, lastIndex: number): number {
  persistence.persistSeq += 1;
  persistence.unconfirmed.push({ seq: persistence.persistSeq, lastIndex });
  return persistence.persistSeq;
}

/** Notes that all up to `seq` is durable; returns the messages that waited for it, oldest first. */
export function confirmPersisted(persistence: Persistence, seq: number): Message[] {
  const { unconfirmed, held } = persistence;
  persistence.persistedSeq = seq;
  const confirmed = takeThrough(unconfirmed, seq);
  persistence.durableIndex = confirmed.at(-1)?.lastIndex ?? persistence.durableIndex;
  return takeThrough(held, seq).map(({ message }) => message);
}

function takeThrough<T extends { readonly seq: number }>(queue: T[], seq: number): T[] {
  let count = 0;
  while (count < queue.length && (queue[count]?.seq ?? 0) <= seq) count += 1;
  return queue.splice(0, count);
}

/** Messages that claim something persisted. A leader's appendEntries does not: it writes while its followers do. */
export function claimsPersisted(message: Message): boolean {
  return message.type !== 'appendEntries';
}
