import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { WorkloadContext } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { fileCount, fileId, fileName, fileOwner, fileSizeBytes, userCount } from '../dataset.ts';
import { type UserHeaders, userHeaders } from './request.ts';
import { type AcknowledgedCounts, noAcknowledged } from './session.ts';

/** What the operations on files of one session share. */
export interface Files {
  readonly seed: number;
  readonly slots: FileSlots;
  readonly bodies: FileBodies;
  readonly changed: ChangedFiles;
  headers(user: number): UserHeaders;
  readonly acknowledged: AcknowledgedCounts;
}

export function openFiles({ seed }: WorkloadContext): Files {
  return {
    seed,
    slots: openFileSlots(seed),
    bodies: openFileBodies(seed),
    changed: openChangedFiles(),
    headers: userHeaders(seed),
    acknowledged: noAcknowledged(),
  };
}

/**
 * vacant: no such file; present: it exists and no operation uses it; reading, writing: an operation is in flight;
 * retired: a write had an unknown outcome, so nothing can be expected of it any more.
 */
export type SlotState = 'vacant' | 'present' | 'reading' | 'writing' | 'retired';

/** A place for one file of one user. What stands here is what the target's answers say of it. */
export interface FileSlot {
  readonly owner: number;
  readonly name: string;
  state: SlotState;
  /** Of the file that is here, or was here last. */
  id: string;
  version: number;
  /** The CRC-32 at the end of its body; null: a seeded body not looked at yet. */
  crc: number | null;
  /** The pool's `writeCount` when the last write here was answered. */
  settledAt: number;
}

/** All slots: the seeded files in their order, then those made by creates that found no vacant one. */
export interface FileSlots {
  /**
   * The first present file from a place on, now in flight; null when there is none among the seeded places. They are
   * 10,000, so with a time-out of 5 s a target that answers nothing uses them up at 2,000/s, not below.
   */
  take(from: number, state: 'reading' | 'writing'): FileSlot | null;
  /** The slot vacant for the longest time, or a new one; now being written. */
  takeVacant(): FileSlot;
  /** After a read, whatever came of it. */
  release(slot: FileSlot): void;
  /** After a write. */
  settle(slot: FileSlot, state: 'present' | 'vacant' | 'retired'): void;
  /** The slot of a name, if there is one. */
  named(name: string): FileSlot | null;
  ofOwner(owner: number): Iterable<FileSlot>;
  /** How many writes have been answered (or abandoned). */
  readonly writeCount: number;
}

export function openFileSlots(seed: number): FileSlots {
  const slots = Array.from({ length: fileCount }, (_, file) => newSlot(file, 'present', fileId(seed, file)));
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const vacant: FileSlot[] = [];
  let writeCount = 0;

  function appended(): FileSlot {
    const slot = newSlot(slots.length, 'vacant', '');
    slots.push(slot);
    byName.set(slot.name, slot);
    return slot;
  }

  return {
    take(from, state) {
      for (let step = 0; step < fileCount; step += 1) {
        const slot = slots[(from + step) % fileCount] as FileSlot;
        if (slot.state !== 'present') continue;
        slot.state = state;
        return slot;
      }
      return null;
    },
    takeVacant() {
      const slot = vacant.shift() ?? appended();
      slot.state = 'writing';
      return slot;
    },
    release(slot) {
      slot.state = 'present';
    },
    settle(slot, state) {
      writeCount += 1;
      slot.settledAt = writeCount;
      slot.state = state;
      if (state === 'vacant') vacant.push(slot);
    },
    named: (name) => byName.get(name) ?? null,
    *ofOwner(owner) {
      for (let index = owner; index < slots.length; index += userCount) yield slots[index] as FileSlot;
    },
    get writeCount() {
      return writeCount;
    },
  };
}

function newSlot(index: number, state: SlotState, id: string): FileSlot {
  return { owner: fileOwner(index), name: fileName(index), state, id, version: 1, crc: null, settledAt: 0 };
}

const crcBytes = 4;
const checkedBytes = fileSizeBytes - crcBytes;

/** A body of 4 KiB like no other of the session, ending with the CRC-32 of what precedes. */
export interface FileBody {
  readonly bytes: Buffer;
  /** `bytes` without the CRC. */
  readonly checked: Buffer;
  crc: number;
}

/** Bodies are used again once their request is answered: as many exist as were ever in flight together. */
export interface FileBodies {
  take(): FileBody;
  /** Only after the answer: until then the transport may still be sending it. */
  giveBack(body: FileBody): void;
}

export function openFileBodies(seed: number): FileBodies {
  const idle: FileBody[] = [];
  const pattern = randomBytes(seed);
  let takenCount = 0;
  return {
    take() {
      const body = idle.pop() ?? copyOf(pattern);
      body.bytes.writeUInt32BE(takenCount, 0);
      takenCount += 1;
      body.crc = crc32(body.checked);
      body.bytes.writeUInt32BE(body.crc, checkedBytes);
      return body;
    },
    giveBack: (body) => void idle.push(body),
  };
}

function randomBytes(seed: number): Buffer {
  const random = createRandom(seed);
  const bytes = Buffer.alloc(fileSizeBytes);
  for (let at = 0; at < fileSizeBytes; at += 4) bytes.writeUInt32BE(random.uint32(), at);
  return bytes;
}

function copyOf(pattern: Buffer): FileBody {
  const bytes = Buffer.from(pattern);
  return { bytes, checked: bytes.subarray(0, checkedBytes), crc: 0 };
}

/** What is wrong with a body that should end with its own CRC-32, and with that one. */
export function wrongBody(body: Uint8Array, crc: number): string | null {
  if (body.length !== fileSizeBytes) return `body of ${body.length} instead of ${fileSizeBytes} bytes`;
  if (crc32(body.subarray(0, checkedBytes)) !== crcAtEnd(body)) return 'body does not end with its CRC-32';
  return crcAtEnd(body) === crc ? null : 'body of another file or version';
}

function crcAtEnd(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(checkedBytes);
}

/** The 64 bytes that a seeded body repeats: what service.ts has the database make. */
function blockOf(seed: number, id: string): Buffer {
  return createHash('sha512').update(`${seed} ${id}`).digest();
}

/** The CRC-32 at the end of a seeded file of 4 KiB. */
export function seededCrc(seed: number, id: string): number {
  return crc32(Buffer.alloc(fileSizeBytes - 4, blockOf(seed, id)));
}

/** The first 64 bytes of a seeded vector, which it repeats to its end. */
export function seededVectorBlock(seed: number, id: string): Buffer {
  const block = blockOf(seed, id);
  for (let at = 3; at < block.length; at += 4) block[at] = 0x3f;
  return block;
}

/** A file whose replacement or deletion has just been answered. */
export interface ChangedFile {
  readonly slot: FileSlot;
  /** The slot may hold another file by the time it is looked at. */
  readonly id: string;
  readonly isGone: boolean;
}

/** The newest changes that were not read since. */
export interface ChangedFiles {
  add(change: ChangedFile): void;
  /** The newest one, and removes it. */
  take(): ChangedFile | null;
}

/** Beyond it the oldest are forgotten: a change is worth a look only while it is fresh. */
const maxChangeCount = 64;

export function openChangedFiles(): ChangedFiles {
  const changes: ChangedFile[] = [];
  return {
    add(change) {
      changes.push(change);
      if (changes.length > maxChangeCount) changes.shift();
    },
    take: () => changes.pop() ?? null,
  };
}
