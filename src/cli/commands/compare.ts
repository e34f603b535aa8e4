import type { Command } from 'commander';
import { type ExportFormat, type ExportInput, exportFormats } from '../../compare/export/formats.ts';
import { matchesCell, withoutTrailingSlash } from '../../compare/outcome.ts';
import type { Comparison } from '../../model/comparison.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { comparisonText } from '../../report/text/comparison-text.ts';
import { comparisonMarkdown } from '../../report/text/markdown.ts';
import { addWaiver } from '../../store/waiver-file.ts';
import { assertOutputsWritable, assertParentFolderExists, writeFileAtomically } from '../../store/write-file.ts';
import { type ComparisonFlags, compareFiles, todayUtc, unknownCellError } from '../compare-files.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { dayOption, oneOf, percentOption } from '../options.ts';
import { shortPath, writeComparisonPage } from '../report-file.ts';

const exportNames = Object.keys(exportFormats) as ExportFormat[];
const formatNames = ['text', 'markdown', 'html', ...exportNames] as const;
type Format = (typeof formatNames)[number];

interface CompareFlags extends ComparisonFlags {
  readonly format: Format;
  readonly out?: string;
  readonly gate?: boolean;
  readonly all?: boolean;
  readonly waive?: string;
  readonly reason?: string;
  readonly until?: string;
}

/** `paceline compare BASE HEAD`: what two results differ in, and whether that is a regression. */
export function addCompare(program: Command, context: CommandContext): void {
  program
    .command('compare')
    .description('compare two results (files, or folders with the results of one commit) and judge each metric')
    .argument('<base>', 'the result to compare with')
    .argument('<head>', 'the result to judge')
    .option('--format <format>', formatNames.join(', '), oneOf('format', formatNames), 'text')
    .option('--out <file>', 'write there instead of standard output (html: default reports/…)')
    .option('--all', 'show metrics that only inform even where nothing changed')
    .option('--gate', 'end with 1 when something gated is worse')
    .option('--min-effect <percent>', 'the smallest change that matters, of every metric, as 2.5%', percentOption)
    .option('--policy <file>', 'which metrics gate, and how (default: bench/gate.ts)')
    .option('--waivers <file>', 'known changes that are let through (default: bench/waivers.json)')
    .option('--waive <cell>', 'write such a waiver: an id as `--format json` gives it, or its beginning up to a slash')
    .option('--reason <text>', 'why it is waived')
    .option('--until <date>', 'the last day on which it is, as 2026-12-31', dayOption)
    .addHelpText('after', examples)
    .action(async (base: string, head: string, flags: CompareFlags) => {
      context.exitCode = await compare(base, head, flags, context);
    });
}

const examples = `
Examples:
  npm run bench -- compare results/<machine>/<base>.json results/<machine>/<head>.json
  npm run bench -- compare base.json head.json --gate --min-effect 5%
  npm run bench -- compare base.json head.json --format markdown >> "$GITHUB_STEP_SUMMARY"
  npm run -s bench -- compare base.json head.json --format benchstat | benchstat -col side -
  npm run bench -- compare base.json head.json --waive crud-go/history/warm/400/startup --reason 'new TLS' --until 2027-01-31

Exit codes: 0 compared, 1 a regression (with --gate), 2 usage, 3 nothing could be decided (nothing in common, too few trials)`;

async function compare(base: string, head: string, flags: CompareFlags, context: CommandContext): Promise<number> {
  refuseLoneReason(flags);
  await assertOutputsWritable({ '--out': flags.out });
  if (flags.out !== undefined) await assertParentFolderExists(flags.out, '--out');
  if (flags.waive !== undefined) await waive(base, head, flags.waive, flags, context);
  const compared = await compareFiles(base, head, flags, context.folders);
  if (flags.format === 'html') {
    const { comparison, base: before, head: after } = compared;
    const page = await writeComparisonPage(comparison, [before, after], flags.out ?? null, context.folders);
    context.stdout.write(`${page}\n`);
  } else {
    const text = written(compared, flags.format, flags, context);
    if (flags.out !== undefined) await writeFileAtomically(flags.out, text);
    else if (flags.format === 'text') context.stdout.paint(text);
    else context.stdout.write(text);
  }
  const { exitCode } = compared.comparison.outcome;
  return exitCode === 1 && flags.gate !== true ? 0 : exitCode;
}

function written(compared: ExportInput, format: Exclude<Format, 'html'>, flags: CompareFlags, context: CommandContext) {
  const { comparison } = compared;
  if (format === 'text') {
    return comparisonText(comparison, {
      color: flags.out === undefined && wantsColor(context),
      all: flags.all ?? false,
    });
  }
  if (format === 'markdown') return comparisonMarkdown(comparison);
  return exportFormats[format](compared);
}

/** A reason or a day alone would be dropped in silence. */
function refuseLoneReason({ waive: cell, reason, until }: CompareFlags): void {
  const given = [...(reason === undefined ? [] : ['--reason']), ...(until === undefined ? [] : ['--until'])];
  if (cell !== undefined || given.length === 0) return;
  throw new HarnessError('usage', `${given.join(' and ')} without --waive`, 'name what is waived: --waive CELL');
}

async function waive(base: string, head: string, cell: string, flags: CompareFlags, context: CommandContext) {
  const { reason, until } = flags;
  if (reason === undefined || reason.trim() === '' || until === undefined) {
    throw new HarnessError(
      'usage',
      '--waive needs --reason and --until',
      'say why, and until when: --until 2026-12-31',
    );
  }
  if (until < todayUtc()) throw new HarnessError('usage', `--until ${until} is over`, 'name a day to come');
  const { comparison } = await compareFiles(base, head, flags, context.folders);
  refuseUnknownCell(cell, comparison.comparisons);
  const path = flags.waivers ?? context.folders.waiversPath;
  const waived = withoutTrailingSlash(cell);
  await addWaiver(path, { cell: waived, reason: reason.trim(), until });
  context.stderr.write(`waived ${waived} until ${until} in ${shortPath(path)}: check it in\n`);
}

function refuseUnknownCell(cell: string, comparisons: readonly Comparison[]): void {
  if (comparisons.some(({ id }) => matchesCell(cell, id))) return;
  throw unknownCellError(cell, comparisons);
}
