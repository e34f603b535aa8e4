import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import { wrongStatus } from './answer.ts';
import { bytesType } from './credentials.ts';
import type { Draw } from './draw.ts';
import { wrongEtag } from './file-answer.ts';
import { wrongBody } from './file-body.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';
import { seededCrc } from './seeded-bytes.ts';

/** GET /files/{id}/content: the bytes. */
export function readContent(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'reading');
    return slot === null ? null : contentOf(files, slot);
  };
}

function contentOf({ slots, headers, seed }: Files, slot: FileSlot): Operation {
  return {
    name: 'content',
    request: { method: 'GET', path: `/files/${slot.id}/content`, headers: headers(slot.owner).plain, body: null },
    check(response) {
      slots.release(slot);
      slot.crc ??= seededCrc(seed, slot.id);
      return wrongHead(response, slot) ?? wrongBody(response.body, slot.crc);
    },
    abandon: () => slots.release(slot),
  };
}

function wrongHead(response: WorkloadResponse, { version }: FileSlot): string | null {
  const wrong = wrongStatus(response, 200) ?? wrongEtag(response, version);
  if (wrong !== null) return wrong;
  if (response.header('content-type') !== bytesType) return 'content-type is not the one it was written with';
  const cache = response.header('x-cache');
  return cache === 'hit' || cache === 'miss' ? null : 'x-cache is neither hit nor miss';
}
