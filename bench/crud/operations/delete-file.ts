import type { Operation } from '../../../src/model/workload.ts';
import { wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import type { FileSlot } from './file-slots.ts';
import type { Files } from './files.ts';

/** DELETE /files/{id}: its slot is vacant until a create takes it. */
export function deleteFile(files: Files, place: () => number): Draw {
  return () => {
    const slot = files.slots.take(place(), 'writing');
    return slot === null ? null : deletionOf(files, slot);
  };
}

function deletionOf({ slots, headers, ledger }: Files, slot: FileSlot): Operation {
  return {
    name: 'delete',
    request: { method: 'DELETE', path: `/files/${slot.id}`, headers: headers(slot.owner).plain, body: null },
    check(response) {
      const wrong = wrongStatus(response, 204);
      if (wrong === null) ledger.deletedCount += 1;
      else ledger.uncertainCount += 1;
      slots.settle(slot, wrong === null ? 'vacant' : 'retired');
      return wrong;
    },
    abandon() {
      ledger.uncertainCount += 1;
      slots.settle(slot, 'retired');
    },
  };
}
