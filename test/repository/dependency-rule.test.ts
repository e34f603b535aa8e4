import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

/** Which folders of src a folder may import beside itself: docs/architecture.md draws it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  stats: ['model'],
  os: ['model'],
  load: ['model', 'stats', 'os'],
  k6: ['model', 'stats', 'os'],
  target: ['model', 'stats', 'os'],
  conformance: ['model', 'stats', 'os', 'target'],
  fuzz: ['model', 'stats', 'os', 'target', 'conformance'],
  probe: ['model', 'stats', 'os'],
  database: ['model', 'stats', 'os'],
  profile: ['model'],
  store: ['model', 'stats', 'os'],
  compare: ['model', 'stats'],
  report: ['model', 'stats', 'compare'],
  run: ['model', 'stats', 'os', 'profile', 'load', 'k6', 'target', 'conformance', 'fuzz', 'probe', 'database', 'store'],
  ci: ['model', 'stats', 'os', 'target', 'store', 'compare', 'run'],
  config: ['model', 'stats', 'os', 'load', 'target', 'run'],
  cli: [
    'model',
    'stats',
    'os',
    'load',
    'k6',
    'target',
    'conformance',
    'fuzz',
    'probe',
    'database',
    'store',
    'compare',
    'report',
    'run',
    'ci',
    'config',
  ],
};

/** No node: import, no clock, no ambient random: these are replayed on old results and on virtual time. */
const pure = [/^src\/model\//, /^src\/stats\//, /^src\/compare\//, /^src\/report\/(?!page\/|html\/bundle\.ts)/];

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function offence(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = relative(root, resolve(root, file, '..', specifier));
  const arrow = `${file} → ${target}`;
  const [top, area = ''] = file.split('/');
  const [targetTop, targetArea = ''] = target.split('/');
  if (top === 'bench') {
    const inBench = targetTop === 'bench' || target.startsWith('src/model/') || target === 'src/stats/random.ts';
    return inBench ? null : arrow;
  }
  if (top === 'impls') return targetTop === 'impls' ? null : arrow;
  if (targetTop !== 'src') return arrow;
  return targetArea === area || allowed[area]?.includes(targetArea) ? null : arrow;
}

test('imports follow the dependency rule', async () => {
  const files = (await Promise.all(['src', 'bench', 'impls'].map(sources))).flat();
  const offences: string[] = [];
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8');
    for (const specifier of importsOf(text)) offences.push(offence(file, specifier) ?? '');
  }
  assert.ok(files.length > 50);
  assert.deepEqual(
    offences.filter((arrow) => arrow !== ''),
    [],
  );
});

test('the pure zone has no node: import, no clock and no ambient random', async () => {
  const files = (await sources('src')).filter((file) => pure.some((pattern) => pattern.test(file)));
  const impure: string[] = [];
  for (const file of files) {
    const code = (await readFile(join(root, file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const found = /'node:[a-z/_]+'|Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(/.exec(code);
    if (found !== null) impure.push(`${file}: ${found[0]}`);
  }
  assert.ok(files.length > 10);
  assert.deepEqual(impure, []);
});
