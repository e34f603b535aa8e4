import type { Primitive, PrimitiveLanguage, PrimitiveSpec } from '../../model/primitive.ts';
import type { ConformancePart } from '../conform/subject.ts';
import { loadPrimitives } from '../declarations.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { measurePrimitive } from './measure-case.ts';
import { primitivesContractVersion } from './plan.ts';
import { preparePrimitiveData } from './prepare.ts';

/** As short as it can be: what is looked at is whether the result is right. */
const minimalPlan: PrimitiveSpec['plan'] = {
  sampleCount: 1,
  minSampleMs: 1,
  warmupMs: 0,
  budgetMs: 1,
  memoryLimitBytes: 2 * 2 ** 30,
};
/** Larger memory sizes show no more of a runner than these. */
const maxCheckedSize = 10;

/** Every case of a runner once, a part a primitive: does it print what the contract asks, and does it do what it says? */
export async function* conformToPrimitives(
  preparedImplementation: PreparedImplementation,
  seed: number,
  session: Session,
): AsyncGenerator<ConformancePart> {
  const data = await preparePrimitiveData(session.cacheDir, seed);
  for (const primitive of await loadPrimitives([])) {
    const failures: string[] = [];
    const specs = casesOf(primitive, preparedImplementation, seed);
    for (const spec of specs) {
      const result = await measurePrimitive({ spec, primitive, preparedImplementation, session, data });
      if (result.status === 'failed') failures.push(`${caseName(spec)}: ${result.code}: ${result.message}`);
    }
    yield { title: primitive.id, checkCount: specs.length, failures, notChecked: null };
  }
}

function casesOf(primitive: Primitive, { located }: PreparedImplementation, seed: number): PrimitiveSpec[] {
  const { id, language } = located.implementation;
  const cases = primitive.cases[language as PrimitiveLanguage] ?? [];
  const sizes =
    primitive.kind === 'memory' ? primitive.sizes.filter((size) => size <= maxCheckedSize) : primitive.sizes;
  return cases.flatMap(({ id: caseId }) =>
    (sizes.length === 0 ? [null] : sizes).map((size) => ({
      implementation: id,
      contractVersion: primitivesContractVersion,
      primitive: primitive.id,
      primitiveVersion: primitive.version,
      caseId,
      size,
      repetition: 1,
      position: 0,
      seed,
      plan: minimalPlan,
    })),
  );
}

function caseName({ caseId, size }: PrimitiveSpec): string {
  return size === null ? caseId : `${caseId} ${size}`;
}
