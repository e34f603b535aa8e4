import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openRepository } from '../../src/ci/repository.ts';
import { hasChanges, revisionsOf, revisionText } from '../../src/ci/revision.ts';
import { changedPaths, gitEnvironment } from '../../src/os/git.ts';
import type { Reader } from './reader.ts';

/** A repository that somebody else made, and what is asked of it. Texts are bytes: a character each. */
interface Plan {
  readonly folder: string;
  readonly subjects: readonly string[];
  readonly branch: string;
  /** New files, not committed. */
  readonly names: readonly string[];
  readonly oddity: (typeof oddities)[number];
  readonly base: string | null;
  readonly head: string;
}

const oddities = [
  ...['none', 'none', 'graft', 'shallow', 'detached', 'no commit', 'broken HEAD', 'lost object', 'replaced'],
  ...['odd config', 'submodules', 'attributes', 'bare', 'unborn branch'],
] as const;

const acting = '\x1b[2J\x9b31m\x07';
const subject = fc.oneof(
  fc.constantFrom(
    'words',
    '',
    ' ',
    acting,
    '\xff\xfe',
    'a\nb\n\nc',
    '-x',
    '`$(touch x)`',
    '%H%x00%s',
    'é',
    '\xe2\x80\xae',
  ),
  fc.constant('long '.repeat(40_000)),
  // Characters as bytes; git takes no NUL.
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes)),
);
const name = fc.oneof(
  fc.constantFrom(
    'a\nb',
    '"q"',
    ' lead',
    'trail ',
    '-rf',
    'tab\t',
    '\xc3\xbcn',
    '\xff',
    acting,
    '$(touch x)',
    ';',
    '*',
  ),
  fc.constantFrom(
    ':(exclude)x',
    '..x',
    'x'.repeat(200),
    '\r',
    '\\',
    '~',
    '#',
    '!',
    '?? x',
    'R  a -> b',
    "'",
    'gitignore',
  ),
);
const ref = fc.constantFrom(
  ...[
    'main',
    'HEAD',
    'HEAD~1',
    'HEAD~9',
    'other',
    '-x',
    '--output=x',
    '',
    'a..b',
    'HEAD^{tree}',
    ':/words',
    '@{u}',
    'HEAD@{1}',
  ],
  ...['0'.repeat(40), `${acting}x`, 'x\ny', 'refs/heads/main', 'worktree'],
);
const plans: fc.Arbitrary<Plan> = fc.record({
  folder: fc.constantFrom('repo', 'repo', 'a b', 'a\nb', "a'b", 'ünï', '-x', 'a"b'),
  subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
  branch: fc.constantFrom('main', 'topic', 'a/b', 'ünï', '-x', "a'b"),
  names: fc.uniqueArray(name, { maxLength: 4 }),
  oddity: fc.constantFrom(...oddities),
  base: fc.option(ref),
  head: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('HEAD', 'worktree') }, ref),
});

type Git = (input: string | null, ...args: string[]) => string;

/** Bytes as their characters. */
function gitIn(dir: string): Git {
  const who = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@x', GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@x' };
  return (input, ...args) =>
    execFileSync('git', args, {
      ...{ cwd: dir, encoding: 'latin1', stdio: 'pipe', env: { ...gitEnvironment(process.env), ...who } },
      ...(input === null ? {} : { input: Buffer.from(input, 'latin1') }),
    }).trim();
}

function build({ folder, subjects, branch, names, oddity }: Plan, parent: string): string {
  const dir = join(parent, folder);
  mkdirSync(dir);
  const git = gitIn(dir);
  git(null, 'init', '--quiet', '--initial-branch=main');
  if (oddity === 'no commit') return dir;
  const tree = git('', 'hash-object', '-w', '-t', 'tree', '--stdin');
  const hashes: string[] = [];
  for (const text of subjects) {
    const parents = hashes.slice(-1).flatMap((one) => ['-p', one]);
    hashes.push(git(text, 'commit-tree', tree, ...parents));
  }
  const last = hashes.at(-1) ?? '';
  git(null, 'update-ref', 'refs/heads/main', hashes[0] ?? '');
  git(null, 'update-ref', `refs/heads/${branch}`, last);
  git(null, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
  for (const one of names) writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(one, 'latin1')]), 'x');
  return madeOdd(oddity, { dir, git, hashes, last });
}

interface Made {
  readonly dir: string;
  readonly git: Git;
  readonly hashes: readonly string[];
  readonly last: string;
}

function madeOdd(oddity: Plan['oddity'], { dir, git, hashes, last }: Made): string {
  const inGit = (path: string, text: string) => writeFileSync(join(dir, '.git', path), text);
  if (oddity === 'graft') inGit('info/grafts', `${last}\n${'0'.repeat(40)} ${hashes[0]}\n`);
  if (oddity === 'shallow') inGit('shallow', `${last}\n`);
  if (oddity === 'detached') inGit('HEAD', `${last}\n`);
  if (oddity === 'broken HEAD') inGit('HEAD', 'ref: refs/heads/../../x\n');
  if (oddity === 'unborn branch') inGit('HEAD', 'ref: refs/heads/unborn\n');
  if (oddity === 'lost object') inGit(`objects/${last.slice(0, 2)}/${last.slice(2)}`.replace(/$/, '.x'), '');
  if (oddity === 'lost object') execFileSync('rm', ['-f', join(dir, '.git/objects', last.slice(0, 2), last.slice(2))]);
  if (oddity === 'replaced') git(null, 'replace', '-f', last, git('replaced', 'commit-tree', `${last}^{tree}`));
  if (oddity === 'attributes') writeFileSync(join(dir, '.gitattributes'), '* filter=x text eol=crlf\n');
  if (oddity === 'submodules')
    writeFileSync(join(dir, '.gitmodules'), '[submodule "../x"]\n\tpath = -x\n\turl = ext::sh -c touch% x\n');
  if (oddity === 'odd config')
    inGit(
      'config',
      '[core]\n\tworktree = /nonexistent\n\tfsmonitor = touch x\n[alias]\n\tlog = !touch x\n[pager]\n\tlog = touch x\n',
    );
  if (oddity === 'bare') git(null, 'config', 'core.bare', 'true');
  return dir;
}

/** Names as paceline reads them: bytes that are no UTF-8 become the same sign. */
const decoded = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

export const gitReader: Reader = {
  id: 'git',
  inputs: plans.map((plan) => Buffer.from(JSON.stringify(plan))),
  count: 8,
  async read(input, parent) {
    const plan = JSON.parse(input.toString('utf8')) as Plan;
    const dir = build(plan, parent);
    const repository = await openRepository(dir, { rootDir: dir });
    if (!repository.isBare && plan.oddity !== 'odd config') {
      const found = (await changedPaths(repository.dir)).filter((path) => !path.startsWith('.git'));
      assert.deepEqual(found.sort(), plan.oddity === 'no commit' ? [] : plan.names.map(decoded).sort());
    }
    await hasChanges(repository);
    const request = { base: plan.base, head: plan.head, isAA: false };
    const revisions = await revisionsOf(repository, request, {});
    for (const side of [revisions.base, revisions.head]) {
      assert.match(side.sha, /^[0-9a-f]{40}$/);
      assert.ok(!side.subject.includes('\n'), 'a subject is one line');
      assert.ok(revisionText(side).startsWith(side.sha.slice(0, 10)));
    }
    assert.throws(() => readFileSync(join(dir, 'x')), 'something that the repository names was run');
  },
};
