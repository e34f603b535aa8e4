import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { Workload } from '../model/workload.ts';
import { moduleEnding } from '../os/module-ending.ts';
import { withSecretNames } from '../os/secrets.ts';
import { type K6Plan, planMark, plannedCount, wholeRate } from './plan.ts';

export interface ExportedWorkload extends Workload {
  readonly module: { readonly path: string; readonly argument: unknown };
  readonly contractVersion: number;
}

export interface ExportAim {
  readonly target: string;
  readonly expectedP99Ms: number;
  readonly instanceCount: number;
  readonly workerCount: number;
  readonly databaseConnectionCount: number;
}

/** The plan of a script that is run elsewhere. Throws HarnessError usage with the reason where k6 cannot do the same. */
export function k6Plan(workload: ExportedWorkload, loadPlan: LoadPlan, aim: ExportAim): K6Plan {
  const { ratePerSec, warmupCount, warmupRatePerSec } = loadPlan;
  if (!Number.isSafeInteger(plannedCount(loadPlan)))
    throw new HarnessError(
      'usage',
      'these are more requests than can be counted',
      'give a smaller --rate or --duration',
    );
  const peakPerSec = Math.max(ratePerSec, warmupCount > 0 ? warmupRatePerSec : 0);
  return {
    ...planOf(workload, loadPlan, aim),
    virtualUserCount: Math.max(2 * aim.instanceCount, Math.ceil((peakPerSec * aim.expectedP99Ms * 2) / 1_000)),
  };
}

/** All but the number of virtual users. Throws as `k6Plan` does. */
export function planOf(
  workload: ExportedWorkload,
  loadPlan: LoadPlan,
  {
    target,
    workerCount,
    databaseConnectionCount,
  }: Pick<ExportAim, 'target' | 'workerCount' | 'databaseConnectionCount'>,
): Omit<K6Plan, 'virtualUserCount'> {
  assertExportable(workload, loadPlan);
  const { ratePerSec, measureMs, warmupCount, warmupRatePerSec, timeoutMs, seed } = loadPlan;
  return {
    ...{ service: workload.service, workload: workload.id, workloadVersion: workload.version },
    ...{ contractVersion: workload.contractVersion, description: workload.description },
    ...{ workerCount, databaseConnectionCount },
    ...{ operations: Object.keys(workload.mix), target },
    ...{ ratePerSec, measureMs, warmupCount, warmupRatePerSec, timeoutMs, seed },
    ignoresBodies: workload.ignoresBodies === true,
    firstIteration: 0,
  };
}

/** Throws HarnessError usage with the reason where k6 cannot do the same. */
export function assertExportable(
  workload: ExportedWorkload,
  { arrivals, ratePerSec, warmupRatePerSec, warmupCount }: LoadPlan,
) {
  assertWorkloadExportable(workload);
  if (arrivals !== 'constant')
    throw new HarnessError(
      'usage',
      `arrivals ${arrivals}: k6 sends evenly spaced requests alone`,
      'export constant ones',
    );
  const rates = warmupCount > 0 ? [ratePerSec, warmupRatePerSec] : [ratePerSec];
  const odd = rates.find((rate) => wholeRate(rate) === null);
  if (odd !== undefined)
    throw new HarnessError('usage', `k6 cannot send ${odd}/s`, 'ask for a rate above 0 with at most three decimals');
}

/** Throws HarnessError usage with the reason, whatever the rate. */
export function assertWorkloadExportable(workload: ExportedWorkload): void {
  const reason = refusalOf(workload);
  if (reason === null) return;
  const remedy =
    'export a workload whose sessions share nothing, as authenticate or history-slots, or the requests of a config';
  throw new HarnessError('usage', `${workload.id} cannot be exported to k6: ${reason}`, remedy);
}

/** null: none. Virtual users share nothing, not even on one machine. */
function refusalOf(workload: ExportedWorkload): string | null {
  const context = { seed: 1, ratePerSec: 1, timeoutMs: 1_000, nowNs: () => 0 };
  if (workload.open(context).streams.length > 0)
    return 'it holds event streams open and waits for what they bring, which k6 has no connection for';
  if (workload.module.argument !== null || workload.isStateless === true || workload.sharesNothing === true)
    return null;
  return 'its requests follow from earlier answers that all connections share, and virtual users share nothing';
}

const here = (name: string) => join(import.meta.dirname, `${name}${moduleEnding}`);

/** What workloads use of Node's own modules. */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^node:(crypto|zlib)$/ }, () => ({ path: here('node-modules') }));
  },
};

/** Places that draw get a stream that begins anew with each iteration. */
const iterationRandom: Plugin = {
  name: 'iteration-random',
  setup({ onResolve }) {
    onResolve({ filter: /\/random\.[tj]s$/ }, ({ importer }) =>
      importer === here('iteration-random') ? null : { path: here('iteration-random') },
    );
  },
};

/** The whole script. Its first line has the hash of the others; secrets are not in it, but read from the environment of k6. */
export async function k6Script(workload: ExportedWorkload, plan: K6Plan, fileName = 'script.js'): Promise<string> {
  const { path, argument } = workload.module;
  const made = argument === null ? 'declared.workload' : 'declared.createWorkload(withEnvironment(argument))';
  const entry = `
import * as declared from ${JSON.stringify(path)};
import { withEnvironment } from ${JSON.stringify(here('environment'))};
import { createScript } from ${JSON.stringify(here('script'))};
const argument = ${JSON.stringify(withSecretNames(argument))};
const script = createScript(${made}, ${JSON.stringify(plan)}, open(${JSON.stringify(`./${fileName}`)}));
export const { options, warmUp, measure, handleSummary } = script;
${workload.setUp === undefined ? '' : 'export const setup = script.setup;'}
`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, loader: 'js' },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2020', charset: 'ascii', logLevel: 'silent' },
    external: ['k6', 'k6/*'],
    inject: [here('node-stand-ins')],
    plugins: [iterationRandom, nodeModules],
  });
  const text = `${planMark}${JSON.stringify(plan)}\n${outputFiles[0]?.text.trimEnd()}\n`;
  return `// Made by paceline export k6 from ${plan.workload}; do not change. sha256 of what follows: ${createHash('sha256').update(text).digest('hex')}\n${text}`;
}
