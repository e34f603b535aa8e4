import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Latency, MeasuredLoad } from '../../src/model/load-result.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Measurement, Trial } from '../../src/model/trial.ts';
import { readResult } from '../../src/store/result-file.ts';
import { writeFileAtomically } from '../../src/store/write-file.ts';

/**
 * Keeps the result files that a `ci` left below a folder: compressed, without series and histograms, which no verdict reads.
 * Gives the new paths, in the folder of the machine that made them.
 */
export async function keepPacked(from: string, to: string, kind: string): Promise<string[]> {
  const names = await readdir(from, { recursive: true }).catch(() => []);
  const sides = names.filter((name) => /-(base|head)\.json$/.test(name)).sort();
  const kept: string[] = [];
  for (const name of sides) {
    const result = await readResult(join(from, name));
    // A machine that was busy throughout says nothing.
    if (result.trials.every(({ status }) => status === 'invalid')) continue;
    const path = join(to, result.machine.id, kind, `${basename(name)}.gz`);
    await writeFileAtomically(path, gzipSync(JSON.stringify(packedResult(result)), { level: 9 }));
    kept.push(path);
  }
  return kept;
}

export function packedResult(result: RunResult): RunResult {
  return { ...result, trials: result.trials.map(packedTrial) };
}

function packedTrial<T extends Trial>(trial: T): T {
  return trial.measurement === null ? trial : { ...trial, measurement: packedMeasurement(trial.measurement) };
}

function packedMeasurement(measurement: Measurement): Measurement {
  const { load } = measurement;
  return { ...measurement, samples: [], load: load === null ? null : packedLoad(load) };
}

function packedLoad(load: MeasuredLoad): MeasuredLoad {
  const { responseTime, serviceTime, sendDelay, generatorDelay, connectionWait } = load;
  return {
    ...load,
    ...{ responseTime: bare(responseTime), serviceTime: bare(serviceTime), sendDelay: bare(sendDelay) },
    ...{ generatorDelay: bare(generatorDelay), connectionWait: bare(connectionWait) },
    ...{ operations: {}, eventLatencies: {}, seconds: [] },
  };
}

function bare(latency: Latency): Latency {
  return { ...latency, hdrHistogram: '' };
}
