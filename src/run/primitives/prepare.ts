import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../stats/random.ts';
import { writeFileAtomically } from '../../store/write-file.ts';

export const integerCount = 1_000_000;

/** The file that every language sorts, and what it must look like afterwards. */
export interface PrimitiveData {
  readonly path: string;
  /** SHA-256 of the sorted integers, little endian. */
  readonly sortedHash: string;
}

/** Writes the blog post's integers where they are not there yet, or not as they must be (cut short, changed). */
export async function preparePrimitiveData(cacheDir: string, seed: number): Promise<PrimitiveData> {
  const integers = drawIntegers(seed);
  const bytes = littleEndian(integers);
  const path = join(cacheDir, 'primitives', `integers-${seed}.bin`);
  const found = await readFile(path).catch(() => null);
  if (found === null || !found.equals(bytes)) {
    await mkdir(join(cacheDir, 'primitives'), { recursive: true });
    await writeFileAtomically(path, bytes);
  }
  return { path, sortedHash: sha256(littleEndian(integers.sort())) };
}

function drawIntegers(seed: number): Int32Array {
  const random = createRandom(seed);
  return Int32Array.from({ length: integerCount }, () => random.uint32() | 0);
}

function littleEndian(integers: Int32Array): Buffer {
  const bytes = Buffer.alloc(integers.length * 4);
  integers.forEach((value, index) => {
    bytes.writeInt32LE(value, index * 4);
  });
  return bytes;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
