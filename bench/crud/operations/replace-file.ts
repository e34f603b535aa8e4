import type { Operation } from '../../../src/model/workload.ts';
import { etagOf } from './answer.ts';
import { bytesType } from './credentials.ts';
import type { Draw } from './draw.ts';
import { wrongFile } from './file-answer.ts';
import type { FileBody } from './file-body.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';

/** PUT /files/{id} of 4 KiB, with the ETag known from the answer before. */
export function replaceFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'writing');
    return slot === null ? null : replacementOf(files, slot, files.bodies.take());
  };
}

function replacementOf({ slots, bodies, headers }: Files, slot: FileSlot, body: FileBody): Operation {
  const { authorization } = headers(slot.owner);
  return {
    name: 'replace',
    request: {
      method: 'PUT',
      path: `/files/${slot.id}`,
      headers: { authorization, 'content-type': bytesType, 'if-match': etagOf(slot.version) },
      body: body.bytes,
    },
    check(response) {
      const wrong = wrongFile(response, slot, slot.version + 1);
      slot.version += 1;
      slot.crc = body.crc;
      slots.settle(slot, wrong === null ? 'present' : 'retired');
      bodies.giveBack(body);
      return wrong;
    },
    abandon: () => slots.settle(slot, 'retired'),
  };
}
