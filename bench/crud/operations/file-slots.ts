import { fileCount, fileId, fileName, fileOwner, userCount } from '../dataset.ts';

/**
 * vacant: no such file; present: it is there and nobody asks for it; reading, writing: an operation is in flight;
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
