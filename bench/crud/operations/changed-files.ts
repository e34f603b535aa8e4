import type { FileSlot } from './files.ts';

/** A file whose replacement or deletion has just been answered. */
export interface ChangedFile {
  readonly slot: FileSlot;
  /** The slot may hold another file by the time it is looked at. */
  readonly id: string;
  readonly isGone: boolean;
}

/** The newest changes, which nobody has looked at since. */
export interface ChangedFiles {
  add(change: ChangedFile): void;
  /** The newest one, which is then nobody else's. */
  take(): ChangedFile | null;
}

/** Beyond it the oldest are forgotten: a change is worth a look only while it is fresh. */
const maxCount = 64;

export function openChangedFiles(): ChangedFiles {
  const changes: ChangedFile[] = [];
  return {
    add(change) {
      changes.push(change);
      if (changes.length > maxCount) changes.shift();
    },
    take: () => changes.pop() ?? null,
  };
}
