import { HarnessError } from '../model/harness-error.ts';
import type { MeasuredLoad } from '../model/load-result.ts';
import type { Machine, RunResult } from '../model/run-result.ts';
import type { Measurement, Trial, TrialSpec } from '../model/trial.ts';

/** A field in which two sides differ, though nobody asked for it. */
export interface Difference {
  /** As in the result file: `machine.kernel`, `spec.loadPlan.connectionCount`. */
  readonly field: string;
  readonly base: string;
  readonly head: string;
}

export function differenceText({ field, base, head }: Difference): string {
  return `${field} differs: base ${base}, head ${head}`;
}

/** Why nothing of the two can be compared; null: something can. */
export type Incomparability = { readonly field: string | null; readonly reason: string } | null;

export function incomparabilityOf(base: RunResult, head: RunResult): Incomparability {
  if (base.runId === head.runId) return { field: 'runId', reason: `base and head are the same run (${base.runId})` };
  const [first, ...others] = runDifferences(base, head);
  return first === undefined ? null : { field: first.field, reason: incomparabilityText(first, others) };
}

function incomparabilityText(first: Difference, others: readonly Difference[]): string {
  const more = others.length === 0 ? '' : `; and ${others.map(({ field }) => field).join(', ')}`;
  return `${first.field} differs: base ${first.base}, head ${first.head}${more}`;
}

/** What of the whole run differs: the machine, its system settings, the harness and its generator, the database. */
export function runDifferences(base: RunResult, head: RunResult): Difference[] {
  return differences([runSettings(base)], [runSettings(head)]);
}

function runSettings({ machine, versions, database }: RunResult): Settings {
  return flatten({ machine: machineSettings(machine), versions, database });
}

/** Memory in whole GiB, as in the machine's id: a kernel's own share of it differs from boot to boot. */
function machineSettings({ memoryBytes, hypervisor, ...machine }: Machine): object {
  return { ...machine, memoryGib: Math.round(memoryBytes / 2 ** 30) };
}

/**
 * What of one cell differs, between the sides or within one: every field of a trial's spec that is not what the cell is or
 * which trial it was, and how it was probed and driven.
 */
export function cellDifferences(base: readonly Trial[], head: readonly Trial[]): Difference[] {
  return differences(base.map(trialSettings), head.map(trialSettings));
}

/** Two engines, or two versions of one, are two settings: what they measured is never compared. */
function generatorSettings(usage: MeasuredLoad['generator']) {
  if (usage.engine === 'k6') {
    const { engine, version, instanceCount, virtualUserCount, niceness } = usage;
    return { engine, version, instanceCount, virtualUserCount, niceness };
  }
  const { engine, loop, threadCount, niceness } = usage;
  return { engine, loop, threadCount, niceness };
}

function trialSettings({ spec, measurement }: Trial): Settings {
  if (measurement === null) return flatten({ spec: specSettings(spec) });
  const generator = measurement.load?.generator ?? null;
  return flatten({
    spec: specSettings(spec),
    probe: measurement.probe === null ? null : probeSettings(measurement.probe),
    generator: generator === null ? null : generatorSettings(generator),
  });
}

function probeSettings({ cpu, memory, sampleIntervalMs }: NonNullable<Measurement['probe']>) {
  return { cpu, memory, sampleIntervalMs };
}

function specSettings({ implementation, repetition, attempt, position, pair, ...settings }: TrialSpec): object {
  return settings;
}

type Settings = ReadonlyMap<string, string>;

/** Each leaf by its path; null and empty are leaves too. */
function flatten(value: object, path = ''): Settings {
  const entries = Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return [[at, JSON.stringify(inner)]];
    return [...flatten(inner, at)];
  });
  return new Map(entries);
}

function differences(base: readonly Settings[], head: readonly Settings[]): Difference[] {
  const fields = new Set([...base, ...head].flatMap((settings) => [...settings.keys()]));
  return [...fields].flatMap((field) => {
    const [ofBase, ofHead] = [valuesOf(base, field), valuesOf(head, field)];
    if (ofBase.length <= 1 && ofHead.length <= 1 && ofBase[0] === ofHead[0]) return [];
    // A side in which nothing was measured cannot say how it was.
    if (ofBase.length === 0 || ofHead.length === 0)
      return isMeasured(field) ? [] : [differenceIn(field, ofBase, ofHead)];
    return [differenceIn(field, ofBase, ofHead)];
  });
}

function valuesOf(side: readonly Settings[], field: string): string[] {
  return [...new Set(side.flatMap((settings) => settings.get(field) ?? []))];
}

function isMeasured(field: string): boolean {
  return field.startsWith('probe.') || field.startsWith('generator.');
}

function differenceIn(field: string, base: readonly string[], head: readonly string[]): Difference {
  const text = (values: readonly string[]) => (values.length === 0 ? 'unknown' : values.join(' and '));
  return { field, base: text(base), head: text(head) };
}

/**
 * Several runs of one commit on one machine as one: all their trials, each run's repetitions counted on from the last one's.
 * Throws HarnessError usage where commit, machine or a setting differ, and names the field; `source` says where they are from.
 */
export function poolRuns(runs: readonly RunResult[], source: string): RunResult {
  const [first, ...others] = runs;
  if (first === undefined) throw new HarnessError('usage', `${source} holds no result`, 'name a result file');
  for (const other of others) assertPoolable(first, other, source);
  if (others.length === 0) return first;
  return {
    ...first,
    runId: runs.map(({ runId }) => runId).join(' + '),
    state: runs.every(({ state }) => state === 'complete') ? 'complete' : 'interrupted',
    plannedTrialCount: runs.reduce((sum, run) => sum + run.plannedTrialCount, 0),
    implementations: [
      ...new Map(runs.flatMap((run) => run.implementations).map((one) => [one.manifest.id, one])).values(),
    ],
    trials: runs.flatMap((run, index) => renumberRepetitions(run, repetitionsBefore(runs, index))),
    warnings: runs.flatMap((run) => run.warnings),
  };
}

function assertPoolable(first: RunResult, other: RunResult, source: string): void {
  const shas = [shaOf(first), shaOf(other)];
  if (shas[0] !== shas[1]) {
    throw new HarnessError(
      'usage',
      `${source} holds results of several commits (${shas.map((sha) => sha.slice(0, 10)).join(', ')})`,
      'name a file, or a folder with the results of one commit',
    );
  }
  const [difference] = runDifferences(first, other);
  if (difference === undefined) return;
  throw new HarnessError(
    'usage',
    `${source} holds results that cannot be pooled: ${difference.field} is ${difference.base} and ${difference.head}`,
    'name the files of one machine and setting',
  );
}

function shaOf({ commit }: RunResult): string {
  return commit?.sha ?? 'no commit';
}

function repetitionsBefore(runs: readonly RunResult[], index: number): number {
  return runs
    .slice(0, index)
    .reduce((sum, run) => sum + Math.max(0, ...run.trials.map((trial) => trial.spec.repetition)), 0);
}

function renumberRepetitions(run: RunResult, before: number): RunResult['trials'] {
  return run.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, repetition: trial.spec.repetition + before } }));
}
