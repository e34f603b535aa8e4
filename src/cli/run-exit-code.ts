import { answeredCellId } from '../model/cell-key.ts';
import type { PrimitiveResult } from '../model/primitive.ts';
import type { Preparation, RunResult } from '../model/run-result.ts';
import { isIncorrect } from '../model/trial.ts';

function breaksContract(preparation: Preparation): boolean {
  return preparation.status === 'ready' && preparation.conformance.status === 'failed';
}

/** Fast but wrong. */
function isWrong(result: PrimitiveResult): boolean {
  return result.status === 'failed' && result.code === 'wrong-result';
}

/** What a runner says it cannot do was not asked of it. */
function isUnsupported(result: PrimitiveResult): boolean {
  return result.status === 'unsupported';
}

/** 1 when an implementation breaks its contract or was wrong in any trial, else 0 when every cell that was not skipped has a trial that counts, else 3. */
export function runExitCode(result: RunResult): 0 | 1 | 3 {
  if (result.implementations.some(breaksContract) || result.trials.some(isIncorrect)) return 1;
  if (result.implementations.some(({ status }) => status === 'failed')) return 3;
  if (result.primitives.some(isWrong)) return 1;
  const asked = new Map<string, boolean>();
  for (const { spec, status } of result.trials) {
    const cell = answeredCellId(spec);
    asked.set(cell, (asked.get(cell) ?? false) || status === 'ok');
  }
  for (const one of result.primitives) {
    const { implementation, primitive, caseId } = one.spec;
    const own = [implementation, primitive, caseId].join(' ');
    asked.set(own, (asked.get(own) ?? false) || one.status === 'ok' || isUnsupported(one));
  }
  return asked.size > 0 && [...asked.values()].every(Boolean) ? 0 : 3;
}
