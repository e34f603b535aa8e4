// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { paceline, workspace } from '../support/paceline.ts';

const server = `import { createServer } from 'node:http';
let count = 0;
const listener = createServer((request, response) => {
  count += 1;
  if (count > Number(process.env.LAST ?? Infinity)) process.exit(7);
  response.end('ok');
}).listen(0, '127.0.0.1', () => console.log(listener.address().port));
`;

interface Running {
  readonly pid: number;
  readonly url: string;
}

/** A service that somebody else has started. */
async function start(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', server], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, url: `http://127.0.0.1:${String(line).trim()}` };
}

async function project(t: TestContext, target: object, durationSec = 1) {
  const own = await workspace(t);
  const dir = own.file('project');
  await mkdir(dir);
  const load = { rates: [40], trials: 1, durationSec, warmupCount: 8, idleSec: 0.1 };
  const config = { service: 'shop', targets: [{ name: 'api', ...target }], requests: [{ path: '/a' }], load };
  await writeFile(join(dir, 'paceline.config.json'), JSON.stringify(config));
  const out = own.file('result.json');
  return {
    dir,
    run: (...args: string[]) => paceline(args, { cwd: dir, env: own.env }),
    measure: () =>
      paceline(['run', 'quick', '--attempts', '1', '--no-report', '--out', out], { cwd: dir, env: own.env }),
    result: async () => JSON.parse(await readFile(out, 'utf8')) as RunResult,
  };
}

test('a service that runs already is measured and lives on; without a program it has latency alone, and the run says so', async (t) => {
  const { pid, url } = await start(t);
  const { measure, result } = await project(t, { url });
  const { stdout, stderr } = await measure();
  const { trials, warnings } = await result();
  const [trial] = trials;
  assert.ok(trial?.status === 'ok' || trial?.status === 'invalid', stderr);
  const { cpu, memory, load, startupMs, stopMs } = trial.measurement;
  assert.deepEqual([cpu.target, memory.idleBytes, memory.peakBytes, startupMs, stopMs], [null, null, null, null, null]);
  assert.equal(load?.counts.okCount, 40);
  assert.deepEqual(
    warnings.map(({ code }) => code).filter((code) => /^n/.test(code) && code !== 'no-cgroup'),
    ['not-fresh', 'no-program'],
  );
  assert.match(stdout + stderr, /No CPU and no memory are known of api\. Name it/);
  process.kill(pid, 0);
});

test('with its process named, a service that runs already has CPU per request and private memory', async (t) => {
  const { pid, url } = await start(t);
  const { measure, result } = await project(t, { url, program: { pid } });
  const { stderr } = await measure();
  const [trial] = (await result()).trials;
  assert.ok(trial?.status === 'ok' || trial?.status === 'invalid', stderr);
  assert.ok((trial.measurement.cpu.target?.totalMs ?? -1) >= 0);
  assert.ok((trial.measurement.memory.peakBytes ?? 0) > 1e6);
});

test('a service that ends while it is measured fails its trial with that cause', async (t) => {
  const { pid, url } = await start(t, { LAST: '40' });
  const { measure, result } = await project(t, { url, program: { pid } }, 2);
  await measure();
  const [trial] = (await result()).trials;
  assert.equal(trial?.status, 'failed');
  assert.match(trial.message, /process \d+ .*ended while it was measured|ECONNREFUSED|connection/);
});

test('nobody at the URL, and a process that is not there, are told before anything is measured', async (t) => {
  const { url } = await start(t);
  const gone = await project(t, { url: 'http://127.0.0.1:9', ready: { path: '/', timeoutSec: 0.2 } });
  const asked = await gone.measure();
  assert.match(asked.stderr, /GET http:\/\/127\.0\.0\.1:9\/ did not answer .* within 0\.2 s/);
  assert.ok(asked.exitCode === 1 || asked.exitCode === 3);
  const named = await project(t, { url, program: { pid: 4_194_304 } });
  const { stderr } = await named.measure();
  assert.match(stderr, /there is no process 4194304/);
});

test('what must be started here refuses a service that runs already', async (t) => {
  const { url } = await start(t);
  const { run, dir } = await project(t, { url });
  const limited = await run('run', 'quick', '--limit', 'cpu=1', '--no-report');
  assert.match(limited.stderr, /api runs already, and only what paceline starts can be given a limit/);
  const cold = await run('cold-start', 'api', '--rate', '10');
  assert.equal(cold.exitCode, 2, cold.stderr);
  assert.match(cold.stderr, /api runs already, and cold-start starts it itself/);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  git('commit', '-q', '--allow-empty', '-m', 'second');
  const ci = await run('ci', '--base', 'HEAD~1', '--pairs', '2');
  assert.equal(ci.exitCode, 2, ci.stderr);
  assert.match(ci.stderr, /api: runs already, and `ci` builds and starts both commits/);
});

test('a process that ends while it is sampled or loaded is exit code 3, and nothing is left', async (t) => {
  const { pid, url } = await start(t, { LAST: '20' });
  const { run } = await project(t, { url });
  const asked = ['--rate', '40', '--duration', '2', '--pid', String(pid)];
  const loaded = await run('load', `${url}/`, ...asked);
  assert.equal(loaded.exitCode, 3, loaded.stderr);
  assert.match(loaded.stderr, new RegExp(`process ${pid} .* ended while it was measured`));
  const short = spawn('sleep', ['1'], { stdio: 'ignore' });
  const sampled = await run('sample', '--pid', String(short.pid), '--duration', '20');
  assert.equal(sampled.exitCode, 3, sampled.stderr);
  assert.match(sampled.stderr, /ended while it was measured/);
});

const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
/** The same /proc, in which users see only their own. */
const hiding = ['unshare', '--mount', 'sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh'];

function works(program: readonly string[]): boolean {
  const [file = '', ...words] = [...program, process.execPath, '--version'];
  return spawnSync(file, words, { stdio: 'ignore' }).status === 0;
}

/** `sample` of this test's own process, by a user who may not read all of it. */
async function sampledByNobody(t: TestContext, ...before: string[]) {
  const own = await workspace(t);
  for (const dir of [own.cacheDir, own.tempDir]) await chmod(dir, 0o777);
  const program = [...before, ...asNobody, process.execPath];
  return paceline(['sample', '--pid', String(process.pid), '--duration', '0.5'], {
    cwd: own.dir,
    env: own.env,
    program,
  });
}

const needsRoot = works(asNobody) ? false : 'only root can start paceline as another user';

test('another user’s process is sampled as far as it can be read, and what cannot be is said', {
  skip: needsRoot,
}, async (t) => {
  const { stdout, stderr, exitCode } = await sampledByNobody(t);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /% of a core.* private memory [\d.]+ MiB/);
  assert.match(stdout, /it is the process of another user \(0\): pages that its processes share are counted for each/);
});

test('another user’s process that the system hides is told from one that is not there', {
  skip: needsRoot || (works([...hiding, ...asNobody]) ? false : 'no /proc can be mounted here'),
}, async (t) => {
  const { stderr, exitCode } = await sampledByNobody(t, ...hiding);
  assert.equal(exitCode, 3, stderr);
  assert.match(stderr, /process \d+ is another user’s, and this system hides .*\n.*as root/);
});
