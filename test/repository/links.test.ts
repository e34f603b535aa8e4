// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

/** Kept outputs of tests are no documentation. */
const pages = trackedFiles('*.md').filter((page) => !page.includes('/goldens/'));

function trackedFiles(...patterns: string[]): string[] {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns];
  const listed = execFileSync('git', words, { cwd: root, encoding: 'utf8' }).split('\n');
  return [...new Set(listed)].filter((name) => name !== '' && existsSync(join(root, name)));
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

interface Link {
  readonly page: string;
  readonly written: string;
  /** From the repository's root. */
  readonly target: string;
  readonly anchor: string | null;
}

/** The relative links of a page, its pictures included; what stands in code is no link. */
function linksOf(page: string): Link[] {
  const prose = read(page)
    .replaceAll(/^( *)```[\s\S]*?^\1```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '`');
  const written = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
  return written
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = null] = link.split('#');
      const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      return { page, written: link, target, anchor };
    });
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading ?? '');
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every relative link of every page leads somewhere', () => {
  const broken = pages
    .flatMap(linksOf)
    .filter(({ target, anchor }) => {
      if (target.startsWith('..') || !existsSync(join(root, target))) return true;
      return anchor !== null && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    })
    .map(({ page, written }) => `${page}: ${written}`);
  assert.ok(pages.length > 30);
  assert.deepEqual(broken, []);
});

test('every page of docs is reachable from its index', () => {
  const reached = new Set(['docs/README.md']);
  for (const page of reached) {
    for (const { target } of linksOf(page))
      if (target.startsWith('docs/') && target.endsWith('.md')) reached.add(target);
  }
  const missing = pages.filter((page) => page.startsWith('docs/') && !reached.has(page));
  assert.deepEqual(missing, []);
});

test('no page holds what a merge left to be decided', () => {
  assert.deepEqual(
    pages.filter((page) => /^(<{7}|>{7}) /m.test(read(page))),
    [],
  );
});

test('the README is short enough to be read', () => {
  assert.ok(read('README.md').trimEnd().split('\n').length <= 150);
});

test('every decision is in the index, with its title and a status', () => {
  const index = read('docs/decisions/README.md');
  for (const page of pages.filter((name) => /^docs\/decisions\/\d{4}-/.test(name))) {
    assert.ok(index.includes(`(${page.slice('docs/decisions/'.length)})`), page);
    assert.match(read(page), /^# \d{4}: .+\n\nStatus: /, page);
  }
});

test('pages that code names exist', () => {
  const missing = trackedFiles('*.ts', '*.mjs', '*.go', '*.py', '*.yml', '*.yaml').flatMap((file) =>
    [...read(file).matchAll(/\b(?:docs|bench)\/[\w/-]+\.md\b/g)]
      .map(([named]) => named)
      .filter((named) => !existsSync(join(root, named)))
      .map((named) => `${file}: ${named}`),
  );
  assert.deepEqual(missing, []);
});

test('dependabot watches every folder that locks dependencies', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[];
  };
  const watched = (ecosystem: string) =>
    updates
      .filter((update) => update['package-ecosystem'] === ecosystem)
      .flatMap(({ directory, directories }) => directories ?? [directory ?? ''])
      .sort();
  const holding = (...names: string[]) =>
    [...new Set(trackedFiles(...names.map((name) => `**/${name}`)).map((file) => `/${dirname(file)}`))].sort();
  assert.deepEqual(watched('gomod'), holding('go.mod'));
  assert.deepEqual(watched('pip'), holding('requirements.lock', 'dev-requirements.lock'));
});
