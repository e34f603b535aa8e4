import type { BuildFailureFacts, ComparedRun, Comparison, RunComparison } from '../model/comparison.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import { adjusted } from './adjust.ts';
import { cellsOf, trialsIn } from './cell.ts';
import { cellComparisons } from './cell-comparison.ts';
import type { CompareOptions } from './options.ts';
import { outcomeOf } from './outcome.ts';
import { primaryCells } from './primary-cell.ts';
import { refusalOf } from './setting.ts';
import { unmeasuredCells } from './unmeasured.ts';
import { covers, waived } from './waive.ts';
import { machineLabel } from './words.ts';

/**
 * Every metric of every cell of two runs, and what it comes to. Pure: same files, same verdicts. What cannot be compared
 * is a verdict with its reason, never an error. An A/A run's two sides must have run ids of their own.
 */
export function compareRuns(base: RunResult, head: RunResult, options: CompareOptions): RunComparison {
  const cells = [...cellsOf([head, base]), ...unmeasuredCells(base, head)];
  const both = cells.filter((cell) => trialsIn(base, cell).length > 0 && trialsIn(head, cell).length > 0);
  const primary = primaryCells(both, options.policy);
  const refusal = refusalOf(base, head);
  const raw = cells.flatMap((cell) => cellComparisons({ base, head, cell, primary, refusal, options }));
  const comparisons = adjusted(raw, options.policy).map((comparison) => waived(comparison, options));
  return {
    base: describe(base),
    head: describe(head),
    comparisons,
    familyCount: familyCount(comparisons),
    alpha: options.policy.alpha,
    outcome: outcomeOf(comparisons),
    buildFailures: [...buildFailures('base', base), ...buildFailures('head', head)],
    warnings: [...sidesWarnings(base, head), ...waiverWarnings(comparisons, options)],
  };
}

function familyCount(comparisons: readonly Comparison[]): number {
  return comparisons.filter(({ role, change }) => role === 'gated' && change !== null && change.method !== 'counts')
    .length;
}

function describe({ runId, commit, startedAt, machine, state }: RunResult): ComparedRun {
  return {
    runIds: [runId],
    commit: commit === null ? null : { ...commit, sha: commit.sha.slice(0, 10) },
    startedAt,
    machineId: machine.id,
    machineLabel: machineLabel(machine),
    state,
  };
}

function buildFailures(side: BuildFailureFacts['side'], { implementations }: RunResult): BuildFailureFacts[] {
  return implementations.flatMap((one) =>
    one.status === 'failed'
      ? [{ side, implementation: one.manifest.id, message: one.message, logTail: one.logTail }]
      : [],
  );
}

function sidesWarnings(base: RunResult, head: RunResult): Warning[] {
  return [base, head].flatMap((run, index) => cutShort(run, index === 0 ? 'base' : 'head'));
}

function waiverWarnings(comparisons: readonly Comparison[], { waivers, today }: CompareOptions): Warning[] {
  const ended = waivers
    .filter(({ until }) => until < today)
    .map(({ cell, until }) => ({
      code: 'waiver-ended',
      message: `the waiver of ${cell} ended on ${until}`,
      advice: 'Remove it, or renew it with a reason.',
    }));
  const idle = waivers.filter(({ cell, until }) => until >= today && !comparisons.some(({ id }) => covers(cell, id)));
  if (idle.length === 0) return ended;
  const message = `nothing compared here is covered by the waiver of ${idle.map(({ cell }) => cell).join(', nor by that of ')}`;
  return [
    ...ended,
    {
      code: 'waiver-idle',
      message,
      advice: 'Is the id right? An implementation that was not measured needs no change.',
    },
  ];
}

function cutShort({ state, trials, plannedTrialCount }: RunResult, side: string): Warning[] {
  if (state === 'complete') return [];
  const message = `${side} was cut short after ${trials.length} of ${plannedTrialCount} planned trials: what there is, is compared`;
  return [{ code: 'cut-short', message, advice: null }];
}
