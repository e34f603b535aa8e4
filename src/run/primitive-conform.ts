import type { Primitive, PrimitiveLanguage } from '../model/primitive.ts';
import type { PrimitiveSpec } from '../model/primitive-result.ts';
import type { ConformancePart } from './conform.ts';
import { loadPrimitives } from './declarations.ts';
import type { Startable } from './prepare.ts';
import { measurePrimitive } from './primitive-case.ts';
import { preparePrimitiveData } from './primitive-data.ts';
import { primitivesContractVersion } from './primitive-plan.ts';
import type { Session } from './session.ts';

/** As short as it can be: what is looked at is whether the result is right. */
const briefest: PrimitiveSpec['profile'] = {
  sampleCount: 1,
  sampleMs: 1,
  warmupMs: 0,
  budgetMs: 1,
  memoryLimitBytes: 2 * 2 ** 30,
};
/** Larger memory sizes show no more of a runner than these. */
const largestHeld = 10;

/** Every case of a runner once, a part a primitive: does it print what the contract asks, and does it do what it says? */
export async function* conformToPrimitives(
  startable: Startable,
  seed: number,
  session: Session,
): AsyncGenerator<ConformancePart> {
  const data = await preparePrimitiveData(session.cacheDir, seed);
  for (const primitive of await loadPrimitives([])) {
    const failures: string[] = [];
    const specs = casesOf(primitive, startable, seed);
    for (const spec of specs) {
      const result = await measurePrimitive({ spec, primitive, startable, session, data });
      if (result.status === 'failed') failures.push(`${caseName(spec)}: ${result.code}: ${result.message}`);
    }
    yield { title: primitive.id, checkCount: specs.length, failures, notChecked: null };
  }
}

function casesOf(primitive: Primitive, { located }: Startable, seed: number): PrimitiveSpec[] {
  const { id, language } = located.implementation;
  const variants = primitive.variants[language as PrimitiveLanguage] ?? [];
  const sizes = primitive.kind === 'memory' ? primitive.sizes.filter((size) => size <= largestHeld) : primitive.sizes;
  return variants.flatMap((variant) =>
    (sizes.length === 0 ? [null] : sizes).map((size) => ({
      implementation: id,
      contractVersion: primitivesContractVersion,
      primitive: primitive.id,
      primitiveVersion: primitive.version,
      variant: variant.id,
      size,
      repetition: 1,
      slot: 0,
      seed,
      profile: briefest,
    })),
  );
}

function caseName({ variant, size }: PrimitiveSpec): string {
  return size === null ? variant : `${variant} ${size}`;
}
