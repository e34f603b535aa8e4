import type { CompareCell } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { cellId } from './cell.ts';

/**
 * The one cell of each implementation whose metrics gate: that of the policy, else the first warm one (else the first) with
 * the middle one of its rates. One, because every further cell costs all of them power. Ids of `cells`.
 */
export function primaryCells(cells: readonly CompareCell[], policy: GatePolicy): ReadonlySet<string> {
  const byImplementation = Map.groupBy(cells, ({ implementation }) => implementation);
  return new Set([...byImplementation.values()].map((own) => cellId(primaryOf(own, policy))));
}

function primaryOf(own: readonly CompareCell[], policy: GatePolicy): CompareCell {
  const declared = own.find((cell) => isDeclared(cell, policy));
  if (declared !== undefined) return declared;
  const [first] = [...own.filter(({ temperature }) => temperature === 'warm'), ...own];
  const rates = own.filter((cell) => asksTheSame(cell, first)).sort((a, b) => a.ratePerSec - b.ratePerSec);
  return rates[Math.floor((rates.length - 1) / 2)] as CompareCell;
}

function isDeclared(cell: CompareCell, { primary }: GatePolicy): boolean {
  const wished = primary[cell.service];
  return wished !== undefined && asksTheSame(cell, wished) && cell.ratePerSec === wished.ratePerSec;
}

type Question = Pick<CompareCell, 'workload' | 'temperature'>;

function asksTheSame(a: Question, b: Question | undefined): boolean {
  return a.workload === b?.workload && a.temperature === b.temperature;
}
