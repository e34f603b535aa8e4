import type { Preparation, RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { normalQuantile } from '../../src/stats/distributions.ts';
import { createRandom } from '../../src/stats/random.ts';
import { okTrial, ready, runResult, type TrialShape } from './run-result.ts';

/** What one side of a synthetic comparison is: factors on the usual figures. */
export interface Side extends TrialShape {
  readonly cpuFactor: number;
  readonly databaseFactor?: number;
  readonly generatorFactor?: number;
  readonly statementsHash?: string;
}

export interface PairNoise {
  /** Of the target's CPU per request. */
  readonly noiseRatio?: number;
  /** Of database and generator, each for itself. */
  readonly controlNoiseRatio?: number;
  /** Of the machine's speed from one trial to the next: the same for all three. */
  readonly machineNoiseRatio?: number;
  readonly seed?: number;
}

/** Two runs of `count` pairs of one cell, with log-normal noise on CPU per request. Seeded. */
export function pairedRuns(
  count: number,
  base: Side,
  head: Side,
  { noiseRatio = 0.01, controlNoiseRatio = 0, machineNoiseRatio = 0, seed = 1 }: PairNoise = {},
): { base: RunResult; head: RunResult } {
  const random = createRandom(seed);
  const noise = (ratio: number) =>
    ratio === 0 ? 1 : Math.exp(ratio * normalQuantile(random.float() * 0.999998 + 1e-6));
  const trials = (side: Side): Trial[] =>
    Array.from({ length: count }, (_, index) => {
      const speed = noise(machineNoiseRatio);
      return okTrial({
        ...side,
        repetition: index + 1,
        position: index,
        pair: { sessionId: 'session', number: index + 1 },
        cpuPerRequestMs: (side.cpuPerRequestMs ?? 0.5) * side.cpuFactor * speed * noise(noiseRatio),
        databaseCpuPerRequestMs: 0.3 * (side.databaseFactor ?? 1) * speed * noise(controlNoiseRatio),
        generatorCpuPerRequestMs: 0.1 * (side.generatorFactor ?? 1) * speed * noise(controlNoiseRatio),
      });
    });
  return {
    base: runResult({ runId: 'run-base', trials: trials(base), implementations: [preparation(base)] }),
    head: runResult({ runId: 'run-head', trials: trials(head), implementations: [preparation(head)] }),
  };
}

function preparation({
  implementation = 'crud-go',
  statementsHash = null,
}: {
  readonly implementation?: string;
  readonly statementsHash?: string | null;
}): Preparation {
  const known = ready(implementation);
  return known.status === 'ready'
    ? { ...known, conformance: { status: 'passed', checkCount: 128, statementsHash, countedLoad: null, wire: null } }
    : known;
}
