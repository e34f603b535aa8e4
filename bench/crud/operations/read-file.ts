import type { Operation } from '../../../src/model/workload.ts';
import type { Draw } from './draw.ts';
import { wrongFile } from './file-answer.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';

/** GET /files/{id}: the metadata. */
export function readFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'reading');
    return slot === null ? null : readOf(files, slot);
  };
}

function readOf({ slots, headers }: Files, slot: FileSlot): Operation {
  return {
    name: 'read',
    request: { method: 'GET', path: `/files/${slot.id}`, headers: headers(slot.owner).plain, body: null },
    check(response) {
      slots.release(slot);
      return wrongFile(response, slot, slot.version);
    },
    abandon: () => slots.release(slot),
  };
}
