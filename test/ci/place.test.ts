// test-lane: waits
import assert from 'node:assert/strict';
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeWorkspace, paceline, removeWorkspace, type Workspace } from '../support/paceline.ts';
import { type ScratchRepository, scratchRepository, writeEcho } from '../support/scratch-repository.ts';

/** Nothing is measured in any of these: what is looked at, and where, is decided before. */
const quickly = ['--base', 'HEAD~1'];

async function setUp(context: TestContext): Promise<{ space: Workspace; repository: ScratchRepository }> {
  const space = await makeWorkspace();
  context.after(() => removeWorkspace(space));
  return { space, repository: await scratchRepository(space.file('repo')) };
}

function ci(space: Workspace, repo: string, ...more: string[]) {
  const env = { ...space.env, GITHUB_BASE_REF: '' };
  const scenario = more.includes('--scenario') ? [] : ['--scenario', 'known-answers'];
  return paceline(['ci', '--repo', repo, '--out', space.file('results'), ...quickly, ...scenario, ...more], { env });
}

/** Two commits, of which the second touches a text only. */
async function commitTwice(repository: ScratchRepository, folder = '', place = ''): Promise<void> {
  for (const id of ['echo-a', 'echo-b']) await writeEcho(repository, id, { place });
  if (folder !== '') {
    await mkdir(join(repository.dir, folder), { recursive: true });
    await rename(join(repository.dir, 'impls'), join(repository.dir, folder, 'impls'));
  }
  repository.commit('implementations');
  await repository.write('README.md', 'more words');
  repository.commit('words');
}

test('an untouched change ends with 0 and says how many are unchanged', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository);
  const { exitCode, stdout, stderr } = await ci(space, repository.dir);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /\(2 unchanged: echo-a, echo-b\): nothing was measured/);
});

test('a checkout in a subdirectory of its repository is looked at there, from wherever --repo points into it', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository, 'vendor/paceline');
  const place = join(repository.dir, 'vendor', 'paceline');
  for (const repo of [place, join(place, 'impls', 'echo-a')]) {
    const { exitCode, stdout, stderr } = await ci(space, repo);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /2 unchanged: echo-a, echo-b/);
  }
  await repository.write('vendor/paceline/impls/echo-a/main.mjs', 'process.exit(1);');
  repository.commit('broken');
  const { stderr, exitCode } = await ci(space, place, '--time-budget', '1s');
  assert.match(stderr, /echo-a: its sources differ/);
  assert.notEqual(exitCode, 0);
});

test('a repository without any implementation ends with 3 and the paths that were looked in', async (context) => {
  const { space, repository } = await setUp(context);
  await repository.write('deep/er/README.md', 'one');
  repository.commit('first');
  await repository.write('deep/er/README.md', 'two');
  repository.commit('second');
  const { exitCode, stderr } = await ci(space, join(repository.dir, 'deep', 'er'), '--impls', 'more');
  assert.equal(exitCode, 3);
  assert.match(stderr, /no implementation was found in base \(\w+\) or head \(\w+\)/);
  for (const folder of ['deep/er/impls/', 'deep/er/more/', 'deep/impls/', 'impls/'])
    assert.ok(stderr.includes(`\n  ${folder}\n`), `${folder} in ${stderr}`);
});

test('a scenario that asks nothing of what is there ends with 3', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository);
  const { exitCode, stderr } = await ci(space, repository.dir, '--scenario', 'ci');
  assert.equal(exitCode, 3);
  assert.match(stderr, /the scenario asks .*crud.*, and the commits have only echo-a \(echo\), echo-b \(echo\)/);
});

test('a folder outside of the repository, which both commits would share, is refused', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository);
  for (const folder of [space.dir, '../elsewhere']) {
    const { exitCode, stderr } = await ci(space, repository.dir, '--impls', folder);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--impls .* lies outside of /);
  }
});

test('an absolute folder within the repository is that of each commit', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository, 'other', 'other/');
  const { exitCode, stdout, stderr } = await ci(space, repository.dir, '--impls', join(repository.dir, 'other/impls'));
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /2 unchanged/);
});

test('impls that is a link to a folder outside of the commit ends with 3', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository);
  await cp(join(repository.dir, 'impls'), space.file('outside'), { recursive: true });
  await repository.remove('impls');
  await symlink(space.file('outside'), join(repository.dir, 'impls'));
  repository.commit('a link');
  await repository.write('README.md', 'even more words');
  repository.commit('words');
  const { exitCode, stderr } = await ci(space, repository.dir);
  assert.equal(exitCode, 3);
  assert.match(stderr, /impls is a link that leads out of the commit/);
});

test('a repository reached through a symlink, and a linked worktree of it, are as good as it', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository, 'vendor');
  await symlink(join(repository.dir, 'vendor'), space.file('link'));
  repository.git('worktree', 'add', '--quiet', space.file('linked'), 'HEAD');
  for (const repo of [space.file('link'), space.file('linked/vendor')]) {
    const { exitCode, stdout, stderr } = await ci(space, repo);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /2 unchanged/);
  }
});

test('a bare repository has commits to compare and no working tree', async (context) => {
  const { space, repository } = await setUp(context);
  await commitTwice(repository);
  repository.git('clone', '--quiet', '--bare', repository.dir, space.file('bare.git'));
  const found = await ci(space, space.file('bare.git'));
  assert.equal(found.exitCode, 0, found.stderr);
  assert.match(found.stdout, /2 unchanged/);
  const { exitCode, stderr } = await ci(space, space.file('bare.git'), '--head', 'worktree');
  assert.equal(exitCode, 2);
  assert.match(stderr, /is bare: it has no working tree/);
});

test('implementations in a submodule are read at each commit’s own, and nothing is written to the user’s configuration', async (context) => {
  const { space, repository } = await setUp(context);
  const inner = await scratchRepository(space.file('inner'));
  for (const id of ['echo-a', 'echo-b']) await writeEcho(inner, id, { place: 'lib/' });
  inner.commit('implementations');
  const allow = ['-c', 'protocol.file.allow=always'];
  repository.git(...allow, 'submodule', 'add', '--quiet', inner.dir, 'lib');
  repository.commit('with a submodule');
  await repository.write('README.md', 'words');
  repository.commit('words');
  const clone = space.file('clone');
  repository.git(...allow, 'clone', '--quiet', '--recurse-submodules', repository.dir, clone);
  const before = repository.git('-C', clone, 'config', '--list', '--local');
  const found = await ci(space, clone, '--impls', 'lib/impls');
  assert.equal(found.exitCode, 0, found.stderr);
  assert.match(found.stdout, /2 unchanged/);
  assert.equal(repository.git('-C', clone, 'config', '--list', '--local'), before);
  repository.git(...allow, 'clone', '--quiet', repository.dir, space.file('without'));
  const { exitCode, stderr } = await ci(space, space.file('without'), '--impls', 'lib/impls');
  assert.equal(exitCode, 3);
  assert.match(stderr, /the submodule lib of base is not here .*\nRemedy: fetch it first: `git submodule update/);
});

test('a folder that git ignores, such as an unpacked archive, is no place in the commits around it', async (context) => {
  const { space, repository } = await setUp(context);
  await repository.write('.gitignore', 'unpacked\n');
  await commitTwice(repository, 'elsewhere');
  await cp(join(repository.dir, 'elsewhere'), join(repository.dir, 'unpacked'), { recursive: true });
  const { exitCode, stderr } = await ci(space, join(repository.dir, 'unpacked'));
  assert.equal(exitCode, 3);
  assert.match(stderr, /looked in:\n {2}unpacked\/impls\/\n {2}impls\/\n/);
  await writeFile(space.file('none'), '');
  const outside = await ci(space, space.dir);
  assert.equal(outside.exitCode, 2);
});

test('a checkout that is a submodule of another repository is compared by its own commits', async (context) => {
  const { space, repository } = await setUp(context);
  const inner = await scratchRepository(space.file('inner'));
  await commitTwice(inner);
  repository.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner.dir, 'vendor/paceline');
  repository.commit('with a submodule');
  const { exitCode, stdout, stderr } = await ci(space, join(repository.dir, 'vendor', 'paceline'));
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /2 unchanged: echo-a, echo-b/);
});
