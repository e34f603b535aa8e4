import { spawn } from 'node:child_process';
import type { PrimitiveMeasurement, PrimitiveSample } from '../model/primitive-result.ts';
import { msPerTick, readStat } from '../probe/proc-file.ts';
import { expandAll } from '../target/placeholder.ts';
import { inheritedEnvironment } from '../target/process.ts';
import type { CaseOptions } from './primitive-case.ts';
import { PrimitiveFailure } from './primitive-failure.ts';

/**
 * Times the start of an empty program, from the spawn to its end, without the shell that else puts a program into its
 * control group: for a Go program that would be most of what is measured.
 */
export async function timeStarts(options: CaseOptions): Promise<PrimitiveMeasurement> {
  const { profile } = options.spec;
  const startedMs = performance.now();
  const command = commandOf(options);
  const once = () => startOnce(command, options);
  let operationCount = 1;
  let warmupOperationCount = 0;
  const sample = () => takeSample(operationCount, once);
  for (;;) {
    const { wallNs } = await sample();
    warmupOperationCount += operationCount;
    const lastedMs = wallNs / 1e6;
    if (lastedMs >= profile.sampleMs && performance.now() - startedMs >= profile.warmupMs) break;
    if (lastedMs < profile.sampleMs) operationCount = grown(operationCount, lastedMs, profile.sampleMs);
  }
  const samples = [await sample()];
  while (samples.length < profile.sampleCount && performance.now() - startedMs < profile.budgetMs)
    samples.push(await sample());
  return {
    kind: 'time',
    tool: 'paceline',
    samples,
    emptyLoop: [],
    clockStepNs: null,
    warmupOperationCount,
    osThreadCount: null,
    processCount: null,
    check: null,
  };
}

/** Straight to what is needed with a tenth to spare, but never more than tenfold on the word of one sample. */
function grown(operationCount: number, lastedMs: number, neededMs: number): number {
  const wanted = Math.ceil((operationCount * neededMs * 1.1) / Math.max(lastedMs, 1e-3));
  return Math.min(operationCount * 10, Math.max(operationCount + 1, wanted));
}

async function takeSample(operationCount: number, once: () => Promise<void>): Promise<PrimitiveSample> {
  const cpuBeforeNs = childrenCpuNs();
  const startNs = process.hrtime.bigint();
  for (let index = 0; index < operationCount; index += 1) await once();
  const wallNs = Number(process.hrtime.bigint() - startNs);
  const cpuAfterNs = childrenCpuNs();
  const cpuNs = cpuBeforeNs === null || cpuAfterNs === null ? null : cpuAfterNs - cpuBeforeNs;
  return { operationCount, wallNs, cpuNs };
}

/** Of our children that have ended, in steps of 10 ms; no other of them ends while a sample is taken. */
function childrenCpuNs(): number | null {
  const stat = readStat(process.pid);
  return stat === null ? null : (stat.childUserTicks + stat.childSystemTicks) * msPerTick * 1e6;
}

function commandOf({ startable, primitive, spec }: CaseOptions): readonly string[] {
  const { located, toolchain, buildDir } = startable;
  const program = primitive.programs?.[spec.variant] ?? '';
  const command = located.implementation.programs[program];
  if (command === undefined) throw new PrimitiveFailure('cannot-spawn', `impl.json: programs: "${program}" is missing`);
  return expandAll(command, { ...toolchain.placeholders, build: buildDir, dir: located.dir });
}

function startOnce([program = '', ...rest]: readonly string[], { startable, session }: CaseOptions): Promise<void> {
  session.signal.throwIfAborted();
  const { located, toolchain, buildDir } = startable;
  const values = { ...toolchain.placeholders, build: buildDir, dir: located.dir };
  const child = spawn(program, rest, {
    cwd: located.dir,
    stdio: 'ignore',
    env: inheritedEnvironment(located.implementation, values),
    signal: session.signal,
    killSignal: 'SIGKILL',
    timeout: 20_000,
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new PrimitiveFailure('cannot-spawn', error.message)));
    child.once('exit', (exitCode, signal) => {
      if (exitCode === 0) resolve();
      else reject(new PrimitiveFailure('died', `the empty program ended with ${signal ?? `exit code ${exitCode}`}`));
    });
  });
}
