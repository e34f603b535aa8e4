import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import { vectorSizeBytes } from '../dataset.ts';
import type { Aggregations, VectorOwner } from './aggregations.ts';
import { wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { wrongEtag } from './file-answer.ts';
import { seededVectorBlock } from './seeded-bytes.ts';

/**
 * GET /files/{id}/content of a user's newest result, the users in turn; of the user's first vector, which is as long,
 * while there is no result. All bytes are checked.
 */
export function readResult(seed: number, { owners }: Aggregations): Draw {
  const blocks = owners.map(({ vectorIds }) => vectorIds.map((id) => seededVectorBlock(seed, id)));
  const vectors = blocks.map(([first]) => first as Buffer);
  const means = blocks.map(meanOf);
  let turn = 0;
  return () => {
    const at = turn;
    const owner = owners[at] as VectorOwner;
    turn = (turn + 1) % owners.length;
    return owner.resultFileId === null
      ? contentOf(owner, owner.vectorIds[0] as string, vectors[at] as Buffer)
      : contentOf(owner, owner.resultFileId, means[at] as Buffer);
  };
}

function contentOf(owner: VectorOwner, fileId: string, block: Buffer): Operation {
  return {
    name: 'read-result',
    request: { method: 'GET', path: `/files/${fileId}/content`, headers: owner.headers.plain, body: null },
    check: (response) => wrongStatus(response, 200) ?? wrongEtag(response, 1) ?? wrongBytes(response, block),
    abandon() {},
  };
}

/** Vectors repeat a block of 64 bytes, and so does their mean. */
function wrongBytes({ body }: WorkloadResponse, block: Buffer): string | null {
  if (body.length !== vectorSizeBytes) return `body of ${body.length} instead of ${vectorSizeBytes} bytes`;
  const repeats = Buffer.compare(body.subarray(block.length), body.subarray(0, -block.length)) === 0;
  return repeats && block.equals(body.subarray(0, block.length)) ? null : 'bytes are not the expected ones';
}

/** Summed in float64 in the order of the files, divided, rounded to float32: as the contract has it. */
function meanOf(blocks: readonly Buffer[]): Buffer {
  const mean = Buffer.alloc((blocks[0] as Buffer).length);
  for (let at = 0; at < mean.length; at += 4) {
    const sum = blocks.reduce((total, block) => total + block.readFloatLE(at), 0);
    mean.writeFloatLE(sum / blocks.length, at);
  }
  return mean;
}
