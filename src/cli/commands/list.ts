import type { Command } from 'commander';
import { presentable } from '../../model/foreign-text.ts';
import type { RunResult } from '../../model/run-result.ts';
import { wrap } from '../../report/text/terminal.ts';
import { checkoutProject, loadPrimitives } from '../../run/declarations.ts';
import { locateAll, type Project } from '../../run/project.ts';
import { type ListedResult, listResults } from '../../store/result-folder.ts';
import { type CommandContext, lineWidth } from '../context.ts';
import { shortPath } from '../report-file.ts';

/** `paceline list`: what can be run, and what was. */
export function addList(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description('scenarios, workloads, primitives, implementations, and the results of this project')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  npm run bench -- list')
    .action(async ({ json }: { json?: boolean }) => {
      const listing = await collectListing(await context.loadProject());
      context.stdout.write(json ? `${JSON.stringify(listing)}\n` : listingText(listing, lineWidth(context)));
    });
}

interface Listing {
  readonly scenarios: readonly { readonly id: string; readonly description: string }[];
  readonly workloads: readonly { readonly service: string; readonly id: string; readonly description: string }[];
  readonly primitives: readonly { readonly id: string; readonly title: string; readonly operation: string }[];
  readonly implementations: readonly { readonly id: string; readonly model: string; readonly description: string }[];
  readonly results: readonly { readonly path: string; readonly about: string }[];
}

async function collectListing(project: Project): Promise<Listing> {
  const scenarios = await Promise.all((await project.scenarioIds()).map(project.loadScenario));
  const located = await locateAll(project, []);
  const primitives = project === checkoutProject ? await loadPrimitives([]) : [];
  return {
    scenarios: scenarios.map(({ id, description }) => ({ id, description })),
    workloads: await allWorkloads(project),
    primitives: primitives.map(({ id, title, operation }) => ({ id, title, operation })),
    implementations: located.map(({ implementation: { id, model, description } }) => ({ id, model, description })),
    results: (await listResults(project.resultsDir)).map((listed) => ({
      path: listed.path,
      about: aboutResult(listed),
    })),
  };
}

async function allWorkloads(project: Project): Promise<Listing['workloads']> {
  const found = await Promise.all(
    (await project.serviceIds()).map(async (service) =>
      Promise.all((await project.workloadIds(service)).map((id) => project.loadWorkload(service, id))),
    ),
  );
  return found.flat().map(({ service, id, description }) => ({ service, id, description }));
}

function aboutResult({ result, problem }: ListedResult): string {
  if (result === null) return `unreadable: ${problem}`;
  const { startedAt, scenario, state, commit } = result;
  return `${startedAt.slice(0, 16)} ${scenario.id} ${state}, ${holdings(result)}, ${commit?.subject ?? 'no commit'}`;
}

/** "33 of 33 trials ok, 12 primitives (210 of 216 cases ok)" */
function holdings({ trials, primitives }: RunResult): string {
  const ids = new Set(primitives.map(({ spec }) => spec.primitive));
  const ofTrials = trials.length === 0 ? [] : [`${okShare(trials)} trials ok`];
  const noun = ids.size === 1 ? 'primitive' : 'primitives';
  const ofPrimitives = ids.size === 0 ? [] : [`${ids.size} ${noun} (${okShare(primitives)} cases ok)`];
  const parts = [...ofTrials, ...ofPrimitives];
  return parts.length === 0 ? 'nothing measured' : parts.join(', ');
}

function okShare(all: readonly { readonly status: string }[]): string {
  return `${all.filter(({ status }) => status === 'ok').length} of ${all.length}`;
}

function listingText(listing: Listing, width: number): string {
  const { scenarios, workloads, primitives, implementations, results } = presentable(listing);
  const named = (title: string, rows: readonly Row[]) =>
    rows.length === 0 ? '' : section(title, besideNames(rows, width));
  return [
    named(
      'Scenarios',
      scenarios.map(({ id, description }) => [id, description]),
    ),
    named(
      'Workloads',
      workloads.map(({ service, id, description }) => [`${service}/${id}`, description]),
    ),
    named(
      'Primitives',
      primitives.map(({ id, title }) => [id, title]),
    ),
    named(
      'Implementations',
      implementations.map(({ id, model, description }) => [id, `${model}: ${description}`]),
    ),
    section('Results', results.length === 0 ? ['  none yet: npm run bench'] : belowPaths(results, width)),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.join('\n')}\n`;
}

type Row = readonly [name: string, text: string];

function besideNames(rows: readonly Row[], width: number): string[] {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const indent = ' '.repeat(nameWidth + 4);
  return rows.map(([name, text]) => `  ${name.padEnd(nameWidth)}  ${indented(text, width, indent)}`);
}

/** A path is never broken, so that it can be copied. */
function belowPaths(results: Listing['results'], width: number): string[] {
  const indent = ' '.repeat(6);
  return results.map(({ path, about }) => `  ${shortPath(path)}\n${indent}${indented(about, width, indent)}`);
}

/** Further lines begin with `indent`, below which the first one stands too. */
function indented(text: string, width: number, indent: string): string {
  return wrap(text, width - indent.length, '').replaceAll('\n', `\n${indent}`);
}
