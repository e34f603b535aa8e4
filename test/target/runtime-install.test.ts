// test-lane: waits
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { installedFolders, installRuntime, uninstallRuntime } from '../../src/target/runtime-install.ts';
import { findRuntime, type Runtime } from '../../src/target/runtimes.ts';
import { queryProgram } from '../../src/target/toolchain.ts';

/** What the fake npm does, after the name of the folder that it runs in is in $PWD. */
const program =
  'mkdir -p node_modules/fake/bin && printf "#!/bin/sh\\necho \\$0 9.1.0\\n" > node_modules/fake/bin/fake && chmod +x node_modules/fake/bin/fake';

describe('installing a runtime', () => {
  let root = '';
  let cacheDir = '';
  let runtime: Runtime;
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'paceline-install-'));
    await mkdir(path.join(root, '_fake/package'), { recursive: true });
    const lock = { packages: { 'node_modules/fake': { os: [process.platform], cpu: [process.arch] } } };
    await writeFile(path.join(root, '_fake/package/package-lock.json'), JSON.stringify(lock));
    runtime = {
      name: 'fake',
      title: 'Fake',
      atLeast: '9',
      programs: [],
      question: ['--version'],
      answer: '^(?<path>\\S+) (?<version>[\\d.]+)$',
      program: '{path}',
      remedy: 'put a Fake on PATH',
      package: { folder: 'package', program: 'node_modules/fake/bin/fake', sizeMB: 1 },
      dir: path.join(root, '_fake'),
    };
  });
  after(() => rm(root, { recursive: true }));
  beforeEach(async () => {
    cacheDir = await mkdtemp(path.join(root, 'cache-'));
  });

  async function install(script: string, signal = new AbortController().signal, row = runtime) {
    const bin = await mkdtemp(path.join(root, 'bin-'));
    await writeFile(path.join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(bin, 'npm'), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const trackProcessGroup = () => () => {};
    return installRuntime(row, { cacheDir, env, signal, trackProcessGroup, ask: queryProgram, onProgress: () => {} });
  }

  async function refusal(script: string, row = runtime): Promise<string> {
    const error = await install(script, undefined, row).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HarnessError, `expected a HarnessError, got ${error}`);
    assert.deepEqual(await readdir(path.join(cacheDir, 'runtimes')), [], 'something was kept');
    return `${error.code}: ${error.message}`;
  }

  test('what npm brought is found from then on, before anything on PATH, and uninstall takes it away', async () => {
    const { found, isNew } = await install(program);
    assert.deepEqual([isNew, found.version], [true, '9.1.0']);
    const search = await findRuntime(runtime, { cacheDir, env: {}, ask: queryProgram });
    assert.equal(search.status === 'found' && search.program, found.program);
    assert.equal((await install('exit 1')).isNew, false);
    assert.ok((await uninstallRuntime(runtime, cacheDir)) > 0);
    assert.deepEqual(await installedFolders(cacheDir), []);
  });

  test('one whose program was deleted is installed again', async () => {
    const { found } = await install(program);
    await rm(found.program);
    assert.equal((await install(program)).isNew, true);
  });

  test('a registry that does not answer leaves nothing: npm succeeds without an optional package', async () => {
    assert.match(
      await refusal('mkdir -p node_modules/half; echo npm http fetch GET failed'),
      /registry did not give .*GET failed/s,
    );
  });

  test('npm that fails in the middle leaves nothing', async () => {
    assert.match(await refusal(`${program}; echo no space left; exit 228`), /exit code 228.*no space left/s);
  });

  test('a program for another architecture leaves nothing, and is named', async () => {
    const script =
      'mkdir -p node_modules/fake/bin; printf "\\177ELF\\001" > node_modules/fake/bin/fake; chmod +x node_modules/fake/bin/fake';
    assert.match(await refusal(script), /what npm brought does not run here/);
  });

  test('a version that is too old leaves nothing', async () => {
    assert.match(await refusal(program.replace('9.1.0', '8.2.0')), /does not run here: .* is Fake 8\.2\.0/);
  });

  test('an interrupted command ends npm and leaves nothing', async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new Error('interrupted')), 300);
    await assert.rejects(install('mkdir -p node_modules/half; sleep 60', interruption.signal), /interrupted/);
    assert.deepEqual(await readdir(path.join(cacheDir, 'runtimes')), []);
  });

  test('what a killed command left does not get in the way, and is uninstalled too', async () => {
    const { found } = await install(program);
    const folder = found.program.slice(0, found.program.indexOf('/node_modules'));
    await mkdir(`${folder}.partial/node_modules`, { recursive: true });
    await writeFile(`${folder}.partial/node_modules/half`, 'x');
    assert.equal((await install('exit 1')).isNew, false);
    await uninstallRuntime(runtime, cacheDir);
    assert.deepEqual(await readdir(path.join(cacheDir, 'runtimes')), []);
  });
});
