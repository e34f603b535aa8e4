import type { Operation } from '../../../src/model/workload.ts';
import { etagOf, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { wrongEtag } from './file-answer.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';

/** GET /files/{id}/content by a client that has this version already: 304, no bytes. */
export function revalidateContent(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'reading');
    return slot === null ? null : revalidationOf(files, slot);
  };
}

function revalidationOf({ slots, headers }: Files, slot: FileSlot): Operation {
  const { authorization } = headers(slot.owner);
  return {
    name: 'revalidate',
    request: {
      method: 'GET',
      path: `/files/${slot.id}/content`,
      headers: { authorization, 'if-none-match': etagOf(slot.version) },
      body: null,
    },
    check(response) {
      slots.release(slot);
      const wrong = wrongStatus(response, 304) ?? wrongEtag(response, slot.version);
      return wrong ?? (response.body.length === 0 ? null : 'a 304 with a body');
    },
    abandon: () => slots.release(slot),
  };
}
