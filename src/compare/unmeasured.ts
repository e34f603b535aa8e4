import { declaredKeys } from '../model/cluster-key.ts';
import type { CompareCell } from '../model/comparison.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';

/**
 * What was to be asked of implementations of which neither run has a trial because one side does not know them, could not build
 * them, or has them wrong: without these cells a comparison would be silent about them.
 */
export function unmeasuredCells(base: RunResult, head: RunResult): CompareCell[] {
  const ids = new Set([head, base].flatMap((run) => run.implementations.map(({ manifest }) => manifest.id)));
  return [...ids].flatMap((id) => {
    const [before, after] = [base, head].map((run) => preparationOf(run, id));
    const hasTrials = [base, head].some(({ trials }) => trials.some(({ spec }) => spec.implementation === id));
    if (hasTrials || (isReady(before) && isReady(after))) return [];
    const { manifest } = after ?? (before as Preparation);
    return plannedCells(after == null ? base : head, manifest);
  });
}

function preparationOf({ implementations }: RunResult, id: string): Preparation | null {
  return implementations.find(({ manifest }) => manifest.id === id) ?? null;
}

function isReady(preparation: Preparation | null | undefined): boolean {
  return preparation?.status === 'ready' && preparation.conformance.status === 'passed';
}

function plannedCells({ scenario }: RunResult, { id, service }: Preparation['manifest']): CompareCell[] {
  return scenario.cells
    .filter((cell) => cell.service === service)
    .flatMap(({ workload, temperature, ratesPerSec, cluster: declared }) =>
      declaredKeys(declared).flatMap((cluster) =>
        ratesPerSec.map((ratePerSec) => ({ implementation: id, service, workload, temperature, ratePerSec, cluster })),
      ),
    );
}
