import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

interface Step {
  readonly file: string;
  /** Indented: it helps the numbered file above it. */
  readonly isHelper: boolean;
}

interface Walk {
  readonly title: string;
  readonly statedFileCount: number;
  readonly steps: readonly Step[];
}

function walksOf(page: string): readonly Walk[] {
  const [, section = ''] = page.split('\n## Walks\n');
  return section
    .split('\n### ')
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      statedFileCount: Number(/^(\d+) files\.$/m.exec(text)?.[1]),
      steps: [...text.matchAll(/^(?:\d+\.|( +)-) `([^`]+)` /gm)].map(([, indent, file = '']) => ({
        file,
        isHelper: indent !== undefined,
      })),
    }));
}

function importsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, specifier = '']) => specifier);
  return new Set(specifiers.map((specifier) => relative(root, resolve(root, file, '..', specifier))));
}

function areNeighbours(one: string, other: string): boolean {
  return importsOf(one).has(other) || importsOf(other).has(one);
}

/** Files of a walk that do not follow from the one before, each with the files that it should be connected with. */
function gaps({ steps }: Walk): readonly string[] {
  const found: string[] = [];
  let group: string[] = [];
  for (const { file, isHelper } of steps) {
    const before = isHelper ? group : group.slice(0, 1);
    if (before.length > 0 && !before.some((one) => areNeighbours(one, file))) found.push(`${file} and ${before}`);
    group = isHelper ? [...group, file] : [file];
  }
  return found;
}

const walks = walksOf(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));

test('the architecture page has its three walks', () => {
  assert.deepEqual(
    walks.map(({ title }) => title),
    ['One request', 'One CPU sample', 'One verdict'],
  );
});

for (const walk of walks) {
  test(`${walk.title}: each file exists and imports its neighbour, or is imported by it`, () => {
    const missing = walk.steps.filter(({ file }) => !existsSync(join(root, file)));
    assert.deepEqual(missing, []);
    assert.deepEqual(gaps(walk), []);
  });

  test(`${walk.title}: the number of files is the one that the page states`, () => {
    assert.equal(new Set(walk.steps.map(({ file }) => file)).size, walk.statedFileCount);
  });
}
