import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { assertWorkloadExportable, k6Plan, k6Script } from '../../k6/export.ts';
import { readme, testRunYaml } from '../../k6/manifest.ts';
import { plannedCount } from '../../k6/plan.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Scenario, ScenarioEntry } from '../../model/scenario.ts';
import { assertFolderWritable, writeFileAtomically } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';
import { checkedUrl } from '../load-request.ts';
import { oneOf, positiveCount, positiveNumber, secondsOption } from '../options.ts';

interface ExportFlags {
  readonly out: string;
  readonly target: string;
  readonly workload?: string;
  readonly rate?: number;
  readonly duration?: number;
  readonly expectedP99: number;
  readonly instances: number;
}

/** `paceline export k6 SCENARIO`: one question as a script for another generator. */
export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('one question of a scenario as a k6 script, to be sent from elsewhere or from many machines')
    .argument('<tool>', 'k6', oneOf('tool', ['k6']))
    .argument('[scenario]', 'of this checkout or of your config', 'quick')
    .requiredOption('--out <dir>', 'the folder for script.js, testrun.yaml and README.md')
    .option('--target <url>', 'where the requests go', baseUrl, 'http://127.0.0.1:8080')
    .option('--workload <id>', 'which, where the scenario has several; or another one of a service of it')
    .option('--rate <n>', 'requests per second in all instances together', positiveNumber)
    .option('--duration <s>', 'seconds', secondsOption)
    .option('--expected-p99 <ms>', 'at twice this time and the rate no virtual user is missing', positiveNumber, 100)
    .option('--instances <n>', 'pods in testrun.yaml', positiveCount, 3)
    .addHelpText('after', examples)
    .action(async (_tool: string, scenarioId: string, flags: ExportFlags) => {
      await exportToK6(scenarioId, flags, context);
    });
}

const examples = `
Exported are the requests of a config, workloads whose requests need no earlier answer, and history-slots, where each virtual user has
files of its own. Secrets of a config ({env:NAME}) are not in the script: k6 takes them with -e NAME=….

Examples:
  npm run bench -- export k6 --out k6                                       the requests of your config
  npm run bench -- export k6 quick --workload authenticate --rate 5000 --out k6 --target http://10.0.0.7:8080
  npm run bench -- export k6 quick --workload history-slots --rate 400 --out k6 --instances 10`;

async function exportToK6(scenarioId: string, flags: ExportFlags, context: CommandContext): Promise<void> {
  await assertFolderWritable(flags.out, '--out');
  const paths = ['script.js', 'testrun.yaml', 'README.md'].map((name) => join(flags.out, name));
  const there = paths.find(existsSync);
  if (there !== undefined) throw usage(`${there} is there already`, 'name another folder with --out, or remove it');
  const project = await context.loadProject();
  const scenario = await project.loadScenario(scenarioId);
  const { entry, ratesPerSec } = questionOf(scenario, flags);
  const { contractVersion } = await project.loadService(entry.service);
  const workload = { ...(await project.loadWorkload(entry.service, entry.workload)), contractVersion };
  assertWorkloadExportable(workload);
  const ratePerSec = flags.rate ?? onlyRate(scenario.id, workload.id, ratesPerSec);
  const measureMs = flags.duration === undefined ? entry.loadPlan.measureMs : flags.duration * 1_000;
  const loadPlan = { ...entry.loadPlan, measureMs, ratePerSec, seed: scenario.seed };
  const { workerCount, databaseConnectionCount } = scenario;
  const aim = {
    workerCount,
    databaseConnectionCount,
    target: flags.target,
    expectedP99Ms: flags.expectedP99,
    instanceCount: flags.instances,
  };
  const plan = k6Plan(workload, loadPlan, aim);
  const script = await k6Script(workload, plan);
  const texts = [script, testRunYaml(script, plan, flags.instances), readme(plan, flags.instances)];
  for (const [index, path] of paths.entries()) await writeFileAtomically(path, texts[index] as string);
  context.stdout.print(
    `wrote ${paths.join(', ')}: ${workload.id} at ${ratePerSec}/s for ${measureMs / 1_000} s, ${plannedCount(plan)} requests, ${plan.virtualUserCount} virtual users\n`,
  );
}

/** The one that is meant. Throws HarnessError usage that lists them where it is not clear. */
function questionOf(scenario: Scenario, flags: ExportFlags): { entry: ScenarioEntry; ratesPerSec: number[] } {
  const [first] = scenario.entries;
  if (first === undefined) throw usage(`scenario ${scenario.id} sends no requests`, 'name another scenario');
  const named = scenario.entries.filter(({ workload }) => flags.workload === undefined || workload === flags.workload);
  const ids = [...new Set(scenario.entries.map(({ workload }) => workload))];
  const [entry = { ...first, workload: flags.workload ?? '' }] = named;
  if (new Set(named.map(({ workload }) => workload)).size > 1)
    throw usage(`scenario ${scenario.id} has ${ids.length} workloads`, `choose with --workload: ${ids.join(', ')}`);
  const asked = named.length === 0 ? scenario.entries : named;
  return { entry, ratesPerSec: [...new Set(asked.flatMap(({ ratesPerSec }) => ratesPerSec))] };
}

function onlyRate(scenarioId: string, workloadId: string, ratesPerSec: readonly number[]): number {
  const [only, another] = ratesPerSec;
  if (only !== undefined && another === undefined) return only;
  throw usage(
    `scenario ${scenarioId} does not say one rate for ${workloadId}`,
    `choose with --rate${ratesPerSec.length === 0 ? '' : `: ${ratesPerSec.join(', ')}`}`,
  );
}

/** Paths are put behind it. */
function baseUrl(text: string): string {
  if (/[?#]/.test(text))
    throw usage(
      `--target ${text} has a query or a fragment, and the paths of requests are put behind it`,
      'give what comes before the paths, as http://127.0.0.1:8080/api',
    );
  return checkedUrl(text);
}

function usage(message: string, remedy: string): HarnessError {
  return new HarnessError('usage', message, remedy);
}
