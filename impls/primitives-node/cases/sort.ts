import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parallelSort } from '../parallel-sort.mjs';
import { BadSetting, type Settings } from '../settings.ts';
import type { TimedCase } from '../timed-case.ts';

export const cases = { workers };

const integerBytes = 4;
const integerCount = 1_000_000;

async function workers({ size, dataFile }: Settings): Promise<TimedCase> {
  const unsorted = await readIntegers(dataFile);
  const integers = sharedIntegers();
  let sortedCount = 0;
  return {
    isAsync: true,
    fixedCount: 1,
    prepare: () => integers.set(unsorted),
    async run() {
      const auxiliary = sharedIntegers();
      await parallelSort({ integers, auxiliary, low: 0, high: integers.length, partCount: size });
      if (isSorted(integers)) sortedCount += 1;
    },
    async finish() {
      return { doneCount: sortedCount, hash: createHash('sha256').update(littleEndian(integers)).digest('hex') };
    },
  };
}

function sharedIntegers(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(integerCount * integerBytes));
}

/** Every hundredth neighbour: enough to see that a sort did something, too little to be measured. The hash sees the rest. */
function isSorted(integers: Int32Array): boolean {
  for (let at = 100; at < integers.length; at += 100) if ((integers[at - 100] ?? 0) > (integers[at] ?? 0)) return false;
  return true;
}

async function readIntegers(path: string): Promise<Int32Array> {
  const bytes = await readFile(path);
  if (bytes.length !== integerCount * integerBytes)
    throw new BadSetting(`DATA_FILE holds ${bytes.length} bytes instead of ${integerCount * integerBytes}`);
  return Int32Array.from({ length: integerCount }, (_, index) => bytes.readInt32LE(index * integerBytes));
}

function littleEndian(integers: Int32Array): Buffer {
  const bytes = Buffer.alloc(integers.length * integerBytes);
  integers.forEach((value, index) => {
    bytes.writeInt32LE(value, index * integerBytes);
  });
  return bytes;
}
