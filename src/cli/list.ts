import Table from 'cli-table3';
import type { Command } from 'commander';
import {
  loadPrimitives,
  loadScenario,
  loadWorkload,
  scenarioIds,
  serviceIds,
  workloadIds,
} from '../run/declarations.ts';
import { implsDir, resultsDir } from '../run/paths.ts';
import { type ListedResult, listResults } from '../store/result-list.ts';
import { scanImplementations } from '../target/manifest.ts';
import type { CommandContext } from './context.ts';
import { plainChars } from './table.ts';

/** `paceline list`: what can be run, and what was. */
export function addList(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description('scenarios, workloads, primitives, implementations, and the results of this checkout')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  npm run bench -- list')
    .action(async ({ json }: { json?: boolean }) => {
      const listing = await collectListing();
      context.stdout.write(json ? `${JSON.stringify(listing)}\n` : listingText(listing));
    });
}

interface Listing {
  readonly scenarios: readonly { readonly id: string; readonly description: string }[];
  readonly workloads: readonly { readonly service: string; readonly id: string; readonly description: string }[];
  readonly primitives: readonly { readonly id: string; readonly title: string; readonly operation: string }[];
  readonly implementations: readonly { readonly id: string; readonly model: string; readonly description: string }[];
  readonly results: readonly { readonly path: string; readonly about: string }[];
}

async function collectListing(): Promise<Listing> {
  const scenarios = await Promise.all((await scenarioIds()).map(loadScenario));
  const located = await scanImplementations([implsDir]);
  return {
    scenarios: scenarios.map(({ id, description }) => ({ id, description })),
    workloads: await allWorkloads(),
    primitives: (await loadPrimitives([])).map(({ id, title, operation }) => ({ id, title, operation })),
    implementations: located.map(({ implementation: { id, model, description } }) => ({ id, model, description })),
    results: (await listResults(resultsDir)).map((listed) => ({ path: listed.path, about: aboutResult(listed) })),
  };
}

async function allWorkloads(): Promise<Listing['workloads']> {
  const found = await Promise.all(
    (await serviceIds()).map(async (service) =>
      Promise.all((await workloadIds(service)).map((id) => loadWorkload(service, id))),
    ),
  );
  return found.flat().map(({ service, id, description }) => ({ service, id, description }));
}

function aboutResult({ result, problem }: ListedResult): string {
  if (result === null) return `unreadable: ${problem}`;
  const okCount = result.trials.filter(({ status }) => status === 'ok').length;
  return `${result.startedAt.slice(0, 16)} ${result.scenario.id} ${result.state}, ${okCount} of ${result.trials.length} trials ok, ${result.commit?.subject ?? 'no commit'}`;
}

function listingText({ scenarios, workloads, primitives, implementations, results }: Listing): string {
  return [
    section(
      'Scenarios',
      scenarios.map(({ id, description }) => [id, description]),
    ),
    section(
      'Workloads',
      workloads.map(({ service, id, description }) => [`${service}/${id}`, description]),
    ),
    section(
      'Primitives',
      primitives.map(({ id, title }) => [id, title]),
    ),
    section(
      'Implementations',
      implementations.map(({ id, model, description }) => [id, `${model}: ${description}`]),
    ),
    section(
      'Results',
      results.length === 0 ? [['none yet', 'npm run bench']] : results.map(({ path, about }) => [path, about]),
    ),
  ].join('\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const table = new Table({ chars: plainChars, style: { 'padding-left': 2, 'padding-right': 0 } });
  for (const row of rows) table.push([...row]);
  return `${title}\n${table.toString()}\n`;
}
