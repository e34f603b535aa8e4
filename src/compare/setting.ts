import type { GeneratorReport } from '../model/load-result.ts';
import type { Machine, RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';

/** A field in which two sides differ, though nobody asked for it. */
export interface Difference {
  /** As in the result file: `machine.kernel`, `spec.profile.connectionCount`. */
  readonly field: string;
  readonly base: string;
  readonly head: string;
}

export function differenceText({ field, base, head }: Difference): string {
  return `${field} differs: base ${base}, head ${head}`;
}

/** Why nothing of the two can be compared; null: something can. */
export type Refusal = { readonly field: string | null; readonly reason: string } | null;

export function refusalOf(base: RunResult, head: RunResult): Refusal {
  if (base.runId === head.runId) return { field: 'runId', reason: `base and head are the same run (${base.runId})` };
  const [first, ...others] = runDifferences(base, head);
  return first === undefined ? null : { field: first.field, reason: refusalText(first, others) };
}

function refusalText(first: Difference, others: readonly Difference[]): string {
  const more = others.length === 0 ? '' : `; and ${others.map(({ field }) => field).join(', ')}`;
  return `${first.field} differs: base ${first.base}, head ${first.head}${more}`;
}

/** What of the whole run differs: the machine, its hidden settings, the harness and its driver, the database. */
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

function generatorSettings({ pacer, threadCount, niceness }: GeneratorReport) {
  return { pacer, threadCount, niceness };
}

function trialSettings({ spec, measurement }: Trial): Settings {
  if (measurement === null) return flatten({ spec: specSettings(spec) });
  const { cpu, memory, sampleIntervalMs } = measurement.probe;
  const generator = measurement.load?.generator ?? null;
  return flatten({
    spec: specSettings(spec),
    probe: { cpu, memory, sampleIntervalMs },
    generator: generator === null ? null : generatorSettings(generator),
  });
}

function specSettings({ implementation, repetition, attempt, slot, pair, ...settings }: TrialSpec): object {
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
    // A side in which nothing was measured cannot tell how it was.
    if (ofBase.length === 0 || ofHead.length === 0) return isMeasured(field) ? [] : [named(field, ofBase, ofHead)];
    return [named(field, ofBase, ofHead)];
  });
}

function valuesOf(side: readonly Settings[], field: string): string[] {
  return [...new Set(side.flatMap((settings) => settings.get(field) ?? []))];
}

function isMeasured(field: string): boolean {
  return field.startsWith('probe.') || field.startsWith('generator.');
}

function named(field: string, base: readonly string[], head: readonly string[]): Difference {
  const text = (values: readonly string[]) => (values.length === 0 ? 'unknown' : values.join(' and '));
  return { field, base: text(base), head: text(head) };
}
