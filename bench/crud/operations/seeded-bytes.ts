import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { fileSizeBytes } from '../dataset.ts';

/** The 64 bytes that a seeded body repeats: what service.ts has the database make. */
function blockOf(seed: number, id: string): Buffer {
  return createHash('sha512').update(`${seed} ${id}`).digest();
}

/** The CRC-32 at the end of a seeded file of 4 KiB. */
export function seededCrc(seed: number, id: string): number {
  return crc32(Buffer.alloc(fileSizeBytes - 4, blockOf(seed, id)));
}

/** The first 64 bytes of a seeded vector, which it repeats to its end. */
export function seededVectorBlock(seed: number, id: string): Buffer {
  const block = blockOf(seed, id);
  for (let at = 3; at < block.length; at += 4) block[at] = 0x3f;
  return block;
}
