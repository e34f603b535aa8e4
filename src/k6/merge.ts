import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import type { Acknowledged } from '../model/workload.ts';
import { parseJsonText } from '../os/json-text.ts';
import {
  acknowledgedNames,
  boundsMs,
  bucketName,
  type ExactFigures,
  exactStats,
  histograms,
  type Outcome,
  outcomeName,
  outcomes,
  plannedCount,
} from './plan.ts';

const count = z.int().nonnegative();
/** Of `Date`. */
const lastDateMs = 8.64e15;
export const planSchema = z.strictObject({
  ...{ service: z.string(), workload: z.string(), workloadVersion: count, contractVersion: count },
  ...{ description: z.string(), operations: z.array(z.string()).min(1).readonly(), target: z.string() },
  ...{ ratePerSec: z.number().positive(), measureMs: z.number().positive(), timeoutMs: z.number().positive() },
  ...{ workerCount: z.int().positive(), databaseConnectionCount: z.int().positive() },
  ...{ warmupCount: count, warmupRatePerSec: z.number().positive(), virtualUserCount: count, seed: count },
  ignoresBodies: z.boolean(),
  firstIteration: count,
});
const summarySchema = z.object({
  format: z.literal('paceline-k6'),
  version: z.literal(1),
  script: z.object({ declared: z.string(), actual: z.string() }),
  plan: planSchema.refine((plan) => Number.isSafeInteger(plannedCount(plan)), 'more requests than can be counted'),
  /** Of 1, as k6 has it: `1/3:2/3`. */
  segment: z
    .string()
    .regex(/^\d+(\/[1-9]\d*)?:\d+(\/[1-9]\d*)?$/)
    .refine(isPart, 'a part of 1'),
  boundsMs: z.array(z.number()),
  counts: z
    .record(z.string(), count)
    .refine(({ paceline_started_at_ms: ms = 0 }) => ms <= lastDateMs, 'a start that is a date'),
  /** Of this instance alone; where nothing was answered there is none. */
  exact: z.partialRecord(z.enum(histograms), z.record(z.enum(exactStats), z.number()).nullable().catch(null)),
});

function isPart(segment: string): boolean {
  const [from = 0, to = 0] = segment.split(':').map(fraction);
  return from < to && to <= 1;
}

/** What one instance of an exported script says at its end. */
export interface InstanceSummary extends z.infer<typeof summarySchema> {
  /** The file it was read from. */
  readonly source: string;
}

/** Upper and lower bound of the counter that a percentile is in; `highMs` null: above the last bound. */
export interface PercentileRange {
  readonly lowMs: number;
  readonly highMs: number | null;
}

type Distribution = Readonly<Record<'p50' | 'p90' | 'p99' | 'p999', PercentileRange | null>> & {
  readonly count: number;
  /** By the places of `boundsMs`. */
  readonly buckets: readonly number[];
  /** null: of several instances, whose percentiles do not add up. */
  readonly exact: ExactFigures | null;
};

export interface MergedLoad {
  readonly generator: 'k6';
  readonly instanceCount: number;
  readonly plan: InstanceSummary['plan'];
  readonly scriptHash: string;
  /** Of the first instance, by its own clock; null: none sent anything. */
  readonly startedAtMs: number | null;
  /** When each instance started after the first: their clocks' difference is in it. null: it sent nothing. */
  readonly startSkewMs: readonly {
    readonly source: string;
    readonly segment: string;
    readonly skewMs: number | null;
  }[];
  readonly scheduledCount: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly operations: Readonly<Record<string, Readonly<Record<Outcome, number>>>>;
  readonly droppedCount: number;
  readonly boundsMs: readonly number[];
  readonly response: Distribution;
  readonly service: Distribution;
  readonly sendDelay: Distribution;
  readonly acknowledged: Acknowledged;
  readonly warmupSentCount: number;
  /** As k6 calls itself to the target; null: unknown. */
  readonly version: string | null;
}

const mark = '{"format":"paceline-k6"';

/** Reads a summary, or a log that has one in a line of its own. Throws HarnessError bad-result-file that names the file. */
export function readSummary(text: string, source: string): InstanceSummary {
  const lines = text.split('\n').flatMap((line) => (line.includes(mark) ? [line.slice(line.indexOf(mark))] : []));
  const [line, another] = lines;
  if (line === undefined)
    throw bad(`${source} ${foreignText(text)}`, 'name what an exported script wrote to SUMMARY, or its log');
  if (another !== undefined && another.trim() !== line.trim())
    throw bad(`${source} has ${lines.length} summaries`, 'give the log of one instance and one run');
  const checked = summarySchema.safeParse(parsed(line));
  if (!checked.success)
    throw bad(
      `${source} is damaged: ${checked.error.issues[0]?.path.join('.') || 'it is not whole JSON'}`,
      'take it from its source again',
    );
  return { ...checked.data, source };
}

function parsed(line: string): unknown {
  try {
    return parseJsonText(line.trim());
  } catch {
    return null;
  }
}

function foreignText(text: string): string {
  const value = Object(parsed(text)) as { metrics?: unknown; root_group?: unknown };
  if (value.root_group !== undefined && value.metrics !== undefined)
    return 'is what k6 writes for --summary-export: its thresholds are inverted (true means failed) and its percentiles cannot be merged';
  if (text.includes('paceline-k6'))
    return 'has the summary of an exported script, but not as the one line that was written (was it reformatted?)';
  return 'has no summary of an exported script (did the instance die before its end?)';
}

/** All instances as one load. Throws HarnessError usage where they are not all instances of one run of one script as it was exported. */
export function mergeInstances(instances: readonly InstanceSummary[]): MergedLoad {
  const [first] = instances;
  if (first === undefined) throw new RangeError('nothing to merge');
  for (const one of instances) assertSameRun(first, one);
  assertWhole(instances);
  const total = (name: string) => instances.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0);
  const { plan, script } = first;
  const operations = Object.fromEntries(
    plan.operations.map((name, place) => [name, byOutcome((outcome) => total(outcomeName(place, outcome)))]),
  );
  const counts = byOutcome((outcome) => Object.values(operations).reduce((sum, own) => sum + own[outcome], 0));
  const starts = instances.map((one) => one.counts.paceline_started_at_ms ?? 0);
  const known = starts.filter((ms) => ms > 0);
  const startedAtMs = known.length === 0 ? null : Math.min(...known);
  const [response, service, sendDelay] = histograms.map((one) => ({
    ...distribution([...boundsMs, null].map((_, place) => total(bucketName(one, place)))),
    exact: instances.length === 1 ? (first.exact[one] ?? null) : null,
  })) as [Distribution, Distribution, Distribution];
  const load = {
    ...{ generator: 'k6' as const, instanceCount: instances.length, plan, scriptHash: script.actual, startedAtMs },
    startSkewMs: instances.map(({ source, segment }, index) => ({
      source,
      segment,
      skewMs: startedAtMs === null || !starts[index] ? null : starts[index] - startedAtMs,
    })),
    ...{ scheduledCount: plannedCount(plan), counts, operations, droppedCount: total('dropped_iterations') },
    ...{ boundsMs, response, service, sendDelay },
    warmupSentCount: total('paceline_warmed_up'),
    version: versionOf(instances),
    acknowledged: {
      createdCount: total(acknowledgedNames.createdCount),
      deletedCount: total(acknowledgedNames.deletedCount),
      uncertainCount: total(acknowledgedNames.uncertainCount),
    },
  };
  assertNotMoreThanDue(load);
  return load;
}

/** null: unknown, or instances differ. */
function versionOf(instances: readonly InstanceSummary[]): string | null {
  const [code, ...others] = new Set(instances.map(({ counts }) => counts.paceline_k6_version ?? 0));
  if (!code || others.length > 0) return null;
  return [Math.floor(code / 1e6), Math.floor(code / 1e3) % 1e3, code % 1e3].join('.');
}

function assertNotMoreThanDue({ counts, scheduledCount, ...histograms }: MergedLoad): void {
  const endedCount = Object.values(counts).reduce((sum, one) => sum + one, 0);
  if (endedCount > scheduledCount)
    throw usage(
      `${endedCount} requests have an outcome, and ${scheduledCount} were due: this is more than one run`,
      'give the files of one run, each once',
    );
  const timedCount = Math.max(histograms.response.count, histograms.service.count, histograms.sendDelay.count);
  if (timedCount > scheduledCount)
    throw usage(
      `${timedCount} latencies were counted, and ${scheduledCount} requests were due: a file is damaged`,
      'take the files from their source again',
    );
}

function byOutcome(read: (outcome: Outcome) => number): Record<Outcome, number> {
  return Object.fromEntries(outcomes.map((outcome) => [outcome, read(outcome)])) as Record<Outcome, number>;
}

function assertSameRun(first: InstanceSummary, one: InstanceSummary): void {
  if (one.script.actual !== one.script.declared)
    throw usage(
      `${one.source}: the script was changed after it was exported`,
      'export it again with the change, and run that',
    );
  if (one.script.actual === first.script.actual && one.plan.target !== first.plan.target)
    throw usage(
      `${first.source} was sent to ${first.plan.target}, and ${one.source} to ${one.plan.target}`,
      'give the summaries of one run; one run has one target',
    );
  if (one.script.actual !== first.script.actual || JSON.stringify(one.plan) !== JSON.stringify(first.plan))
    throw usage(`${first.source} and ${one.source} are of two scripts`, 'give the summaries of one run');
  if (JSON.stringify(one.boundsMs) !== JSON.stringify(boundsMs))
    throw usage(`${one.source} has other bounds than this paceline`, 'import it with the paceline that exported it');
}

/** Parts that are there twice or leave a gap. */
function assertWhole(instances: readonly InstanceSummary[]): void {
  const parts = instances
    .map(({ segment, source }) => ({ source, segment, ends: segment.split(':').map(fraction) as [number, number] }))
    .sort((a, b) => a.ends[0] - b.ends[0]);
  let reached = 0;
  for (const { source, segment, ends } of parts) {
    if (ends[0] < reached - tiny)
      throw usage(`${source}: part ${segment} of the load is there twice`, 'give each instance of one run once');
    if (ends[0] > reached + tiny) throw missing(reached, ends[0]);
    reached = ends[1];
  }
  if (reached < 1 - tiny) throw missing(reached, 1);
}

const tiny = 1e-6;

function fraction(text: string): number {
  const [part = 0, whole = 1] = text.split('/').map(Number);
  return part / whole;
}

function missing(from: number, to: number): HarnessError {
  const percents = [from, to].map((place) => `${(100 * place).toFixed(1)} %`).join(' to ');
  return usage(
    `the part from ${percents} of the load has no summary`,
    'give the summaries of all instances; one that died has none: run again',
  );
}

function distribution(buckets: readonly number[]): Omit<Distribution, 'exact'> {
  const total = buckets.reduce((sum, one) => sum + one, 0);
  const at = (ratio: number, minCount: number) => (total < minCount ? null : percentile(buckets, ratio * total));
  return { count: total, p50: at(0.5, 1), p90: at(0.9, 100), p99: at(0.99, 1_000), p999: at(0.999, 10_000), buckets };
}

function percentile(buckets: readonly number[], rank: number): PercentileRange {
  let below = 0;
  const place = buckets.findIndex((one) => {
    below += one;
    return below >= rank - 1e-9;
  });
  return { lowMs: boundsMs[place - 1] ?? 0, highMs: boundsMs[place] ?? null };
}

function usage(message: string, remedy: string): HarnessError {
  return new HarnessError('usage', message, remedy);
}

function bad(message: string, remedy: string): HarnessError {
  return new HarnessError('bad-result-file', message, remedy);
}
