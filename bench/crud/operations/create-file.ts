import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import { isUuid, readJson, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { wrongEtag, wrongMetadata } from './file-answer.ts';
import type { FileBody } from './file-body.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';

/** POST /files of 4 KiB: into the slot that has been vacant longest, or a new one. */
export function createFile(files: Files): Draw {
  return () => creationOf(files, files.slots.takeVacant(), files.bodies.take());
}

function creationOf({ slots, bodies, headers, ledger }: Files, slot: FileSlot, body: FileBody): Operation {
  return {
    name: 'create',
    request: { method: 'POST', path: `/files?name=${slot.name}`, headers: headers(slot.owner).bytes, body: body.bytes },
    check(response) {
      if (response.status === 201) ledger.createdCount += 1;
      else ledger.uncertainCount += 1;
      const wrong = wrongCreation(response, slot);
      slot.crc = body.crc;
      slots.settle(slot, wrong === null ? 'present' : 'retired');
      bodies.giveBack(body);
      return wrong;
    },
    abandon() {
      ledger.uncertainCount += 1;
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
