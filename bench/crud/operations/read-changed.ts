import type { Operation } from '../../../src/model/workload.ts';
import { wrongStatus } from './answer.ts';
import type { ChangedFile, FileSlot, Files } from './files.ts';
import { contentOf, readOf } from './read-file.ts';
import type { Draw } from './session.ts';

/**
 * A file that was replaced or deleted a moment ago, its metadata and its bytes in turn: the generator sends on the connection that
 * has been free longest, so mostly on another one than the change came by. A service that caches rows answers with the old version.
 * Where nothing has changed since the last look it is any file.
 */
export function readChanged(files: Files, place: () => number): Draw {
  const read = freshRead(files);
  let drawnCount = 0;
  return () => {
    // Drawn in any case: what is drawn may not depend on answers.
    const from = place();
    drawnCount += 1;
    const wantsContent = drawnCount % 2 === 0;
    const changed = read(wantsContent);
    if (changed !== null) return changed;
    const slot = files.slots.take(from, 'reading');
    return slot === null ? null : readingOf(files, slot, wantsContent);
  };
}

/** The newest change that can be looked at; null where there is none. */
function freshRead(files: Files): (wantsContent: boolean) => Operation | null {
  return (wantsContent) => {
    for (let next = files.changed.take(); next !== null; next = files.changed.take()) {
      if (next.isGone) return goneOf(files, next, wantsContent);
      if (next.slot.state !== 'present' || next.slot.id !== next.id) continue;
      next.slot.state = 'reading';
      return readingOf(files, next.slot, wantsContent);
    }
    return null;
  };
}

function readingOf(files: Files, slot: FileSlot, wantsContent: boolean): Operation {
  const operation = wantsContent ? contentOf(files, slot) : readOf(files, slot);
  return { ...operation, name: 'read-changed' };
}

function goneOf({ headers }: Files, { slot, id }: ChangedFile, wantsContent: boolean): Operation {
  const path = `/files/${id}${wantsContent ? '/content' : ''}`;
  return {
    name: 'read-changed',
    request: { method: 'GET', path, headers: headers(slot.owner).plain, body: null },
    check: (response) => wrongStatus(response, 404),
    abandon() {},
  };
}
