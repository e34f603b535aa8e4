import { basename } from 'node:path';
import type { Command } from 'commander';
import { trendsByModel } from '../../compare/trend.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { reportMarkdown } from '../../report/text/markdown.ts';
import { reportText } from '../../report/text/report-text.ts';
import { summaryText } from '../../report/text/summary-text.ts';
import { trendText } from '../../report/text/trend-text.ts';
import { readResult } from '../../store/result-file.ts';
import { readResults } from '../../store/result-folder.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { oneOf } from '../options.ts';
import { addPriceOptions, hasPrices, type PriceFlags, pricesOf } from '../price-options.ts';
import { reportModelOf, writeReport } from '../report-file.ts';

interface ReportFlags extends PriceFlags {
  readonly out?: string;
  readonly format: 'html' | 'text' | 'markdown';
  readonly details?: boolean;
  readonly trend?: boolean;
  readonly json?: boolean;
}

/** `paceline report RESULT`: a finished or cut-off result, printed again. */
export function addReport(program: Command, context: CommandContext): void {
  const command = program
    .command('report')
    .description('make the HTML report (or text, Markdown) of a result file')
    .argument('<result>', 'results/<machine>/<file>.json; with --trend a folder of them')
    .option('--out <file>', 'where the HTML goes (default: reports/<result>.html)')
    .option('--format <format>', 'html, text or markdown (the latter two on standard output)', format, 'html')
    .option('--details', 'with --format text: every table, note and warning instead of a summary')
    .option('--trend', 'each metric over the results of a folder, by processor model, as text')
    .option('--json', 'with --trend: as JSON');
  addPriceOptions(command)
    .addHelpText('after', examples)
    .action(async (path: string, flags: ReportFlags) => {
      await assertOutputsWritable({ '--out': flags.out });
      assertFlagsFit(flags);
      if (flags.trend) {
        const trends = trendsByModel(await readResults(path));
        if (flags.json) context.stdout.write(`${JSON.stringify(trends)}\n`);
        else context.stdout.print(trendText(trends));
        return;
      }
      const model = await reportModelOf(await readResult(path), context.folders, await pricesOf(flags));
      if (flags.format === 'html') {
        const page = await writeReport(model, basename(path, '.json'), flags.out ?? null, context.folders);
        context.stdout.write(`${page}\n`);
        return;
      }
      if (flags.format === 'markdown') context.stdout.write(reportMarkdown(model));
      else {
        const text = flags.details ? reportText : summaryText;
        context.stdout.paint(text(model, { color: wantsColor(context), resultPath: path, reportPath: null }));
      }
    });
}

/** A flag that would be ignored is a mistake. */
function assertFlagsFit({ out, json, trend, format: kind, details, ...flags }: ReportFlags): void {
  const isPage = !trend && kind === 'html';
  if (out !== undefined && !isPage) throw unfit('--out goes with --format html alone', 'send the output there: > FILE');
  if (json && !trend) throw unfit('--json goes with --trend', 'a result file is JSON already');
  if (details && (trend || kind !== 'text')) throw unfit('--details goes with --format text', 'leave one out');
  if (trend && hasPrices(flags)) throw unfit('a trend has no prices', 'leave the prices out');
}

function unfit(message: string, remedy: string): HarnessError {
  return new HarnessError('usage', message, remedy);
}

const format = oneOf('report format', ['html', 'text', 'markdown']);

const examples = `
Examples:
  npm run bench -- report results/<machine>/<file>.json
  npm run bench -- report results/<machine>/<file>.json --format markdown
  npm run bench -- report results/<machine>/<file>.json --vcpu-hour 0.05 --gib-hour 0.006
  npm run bench -- report results --trend

The file is named at the end of each run; \`list\` shows all of this checkout.`;
