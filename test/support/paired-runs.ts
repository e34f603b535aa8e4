import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { createRandom } from '../../src/stats/random.ts';
import { normalQuantile } from '../../src/stats/student.ts';
import { okTrial, runResult, type TrialShape } from './run-result.ts';

/** What one side of a synthetic comparison is: factors on the usual figures. */
export interface Side extends TrialShape {
  readonly cpuFactor: number;
}

/** Two runs of `count` pairs of one cell, with a repeat noise of `noiseRatio` on CPU per request. Seeded. */
export function pairedRuns(
  count: number,
  base: Side,
  head: Side,
  { noiseRatio = 0.01, seed = 1 }: { readonly noiseRatio?: number; readonly seed?: number } = {},
): { base: RunResult; head: RunResult } {
  const random = createRandom(seed);
  const noise = () => Math.exp(noiseRatio * normalQuantile(random.float() * 0.999998 + 1e-6));
  const trials = (side: Side): Trial[] =>
    Array.from({ length: count }, (_, index) =>
      okTrial({
        ...side,
        repetition: index + 1,
        slot: index,
        pair: { sessionId: 'session', number: index + 1 },
        cpuPerRequestMs: (side.cpuPerRequestMs ?? 0.5) * side.cpuFactor * noise(),
      }),
    );
  return {
    base: runResult({ runId: 'run-base', trials: trials(base) }),
    head: runResult({ runId: 'run-head', trials: trials(head) }),
  };
}
