import { totalmem } from 'node:os';
import type { Implementation } from '../../model/implementation.ts';
import type {
  Primitive,
  PrimitiveLanguage,
  PrimitivePlan,
  PrimitiveResult,
  PrimitiveSpec,
} from '../../model/primitive.ts';
import { createRandom, type Random, shuffled } from '../../stats/random.ts';
import type { Declarations } from '../declarations.ts';

/** Of bench/primitives/contract.md: results of different versions are never compared. */
export const primitivesContractVersion = 1;

interface PrimitivePlanInput {
  readonly primitivePlan: PrimitivePlan;
  readonly primitives: readonly Primitive[];
  /** Ready runners. */
  readonly runners: readonly { readonly id: string; readonly language: string }[];
  readonly seed: number;
  readonly random: Random;
}

/** A small machine must not be driven into its own limit by a case. */
const maxMemoryShare = 0.5;

/** The cases of a scenario, for the implementations that are runners of primitives. */
export function planCases(
  { scenario, primitives }: Declarations,
  implementations: readonly Implementation[],
): PrimitiveSpec[] {
  if (scenario.primitives === null) return [];
  const runners = implementations.filter(({ service }) => service === 'primitives');
  const { primitives: declared, seed } = scenario;
  const memoryLimitBytes = Math.min(declared.memoryLimitBytes, Math.floor(totalmem() * maxMemoryShare));
  const primitivePlan = { ...declared, memoryLimitBytes };
  return planPrimitives({ primitivePlan, primitives, runners, seed, random: createRandom(seed) });
}

/** Of a case in the plan: the primitive that it measures. */
export function primitiveOf({ primitive }: PrimitiveSpec, { primitives }: Declarations): Primitive {
  return primitives.find(({ id }) => id === primitive) as Primitive;
}

export function expectedMs(spec: PrimitiveSpec, declarations: Declarations): number {
  return primitiveMs(spec, primitiveOf(spec, declarations).kind);
}

/**
 * The cases of a run in their order: one repetition of everything after another; within it each primitive by ascending
 * size, and at each size everybody once, in a seeded order of its own.
 */
export function planPrimitives(input: PrimitivePlanInput): PrimitiveSpec[] {
  const specs: PrimitiveSpec[] = [];
  for (let repetition = 1; repetition <= input.primitivePlan.repetitionCount; repetition += 1) {
    for (const primitive of input.primitives) {
      for (const size of primitive.sizes.length === 0 ? [null] : primitive.sizes) {
        const round = shuffled(casesOf(primitive, input.runners), input.random.below);
        for (const one of round)
          specs.push(spec(input, primitive, { ...one, size, repetition, position: specs.length }));
      }
    }
  }
  return specs;
}

function casesOf(primitive: Primitive, runners: PrimitivePlanInput['runners']) {
  return runners.flatMap(({ id, language }) =>
    (primitive.cases[language as PrimitiveLanguage] ?? []).map((one) => ({ implementation: id, caseId: one.id })),
  );
}

function spec(
  { primitivePlan, seed }: PrimitivePlanInput,
  primitive: Primitive,
  one: Pick<PrimitiveSpec, 'implementation' | 'caseId' | 'size' | 'repetition' | 'position'>,
): PrimitiveSpec {
  const { ids, repetitionCount, ...plan } = primitivePlan;
  return {
    contractVersion: primitivesContractVersion,
    primitive: primitive.id,
    primitiveVersion: primitive.version,
    ...one,
    seed,
    plan,
  };
}

/**
 * Why a case need not be tried: a smaller size of the same case has failed, in whichever repetition. Only for memory:
 * there a failure is where the machine's (or the stated) limit lies.
 */
export function skipReason(spec: PrimitiveSpec, primitive: Primitive, done: readonly PrimitiveResult[]): string | null {
  if (primitive.kind !== 'memory' || spec.size === null) return null;
  const failed = done.find(
    ({ status, spec: other }) =>
      status === 'failed' &&
      other.implementation === spec.implementation &&
      other.primitive === spec.primitive &&
      other.caseId === spec.caseId &&
      (other.size ?? 0) <= (spec.size ?? 0),
  );
  return failed === undefined ? null : `it has failed at ${failed.spec.size}`;
}

/** What a case costs beside its samples: a process, its start, its end. */
const caseOverheadMs = 350;

/** Expected wall time, at a guess: calibration takes about as long as the warm-up. */
function primitiveMs({ plan }: PrimitiveSpec, kind: Primitive['kind']): number {
  if (kind === 'memory') return caseOverheadMs + 400;
  return caseOverheadMs + 2 * plan.warmupMs + Math.min(plan.budgetMs, plan.sampleCount * plan.minSampleMs);
}
