// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bin, makeWorkspace, paceline, removeWorkspace, type Workspace } from '../support/paceline.ts';
import { type ScratchRepository, scratchRepository, writeEcho } from '../support/scratch-repository.ts';

async function setUp(context: TestContext): Promise<{ space: Workspace; repository: ScratchRepository }> {
  const space = await makeWorkspace();
  context.after(() => removeWorkspace(space));
  const repository = await scratchRepository(space.file('repo'));
  await writeEcho(repository, 'echo-a');
  repository.commit('implementations');
  await repository.write('README.md', 'more words');
  repository.commit('words');
  return { space, repository };
}

const quickly = ['--scenario', 'known-answers'];

function ci(space: Workspace, env: NodeJS.ProcessEnv, ...args: string[]) {
  const all = { ...space.env, GITHUB_BASE_REF: '', ...env };
  return paceline(['ci', '--out', space.file('results'), ...quickly, ...args], { env: all });
}

/** All of a repository that paceline must leave alone. */
async function stateOf({ git, dir }: ScratchRepository): Promise<unknown> {
  const kept = ['index', 'config', 'HEAD', 'packed-refs'].map((name) =>
    readFile(join(dir, '.git', name), 'base64').catch(() => null),
  );
  const names = (await readdir(join(dir, '.git'), { recursive: true })).filter((name) => !name.startsWith('objects'));
  return [names.sort(), await Promise.all(kept), git('for-each-ref'), git('stash', 'list'), git('worktree', 'list')];
}

/** A pre-commit hook that runs `ci --head worktree`, as a team would have it. */
async function installHook(folder: string, space: Workspace): Promise<void> {
  const flags = [...quickly, '--base', 'HEAD', '--head', 'worktree', '--out', space.file('results')];
  const command = [process.execPath, bin, 'ci', '--repo', '.', ...flags].map((word) => `'${word}'`).join(' ');
  await writeFile(join(folder, 'pre-commit'), `#!/bin/sh\n${command} > '${space.file('hook.log')}' 2>&1\n`);
  await chmod(join(folder, 'pre-commit'), 0o755);
}

function commitWithHook(dir: string, hooks: string, { env }: Workspace): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', `core.hooksPath=${hooks}`];
  execFileSync('git', [...identity, 'commit', '--quiet', '-m', 'hooked'], {
    cwd: dir,
    env: { ...process.env, ...env, GITHUB_BASE_REF: '' },
    stdio: 'pipe',
  });
}

test('ci in a pre-commit hook judges what is committed and leaves the commit as it was meant, in a clone and in a linked worktree', async (context) => {
  const { space, repository } = await setUp(context);
  repository.git('worktree', 'add', '--quiet', '-b', 'side', space.file('linked'));
  await installHook(space.dir, space);
  for (const dir of [repository.dir, space.file('linked')]) {
    await writeFile(join(dir, 'NEWS.md'), 'news');
    execFileSync('git', ['add', 'NEWS.md'], { cwd: dir });
    commitWithHook(dir, space.dir, space);
    const log = await readFile(space.file('hook.log'), 'utf8');
    assert.match(log, /1 unchanged: echo-a/);
    const show = execFileSync('git', ['show', '--name-only', '--format=%s'], { cwd: dir, encoding: 'utf8' });
    assert.equal(show, 'hooked\n\nNEWS.md\n');
    assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: dir, encoding: 'utf8' }), '');
  }
});

test('--repo is judged, whatever repository GIT_DIR and its like name', async (context) => {
  const { space, repository } = await setUp(context);
  const other = await scratchRepository(space.file('other'));
  await writeEcho(other, 'echo-other');
  other.commit('first');
  other.commit('second');
  const env = {
    GIT_DIR: join(other.dir, '.git'),
    GIT_WORK_TREE: other.dir,
    GIT_INDEX_FILE: join(other.dir, '.git', 'index'),
    GIT_CONFIG_PARAMETERS: "'core.bare=true'",
    GIT_OBJECT_DIRECTORY: join(other.dir, '.git', 'objects'),
    GIT_NAMESPACE: 'other',
  };
  const before = [await stateOf(other), await stateOf(repository)];
  const { exitCode, stdout, stderr } = await ci(space, env, '--repo', repository.dir, '--base', 'HEAD~1');
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /1 unchanged: echo-a/);
  assert.deepEqual([await stateOf(other), await stateOf(repository)], before);
});

test('nothing is written to the repository: index, refs, configuration, stash, worktrees', async (context) => {
  const { space, repository } = await setUp(context);
  await repository.write('impls/echo-a/more.txt', 'not committed');
  repository.git('worktree', 'add', '--quiet', space.file('unmounted'), 'HEAD~1');
  execFileSync('mv', [space.file('unmounted'), space.file('elsewhere')]);
  const before = await stateOf(repository);
  const { stderr } = await ci(
    space,
    {},
    '--repo',
    repository.dir,
    '--base',
    'HEAD',
    '--head',
    'worktree',
    '--time-budget',
    '1s',
  );
  assert.match(stderr, /echo-a: its sources differ/);
  assert.deepEqual(await stateOf(repository), before);
});

test('no configuration of the user changes an answer', async (context) => {
  const { space, repository } = await setUp(context);
  await repository.write('impls/echo-a/new.txt', 'new and untracked');
  const settings = [
    ...['[log]\nshowSignature = true', '[status]\nshowUntrackedFiles = no\nrelativePaths = true\nbranch = true'],
    ...['[color]\nui = always\nstatus = always', '[core]\nautocrlf = true\nquotePath = true\nfsmonitor = /bin/false'],
    ...[
      '[diff]\nrenames = copies\nignoreSubmodules = all\nexternal = /bin/false',
      '[i18n]\nlogOutputEncoding = UTF-16',
    ],
    ...['[core]\nsparseCheckout = true\neol = crlf\nsplitIndex = true', '[format]\npretty = oneline'],
  ];
  await writeFile(space.file('gitconfig'), settings.join('\n'));
  const env = { GIT_CONFIG_GLOBAL: space.file('gitconfig') };
  const flags = ['--repo', repository.dir, '--base', 'HEAD', '--head', 'worktree', '--time-budget', '1s'];
  const { stderr } = await ci(space, env, ...flags);
  const sha = repository.git('rev-parse', 'HEAD');
  assert.ok(stderr.includes(`head ${sha.slice(0, 10)} with changes words\n`), stderr);
  assert.match(stderr, /echo-a: its sources differ/);
  const same = await ci(space, env, '--repo', repository.dir, '--base', 'HEAD~1');
  assert.match(same.stdout, /1 unchanged: echo-a/);
});

test('a signed commit is named by its hash and subject', async (context) => {
  const { space, repository } = await setUp(context);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', space.file('key')]);
  const signing = [
    '-c',
    'gpg.format=ssh',
    '-c',
    `user.signingKey=${space.file('key.pub')}`,
    '-c',
    'commit.gpgSign=true',
  ];
  repository.git(...signing, 'commit', '--quiet', '--allow-empty', '-m', 'signed');
  repository.git('config', 'log.showSignature', 'true');
  const { stderr, exitCode } = await ci(space, {}, '--repo', repository.dir, '--base', 'HEAD~1');
  assert.equal(exitCode, 0, stderr);
  assert.ok(stderr.includes(`head ${repository.git('rev-parse', 'HEAD').slice(0, 10)} signed\n`), stderr);
});

test('a revision that looks like a switch is no revision', async (context) => {
  const { space, repository } = await setUp(context);
  const { stderr, exitCode } = await ci(space, {}, '--repo', repository.dir, '--base=--output=/tmp/x');
  assert.equal(exitCode, 2);
  assert.match(stderr, /there is no revision "--output=\/tmp\/x"/);
});
