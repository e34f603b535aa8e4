import { type CellKey, plannedQuestions, trialsIn } from '../model/cell-key.ts';
import type { Verdict } from '../model/comparison.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';
import { isIncorrect } from '../model/trial.ts';

/**
 * What is said of a cell that only one side has, or whose implementation could not be measured or was wrong on one side;
 * null where both sides have trials that may be compared.
 */
export function presenceOf({ base, head, cell }: { base: RunResult; head: RunResult; cell: CellKey }): Verdict | null {
  const [before, after] = [preparationOf(base, cell), preparationOf(head, cell)];
  const wrong = brokenContractVerdict(
    [...failuresOf(before), ...wrongTrials(base, cell)],
    [...failuresOf(after), ...wrongTrials(head, cell)],
  );
  if (wrong !== null) return wrong;
  if (trialsIn(base, cell).length + trialsIn(head, cell).length === 0)
    return unmeasuredVerdict(base, before, head, after);
  if (trialsIn(base, cell).length === 0) return absenceVerdict('base', base, before);
  if (trialsIn(head, cell).length === 0) return absenceVerdict('head', head, after);
  return null;
}

/** Neither side was asked: the one that could not be measured says why. */
function unmeasuredVerdict(
  base: RunResult,
  before: Preparation | null,
  head: RunResult,
  after: Preparation | null,
): Verdict {
  const isLacking = (preparation: Preparation | null) => preparation?.status !== 'ready';
  return isLacking(before) || !isLacking(after)
    ? absenceVerdict('base', base, before)
    : absenceVerdict('head', head, after);
}

function preparationOf(run: RunResult, { implementation }: CellKey): Preparation | null {
  return run.implementations.find(({ manifest }) => manifest.id === implementation) ?? null;
}

/** Fast but wrong never enters a table. */
function brokenContractVerdict(was: readonly string[], is: readonly string[]): Verdict | null {
  if (is.length > 0 && was.length === 0) {
    const reason = `head no longer keeps its contract: ${is[0]}${is.length > 1 ? ` and ${is.length - 1} more` : ''}`;
    return { kind: 'worse', rule: 'contract', minChangeRatio: null, reason };
  }
  if (was.length === 0) return null;
  return { kind: 'not-comparable', field: null, reason: `base does not keep its contract: ${was[0]}` };
}

function wrongTrials(run: RunResult, cell: CellKey): string[] {
  return trialsIn(run, cell).flatMap((trial) =>
    trial.status === 'failed' && isIncorrect(trial) ? [trial.message] : [],
  );
}

function failuresOf(preparation: Preparation | null): readonly string[] {
  if (preparation?.status !== 'ready' || preparation.conformance.status !== 'failed') return [];
  return preparation.conformance.failures.length > 0 ? preparation.conformance.failures : ['its vectors failed'];
}

function absenceVerdict(side: 'base' | 'head', run: RunResult, preparation: Preparation | null): Verdict {
  if (preparation?.status === 'skipped') return notComparable(`skipped in ${side}: ${preparation.reason}`);
  if (preparation?.status === 'failed') return notComparable(`could not be built in ${side}: ${preparation.message}`);
  if (preparation !== null && run.state !== 'complete') return notComparable(`${side} was cut short before it`);
  const what = preparation === null ? 'this implementation' : 'this cell';
  return side === 'base'
    ? { kind: 'added', reason: `base did not measure ${what}` }
    : { kind: 'removed', reason: `head did not measure ${what}` };
}

function notComparable(reason: string): Verdict {
  return { kind: 'not-comparable', field: null, reason };
}

/**
 * What was to be asked of implementations of which neither run has a trial because one side does not know them, could not build
 * them, or has them wrong: without these cells a comparison would be silent about them.
 */
export function unmeasuredCells(base: RunResult, head: RunResult): CellKey[] {
  const ids = new Set([head, base].flatMap((run) => run.implementations.map(({ manifest }) => manifest.id)));
  return [...ids].flatMap((id) => {
    const [before, after] = [base, head].map((run) => preparationById(run, id));
    const hasTrials = [base, head].some(({ trials }) => trials.some(({ spec }) => spec.implementation === id));
    if (hasTrials || (isReady(before) && isReady(after))) return [];
    const { manifest } = after ?? (before as Preparation);
    return plannedCells(after == null ? base : head, manifest);
  });
}

function preparationById({ implementations }: RunResult, id: string): Preparation | null {
  return implementations.find(({ manifest }) => manifest.id === id) ?? null;
}

function isReady(preparation: Preparation | null | undefined): boolean {
  return preparation?.status === 'ready' && preparation.conformance.status === 'passed';
}

function plannedCells({ scenario }: RunResult, { id, service }: Preparation['manifest']): CellKey[] {
  const own = plannedQuestions(scenario).filter((question) => question.service === service);
  return own.map((question) => ({ implementation: id, ...question }));
}
