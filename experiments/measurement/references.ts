/*
 * Records the reference runs of this machine: each scenario whose newest reference here is missing, or older than today's contracts and
 * workloads, is measured with `run SCENARIO --save-reference`. `npm run references -- [SCENARIO…] [--list]`: without names quick, standard,
 * blog-post, raft-scale and primitives; `--list` only says what is due. The same command goes on another day.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HarnessError } from '../../src/model/harness-error.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { describeMachine } from '../../src/probe/machine.ts';
import { checkoutProject, type Declarations, loadDeclarations } from '../../src/run/declarations.ts';
import { resultsDir, rootDir } from '../../src/run/paths.ts';
import { newestResult } from '../../src/store/result-folder.ts';
import { readCommandLine } from '../command-line.ts';

const { values, positionals } = readCommandLine({
  allowPositionals: true,
  options: { list: { type: 'boolean', default: false } },
});
const ids = positionals.length > 0 ? positionals : ['quick', 'standard', 'blog-post', 'raft-scale', 'primitives'];

try {
  for (const id of ids) {
    const reason = await whyDue(id);
    process.stdout.write(`${id}: ${reason ?? 'recorded'}\n`);
    if (reason === null || values.list) continue;
    const asked = ['bin/paceline.mjs', 'run', id, '--save-reference', '--no-report'];
    const { status } = spawnSync(process.execPath, asked, { cwd: rootDir, stdio: 'inherit' });
    // 1: an implementation was wrong, which the result says.
    if (status !== 0 && status !== 1) {
      process.exitCode = status ?? 130;
      break;
    }
  }
} catch (error) {
  if (!(error instanceof HarnessError)) throw error;
  process.stderr.write(`${error.message}\nremedy: ${error.remedy}\n`);
  process.exitCode = error.exitCode;
}

/** null: the newest reference of this machine holds. */
async function whyDue(id: string): Promise<string | null> {
  const scenario = await checkoutProject.loadScenario(id);
  const newest = await newestResult(join(resultsDir, 'reference', describeMachine().id), id);
  if (newest === null) return 'no reference of this machine';
  return outdatedText(newest, await loadDeclarations(checkoutProject, scenario));
}

function outdatedText(result: RunResult, { scenario, services, workloads }: Declarations): string | null {
  const old = result.trials.find(({ spec }) => {
    const contract = services.get(spec.service)?.contractVersion ?? spec.contractVersion;
    const workload = workloads.get(`${spec.service}/${spec.workload}`)?.version ?? spec.workloadVersion;
    return spec.contractVersion !== contract || spec.workloadVersion !== workload;
  });
  if (old !== undefined) return `${old.spec.service}/${old.spec.workload} has another version since`;
  return JSON.stringify(result.scenario) === JSON.stringify(scenario) ? null : 'the scenario has changed since';
}
