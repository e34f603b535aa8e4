import type { CompareCell, Verdict } from '../model/comparison.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';
import { trialsIn } from './cell.ts';

/**
 * What is said of a cell that only one side has, or whose implementation could not be measured or was wrong on one side;
 * null where both sides have trials that may be compared.
 */
export function presenceOf({
  base,
  head,
  cell,
}: {
  base: RunResult;
  head: RunResult;
  cell: CompareCell;
}): Verdict | null {
  const [before, after] = [preparationOf(base, cell), preparationOf(head, cell)];
  const wrong = brokenContract(before, after);
  if (wrong !== null) return wrong;
  if (trialsIn(base, cell).length + trialsIn(head, cell).length === 0) return unmeasured(base, before, head, after);
  if (trialsIn(base, cell).length === 0) return absence('base', base, before);
  if (trialsIn(head, cell).length === 0) return absence('head', head, after);
  return null;
}

/** Neither side was asked: the one that could not be tells why. */
function unmeasured(base: RunResult, before: Preparation | null, head: RunResult, after: Preparation | null): Verdict {
  const isLacking = (preparation: Preparation | null) => preparation?.status !== 'ready';
  return isLacking(before) || !isLacking(after) ? absence('base', base, before) : absence('head', head, after);
}

function preparationOf(run: RunResult, { implementation }: CompareCell): Preparation | null {
  return run.implementations.find(({ manifest }) => manifest.id === implementation) ?? null;
}

/** Fast but wrong never enters a table. */
function brokenContract(before: Preparation | null, after: Preparation | null): Verdict | null {
  const [was, is] = [failuresOf(before), failuresOf(after)];
  if (is.length > 0 && was.length === 0) {
    const reason = `head no longer keeps its contract: ${is[0]}${is.length > 1 ? ` and ${is.length - 1} more` : ''}`;
    return { kind: 'worse', rule: 'contract', certainlyRatio: null, reason };
  }
  if (was.length === 0) return null;
  return { kind: 'not-comparable', field: null, reason: `base does not keep its contract: ${was[0]}` };
}

function failuresOf(preparation: Preparation | null): readonly string[] {
  if (preparation?.status !== 'ready' || preparation.conformance.status !== 'failed') return [];
  return preparation.conformance.failures.length > 0 ? preparation.conformance.failures : ['its vectors failed'];
}

function absence(side: 'base' | 'head', run: RunResult, preparation: Preparation | null): Verdict {
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
