import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import { etagOf, isUuid, readJson, wrongEtag, wrongFile, wrongMetadata, wrongStatus } from './answer.ts';
import type { FileBody, FileSlot, Files } from './files.ts';
import { bytesType } from './request.ts';
import type { Draw } from './session.ts';

/** POST /files of 4 KiB: into the slot that has been vacant longest, or a new one. */
export function createFile(files: Files): Draw {
  return () => creationOf(files, files.slots.takeVacant(), files.bodies.take());
}

function creationOf({ slots, bodies, headers, acknowledged }: Files, slot: FileSlot, body: FileBody): Operation {
  return {
    name: 'create',
    request: { method: 'POST', path: `/files?name=${slot.name}`, headers: headers(slot.owner).bytes, body: body.bytes },
    check(response) {
      if (response.status === 201) acknowledged.createdCount += 1;
      else acknowledged.uncertainCount += 1;
      const wrong = wrongCreation(response, slot);
      slot.crc = body.crc;
      slots.settle(slot, wrong === null ? 'present' : 'retired');
      bodies.giveBack(body);
      return wrong;
    },
    abandon() {
      acknowledged.uncertainCount += 1;
      slots.settle(slot, 'retired');
    },
  };
}

/** Gives the slot its new file's id. */
function wrongCreation(response: WorkloadResponse, slot: FileSlot): string | null {
  const wrong = wrongStatus(response, 201) ?? wrongEtag(response, 1);
  if (wrong !== null) return wrong;
  const file = readJson(response);
  if (typeof file === 'string') return file;
  if (!isUuid(file.id)) return 'id is not a UUID';
  slot.id = file.id;
  slot.version = 1;
  if (response.header('location') !== `/files/${slot.id}`) return 'Location is not that of the file';
  return wrongMetadata(file, slot, 1);
}

/** PUT /files/{id} of 4 KiB, with the ETag known from the answer before. */
export function replaceFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'writing');
    return slot === null ? null : replacementOf(files, slot, files.bodies.take());
  };
}

function replacementOf({ slots, bodies, changed, headers }: Files, slot: FileSlot, body: FileBody): Operation {
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
      if (wrong === null) changed.add({ slot, id: slot.id, isGone: false });
      bodies.giveBack(body);
      return wrong;
    },
    abandon: () => slots.settle(slot, 'retired'),
  };
}

/** DELETE /files/{id}: its slot is vacant until a create takes it. */
export function deleteFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'writing');
    return slot === null ? null : deletionOf(files, slot);
  };
}

function deletionOf({ slots, changed, headers, acknowledged }: Files, slot: FileSlot): Operation {
  return {
    name: 'delete',
    request: { method: 'DELETE', path: `/files/${slot.id}`, headers: headers(slot.owner).plain, body: null },
    check(response) {
      const wrong = wrongStatus(response, 204);
      if (wrong === null) acknowledged.deletedCount += 1;
      else acknowledged.uncertainCount += 1;
      if (wrong === null) changed.add({ slot, id: slot.id, isGone: true });
      slots.settle(slot, wrong === null ? 'vacant' : 'retired');
      return wrong;
    },
    abandon() {
      acknowledged.uncertainCount += 1;
      slots.settle(slot, 'retired');
    },
  };
}
