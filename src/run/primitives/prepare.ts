import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrimitiveResult, PrimitiveSpec } from '../../model/primitive.ts';
import { createRandom } from '../../stats/random.ts';
import { writeFileAtomically } from '../../store/write-file.ts';
import type { Declarations } from '../declarations.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { measurePrimitive } from './measure-case.ts';
import { expectedMs, planCases, primitiveOf, skipReason } from './plan.ts';

/** The cases of a run, ready to be measured. */
export interface PreparedPrimitives {
  readonly specs: readonly PrimitiveSpec[];
  expectedMs(spec: PrimitiveSpec): number;
  /** Why it need not be tried after those that are done; null: it is. */
  skipReason(spec: PrimitiveSpec, done: readonly PrimitiveResult[]): string | null;
  measure(spec: PrimitiveSpec): Promise<PrimitiveResult>;
}

export async function preparePrimitives(
  declarations: Declarations,
  preparedById: ReadonlyMap<string, PreparedImplementation>,
  session: Session,
): Promise<PreparedPrimitives> {
  const implementations = [...preparedById.values()].map(({ located }) => located.implementation);
  const { primitives, scenario } = declarations;
  const needsData = primitives.some(({ usesData }) => usesData);
  const data = needsData ? await preparePrimitiveData(session.cacheDir, scenario.seed) : null;
  return {
    specs: planCases(declarations, implementations),
    expectedMs: (spec) => expectedMs(spec, declarations),
    skipReason: (spec, done) => skipReason(spec, primitiveOf(spec, declarations), done),
    measure: (spec) =>
      measurePrimitive({
        ...{ spec, session, data },
        primitive: primitiveOf(spec, declarations),
        preparedImplementation: preparedById.get(spec.implementation) as PreparedImplementation,
      }),
  };
}

export const integerCount = 1_000_000;

/** The file that every language sorts, and what it must be afterwards. */
interface PrimitiveData {
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
