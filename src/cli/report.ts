import type { Command } from 'commander';
import { reportMarkdown } from '../report/markdown.ts';
import { reportText } from '../report/text.ts';
import { readResult } from '../store/result-file.ts';
import { type CommandContext, wantsColor } from './context.ts';
import { oneOf } from './option.ts';
import { modelOf, writeReport } from './report-file.ts';

interface ReportFlags {
  readonly out?: string;
  readonly format: 'html' | 'text' | 'markdown';
}

/** `paceline report RESULT`: a finished or cut-off result, told again. */
export function addReport(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('make the HTML report (or text, Markdown) of a result file')
    .argument('<result>', 'results/<machine>/<file>.json')
    .option('--out <file>', 'where the HTML goes (default: reports/<result>.html)')
    .option('--format <format>', 'html, text or markdown (the latter two on standard output)', format, 'html')
    .addHelpText('after', examples)
    .action(async (path: string, flags: ReportFlags) => {
      if (flags.format === 'html') {
        context.stdout.write(`${await writeReport(path, flags.out ?? null)}\n`);
        return;
      }
      const result = await readResult(path);
      const model = await modelOf(result);
      if (flags.format === 'markdown') context.stdout.write(reportMarkdown(model));
      else context.stdout.write(reportText(model, { color: wantsColor(context), resultPath: path, reportPath: null }));
    });
}

const format = oneOf('report format', ['html', 'text', 'markdown']);

const examples = `
Examples:
  npm run bench -- report results/<machine>/<file>.json
  npm run bench -- report results/<machine>/<file>.json --format markdown`;
