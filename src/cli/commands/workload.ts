import Table from 'cli-table3';
import type { Command } from 'commander';
import { unknownName } from '../../model/unknown-name.ts';
import type { Project } from '../../run/project.ts';
import { drawMix } from '../../run/workload-mix.ts';
import type { CommandContext } from '../context.ts';
import { plainChars } from '../format.ts';
import { countOrZero } from '../options.ts';

const drawCount = 1_000;

/** `paceline workload ID`: what a workload asks for, without a server. */
export function addWorkload(program: Command, context: CommandContext): void {
  program
    .command('workload')
    .description(`draw the first ${drawCount} operations of a workload and show their mix`)
    .argument('<id>', 'such as history, or crud/history')
    .option('--seed <n>', 'the seed of the draw', countOrZero, 1)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  npm run bench -- workload history --seed 7')
    .action(async (id: string, { seed, json }: { seed: number; json?: boolean }) => {
      const project = await context.loadProject();
      const { service, name } = await locate(id, project);
      const workload = await project.loadWorkload(service, name);
      const mix = drawMix(workload, { seed, count: drawCount });
      if (json) context.stdout.write(`${JSON.stringify({ id: name, service, version: workload.version, ...mix })}\n`);
      else context.stdout.print(mixText(workload.description, mix));
    });
}

async function locate(id: string, project: Project): Promise<{ service: string; name: string }> {
  const known: { service: string; name: string }[] = [];
  for (const service of await project.serviceIds()) {
    for (const name of await project.workloadIds(service)) known.push({ service, name });
  }
  const found = known.find(({ service, name }) => id === name || id === `${service}/${name}`);
  if (found === undefined) throw unknownName('workload', id, [...new Set(known.map(({ name }) => name))]);
  return found;
}

function mixText(description: string, mix: ReturnType<typeof drawMix>): string {
  const table = new Table({
    head: ['operation', 'drawn', 'share', 'declared'],
    chars: plainChars,
    style: { head: [], border: [] },
  });
  for (const line of mix.lines) {
    table.push([line.operation, line.drawnCount, percent(line.drawnRatio), percent(line.declaredRatio)]);
  }
  return `${description}\n\n${table.toString()}\n`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
