import type { Command } from 'commander';
import { explain } from '../../compare/explain.ts';
import { matchesCell, withoutTrailingSlash } from '../../compare/outcome.ts';
import type { Comparison } from '../../model/comparison.ts';
import { explanationText } from '../../report/text/explanation-text.ts';
import { type ComparisonFlags, compareFiles, unknownCellError } from '../compare-files.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { percentOption } from '../options.ts';

interface ExplainFlags extends ComparisonFlags {
  readonly json?: boolean;
}

/** `paceline explain CELL BASE HEAD`: which trials, which noise and which rule made a verdict. */
export function addExplain(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('which trials, which noise and which rule made a verdict of `compare`')
    .argument(
      '<cell>',
      'implementation/workload/temperature/rate/metric, as crud-go/history/warm/100/cpu-per-request; its beginning up to a slash: every metric below it that gates',
    )
    .argument('<base>', 'the result to compare with, as given to `compare`')
    .argument('<head>', 'the result that was judged')
    .option('--min-effect <percent>', 'the smallest change that matters, of every metric, as 2.5%', percentOption)
    .option('--policy <file>', 'which metrics gate, and how (default: bench/gate.ts)')
    .option('--waivers <file>', 'known changes that are let through (default: bench/waivers.json)')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(async (cell: string, base: string, head: string, flags: ExplainFlags) => {
      const compared = await compareFiles(base, head, flags, context.folders);
      const chosen = chosenComparisons(cell, compared.comparison.comparisons);
      const explanations = chosen.map((comparison) => explain(compared.base, compared.head, comparison));
      if (flags.json) context.stdout.write(`${JSON.stringify(explanations)}\n`);
      else context.stdout.paint(explanationText(explanations, { color: wantsColor(context) }));
    });
}

const examples = `
Examples:
  npm run bench -- explain crud-go/history/warm/100/cpu-per-request base.json head.json
  npm run bench -- explain crud-go base.json head.json

Exit codes: 0 explained, 2 usage (an unknown cell too)`;

/** The one of this id, else the gated ones below it, else all below it. */
function chosenComparisons(cell: string, comparisons: readonly Comparison[]): Comparison[] {
  const below = comparisons.filter(({ id }) => matchesCell(cell, id));
  if (below.length === 0) throw unknownCellError(cell, comparisons);
  const gated = below.filter(({ role }) => role === 'gated');
  return gated.length === 0 || below.some(({ id }) => id === withoutTrailingSlash(cell)) ? below : gated;
}
