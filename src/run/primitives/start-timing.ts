import type { PrimitiveMeasurement, PrimitiveSample, PrimitiveSpec } from '../../model/primitive.ts';
import type { Probe } from '../../probe/probe.ts';
import type { LocatedImplementation } from '../../target/manifest.ts';
import type { Runner } from '../../target/runner.ts';
import { PrimitiveFailure } from './case-checks.ts';

/**
 * Starts the program as often as it is asked to, one after another. A shell, because it is small: what a fork costs grows with
 * the process that forks (10 ms from one of 150 MB), and that is not the program's.
 */
const startLoopScript =
  'while read count; do i=0; while [ $i -lt $count ]; do "$@" </dev/null >/dev/null || { echo failed $?; exit 0; }; i=$((i+1)); done; echo done; done';

/** The implementation with the starter around one of its programs. */
export function withStartLoop(located: LocatedImplementation, program: string): LocatedImplementation {
  const { implementation } = located;
  const command = implementation.programs[program];
  if (command === undefined) throw new PrimitiveFailure('cannot-spawn', `impl.json: programs: "${program}" is missing`);
  return {
    ...located,
    implementation: { ...implementation, command: ['sh', '-c', startLoopScript, 'sh', ...command] },
  };
}

/** From the spawn of the program until it has ended; CPU by the group's probe, the little of the shell included. */
export async function measureStarts(spec: PrimitiveSpec, runner: Runner, probe: Probe): Promise<PrimitiveMeasurement> {
  const { plan } = spec;
  const startedMs = performance.now();
  const sample = (operationCount: number) => takeSample(operationCount, runner, probe);
  let operationCount = 1;
  let warmupOperationCount = 0;
  for (;;) {
    const { wallNs } = await sample(operationCount);
    warmupOperationCount += operationCount;
    const lastedMs = wallNs / 1e6;
    if (lastedMs >= plan.minSampleMs && performance.now() - startedMs >= plan.warmupMs) break;
    if (lastedMs < plan.minSampleMs) operationCount = largerBatch(operationCount, lastedMs, plan.minSampleMs);
  }
  const samples = [await sample(operationCount)];
  while (samples.length < plan.sampleCount && performance.now() - startedMs < plan.budgetMs)
    samples.push(await sample(operationCount));
  return {
    kind: 'time',
    tool: 'paceline',
    samples,
    emptyLoop: [],
    clockResolutionNs: null,
    warmupOperationCount,
    osThreadCount: null,
    processCount: null,
    check: null,
  };
}

/** Straight to what is needed with a tenth to spare, but never more than tenfold on the word of one sample. */
function largerBatch(operationCount: number, lastedMs: number, neededMs: number): number {
  const wanted = Math.ceil((operationCount * neededMs * 1.1) / Math.max(lastedMs, 1e-3));
  return Math.min(operationCount * 10, Math.max(operationCount + 1, wanted));
}

async function takeSample(operationCount: number, runner: Runner, probe: Probe): Promise<PrimitiveSample> {
  const cpuBeforeMs = await cpuMs(probe);
  const startNs = process.hrtime.bigint();
  runner.send(String(operationCount));
  const answer = await runner.nextLine();
  const wallNs = Number(process.hrtime.bigint() - startNs);
  if (answer !== 'done') throw new PrimitiveFailure('died', `the empty program ended with ${exitText(answer)}`);
  const cpuNs = Math.max(0, ((await cpuMs(probe)) - cpuBeforeMs) * 1e6);
  return { operationCount, wallNs, cpuNs };
}

function exitText(answer: string | null): string {
  return answer === null ? 'the shell that started it' : answer.replace('failed', 'exit code');
}

async function cpuMs(probe: Probe): Promise<number> {
  const { cpuUserMs, cpuSystemMs } = await probe.read();
  return cpuUserMs + cpuSystemMs;
}
