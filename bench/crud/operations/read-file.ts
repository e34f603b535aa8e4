import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import { etagOf, wrongEtag, wrongFile, wrongStatus } from './answer.ts';
import { type FileSlot, type Files, seededCrc, wrongBody } from './files.ts';
import { bytesType } from './request.ts';
import type { Draw } from './session.ts';

/** GET /files/{id}: the metadata. */
export function readFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'reading');
    return slot === null ? null : readOf(files, slot);
  };
}

export function readOf({ slots, headers }: Files, slot: FileSlot): Operation {
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

/** GET /files/{id}/content: the bytes. */
export function readContent(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'reading');
    return slot === null ? null : contentOf(files, slot);
  };
}

export function contentOf({ slots, headers, seed }: Files, slot: FileSlot): Operation {
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
