import { basename } from 'node:path';
import type { Command } from 'commander';
import { countOf } from '../../compare/text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Prices } from '../../model/prices.ts';
import { buildTrends } from '../../report/build/trends.ts';
import { reportMarkdown } from '../../report/text/markdown.ts';
import { reportText } from '../../report/text/report-text.ts';
import { runsMarkdown, runsText } from '../../report/text/runs-text.ts';
import { summaryText } from '../../report/text/summary-text.ts';
import { trendText } from '../../report/text/trend-text.ts';
import { readResult } from '../../store/result-file.ts';
import { readResults } from '../../store/result-folder.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { oneOf } from '../options.ts';
import { overlayOf } from '../overlay.ts';
import { addPriceOptions, hasPrices, type PriceFlags, pricesOf } from '../price-options.ts';
import { reportModelOf, shortPath, writeReport, writeRunsPage, writeTrendPage } from '../report-file.ts';

interface ReportFlags extends PriceFlags {
  readonly out?: string;
  readonly format: 'html' | 'text' | 'markdown';
  readonly details?: boolean;
  readonly trend?: boolean;
  readonly site?: string;
  readonly json?: boolean;
}

/** `paceline report RESULT`: a finished or cut-off result, printed again. */
export function addReport(program: Command, context: CommandContext): void {
  const command = program
    .command('report')
    .description('make the HTML report (or text, Markdown) of a result file, or of several side by side')
    .argument(
      '<result...>',
      'results/<machine>/<file>.json, several to see them side by side; with --trend and --site a folder',
    )
    .option('--out <file>', 'where the HTML goes (default: reports/<result>.html)')
    .option('--format <format>', 'html, text or markdown (the latter two on standard output)', format, 'html')
    .option('--details', 'with --format text: every table, note and warning instead of a summary')
    .option('--trend', 'each metric over the results of a folder, by processor model')
    .option('--site <dir>', 'a static site of all results of a folder: index, pages, trends, badges')
    .option('--json', 'with --trend: as JSON');
  addPriceOptions(command)
    .addHelpText('after', examples)
    .action(async ([path = '', ...others]: string[], flags: ReportFlags) => {
      await assertOutputsWritable({ '--out': flags.out });
      assertFlagsFit(flags);
      if (others.length > 0) return printOverlay([path, ...others], flags, context);
      if (flags.site !== undefined) return reportSite(path, flags.site, await pricesOf(flags), context);
      if (flags.trend) return reportTrend(path, flags, context);
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

async function reportTrend(path: string, flags: ReportFlags, { stdout, folders }: CommandContext): Promise<void> {
  const trends = buildTrends(await readResults(path));
  if (flags.json) stdout.write(`${JSON.stringify(trends.models)}\n`);
  else if (flags.format === 'text') stdout.print(trendText(trends.models));
  else stdout.write(`${await writeTrendPage(trends, flags.out ?? null, folders)}\n`);
}

async function reportSite(path: string, dir: string, prices: Prices, context: CommandContext): Promise<void> {
  const { stdout, stderr, folders } = context;
  const { writeSite } = await import('../site/write-site.ts');
  const { indexPath, writtenCount, keptCount, removedCount, problems } = await writeSite(path, dir, folders, prices);
  for (const problem of problems) stderr.print(`not shown: ${problem}\n`);
  stderr.print(`${countOf(writtenCount, 'file')} written, ${keptCount} as they were, ${removedCount} removed\n`);
  stdout.write(`${shortPath(indexPath)}\n`);
}

async function printOverlay(paths: readonly string[], flags: ReportFlags, context: CommandContext): Promise<void> {
  if (flags.trend || flags.site !== undefined)
    throw unfit('--trend and --site take one folder', 'name the folder that holds the results');
  if (hasPrices(flags)) throw unfit('runs side by side have no prices', 'leave the prices out, or name one result');
  const report = await overlayOf(paths);
  if (flags.format === 'html') {
    const name = `runs-${paths.map((path) => basename(path, '.json')).join('-')}`;
    context.stdout.write(
      `${await writeRunsPage(report, name.slice(0, maxNameLength), flags.out ?? null, context.folders)}\n`,
    );
    return;
  }
  if (flags.format === 'markdown') context.stdout.write(runsMarkdown(report));
  else context.stdout.paint(runsText(report, { color: wantsColor(context), details: flags.details ?? false }));
}

/** A file's name has room for 255 bytes. */
const maxNameLength = 200;

/** A flag that would be ignored is a mistake. */
function assertFlagsFit({ out, json, trend, site, format: kind, details, ...flags }: ReportFlags): void {
  if (site !== undefined && (trend || out !== undefined || json || details || kind !== 'html'))
    throw unfit('--site makes every page, and takes no other option', 'leave the others out');
  const isPage = kind === 'html' && !json;
  if (trend && kind === 'markdown') throw unfit('--trend has no Markdown', 'use --format html or text');
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
  npm run bench -- report before.json after.json another.json    side by side, changes against the first
  npm run bench -- report results --trend
  npm run bench -- report results --trend --format text
  npm run bench -- report results --site public

The file is named at the end of each run; \`list\` shows all of this checkout.`;
