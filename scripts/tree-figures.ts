/**
 * Prints the shape of a checkout: files and lines by room, lengths of files and functions, import circles, exports that nothing
 * imports, lines of the README. `npm run tree-figures [-- FOLDER]`; docs/explanation/tree-figures.md compares two commits.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, normalize, resolve } from 'node:path';
import { parse } from 'acorn';

const home = resolve(import.meta.dirname, '..');
const tops = ['src', 'bench', 'impls', 'experiments', 'scripts', 'test'];

export interface SourceFile {
  readonly path: string;
  readonly lineCount: number;
  readonly functionLineCounts: readonly number[];
  /** Files of the same checkout. */
  readonly imports: readonly string[];
}

/** `path` is relative to the checkout. */
export function readSource(path: string, text: string): SourceFile {
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?'(\.[^']+)';/gm)].map(
    ([, specifier = '']) => specifier,
  );
  return {
    path,
    lineCount: text.split('\n').length - 1,
    functionLineCounts: functionLineCounts(text),
    imports: specifiers.map((specifier) => normalize(join(dirname(path), specifier))),
  };
}

/** One for each function and method; an arrow function counts where it spans several lines. */
function functionLineCounts(text: string): number[] {
  const javascript = stripTypeScriptTypes(text);
  const counts: number[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit);
      return;
    }
    if (!isNode(node)) return;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      const lineCount = javascript.slice(node.start, node.end).split('\n').length;
      if (node.type !== 'ArrowFunctionExpression' || lineCount > 1) counts.push(lineCount);
    }
    Object.values(node).forEach(visit);
  };
  visit(parse(javascript, { ecmaVersion: 'latest', sourceType: 'module' }));
  return counts;
}

function isNode(value: unknown): value is { type: string; start: number; end: number } {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Sets of files that import each other in a circle (strongly connected components of more than one file; Tarjan 1972). */
export function importCircles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const lowOf = (path: string) => low.get(path) ?? Number.POSITIVE_INFINITY;
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.size - 1);
    stack.push(path);
    for (const next of byPath.get(path)?.imports.filter((other) => byPath.has(other)) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(lowOf(path), lowOf(next)));
    }
    if (lowOf(path) !== order.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1) found.push(circle);
  };
  for (const { path } of files) if (!order.has(path)) visit(path);
  return found;
}

/** The value below which a share of the values lies; the higher of two in the middle. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function roomOf({ path }: SourceFile): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? `${top}/${second}` : top;
}

const heads = ['files', 'lines', 'file p50', 'file p90', 'file max', 'func p50', 'func p90', 'func max'];

function rowText(name: string, cells: readonly (number | string)[]): string {
  return [name.padEnd(18), ...cells.map((cell) => String(cell).padStart(9))].join('');
}

function figures(files: readonly SourceFile[]): readonly number[] {
  const lines = files.map(({ lineCount }) => lineCount);
  const functions = files.flatMap(({ functionLineCounts }) => functionLineCounts);
  const lengths = (counts: readonly number[]) => [quantile(counts, 0.5), quantile(counts, 0.9), Math.max(0, ...counts)];
  const lineCount = lines.reduce((sum, count) => sum + count, 0);
  return [files.length, lineCount, ...lengths(lines), ...lengths(functions)];
}

function table(files: readonly SourceFile[]): string {
  const rooms = Object.entries(Object.groupBy(files, roomOf));
  return [
    rowText('', heads),
    ...rooms.map(([room, own = []]) => rowText(room, figures(own))),
    rowText('all of src', figures(files.filter(({ path }) => path.startsWith('src/')))),
    rowText('everything', figures(files)),
  ].join('\n');
}

function trackedSources(folder: string): readonly SourceFile[] {
  const words = ['ls-files', '-co', '--exclude-standard', '*.ts'];
  const listed = execFileSync('git', words, { cwd: folder, encoding: 'utf8' }).split('\n');
  return listed
    .filter((path) => tops.some((top) => path.startsWith(`${top}/`)) && existsSync(join(folder, path)))
    .map((path) => readSource(path, readFileSync(join(folder, path), 'utf8')));
}

interface UnusedExports {
  readonly issues: readonly { readonly file: string; readonly exports?: unknown[]; readonly types?: unknown[] }[];
}

/** By knip, with the checkout's own configuration where it has one. */
function unusedExportCounts(folder: string): { src: number; all: number } {
  const config = [folder, home].map((one) => join(one, 'knip.json')).find(existsSync) ?? '';
  const knip = join(home, 'node_modules', 'knip', 'bin', 'knip.js');
  const words = [knip, '--directory', folder, '--config', config, '--reporter', 'json', '--no-exit-code'];
  const printed = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const { issues } = JSON.parse(printed) as UnusedExports;
  const count = (chosen: UnusedExports['issues']) =>
    chosen.reduce((sum, { exports = [], types = [] }) => sum + exports.length + types.length, 0);
  return { src: count(issues.filter(({ file }) => file.startsWith('src/'))), all: count(issues) };
}

function circlesText(circles: readonly string[][]): string {
  return [
    `import circles: ${circles.length}`,
    ...circles.map((circle) => `  ${circle.length} files: ${circle.join(' ')}`),
  ].join('\n');
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? home);
  const files = trackedSources(folder);
  const unused = unusedExportCounts(folder);
  const readmeLineCount = readFileSync(join(folder, 'README.md'), 'utf8').trimEnd().split('\n').length;
  console.log(table(files));
  console.log(`\n${circlesText(importCircles(files))}`);
  console.log(`exports that nothing imports: ${unused.src} in src, ${unused.all} in all`);
  console.log(`lines of README.md: ${readmeLineCount}`);
}
