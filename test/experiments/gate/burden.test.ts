// test-lane: waits
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { burdenEstimate, burdenText } from '../../../experiments/gate/burden-estimate.ts';
import { burnUsOf, layBurden, sizeBurden } from '../../../experiments/gate/burdens.ts';
import type { RecordedRun, Recording } from '../../../experiments/gate/recorded.ts';
import { recordings } from '../../../experiments/gate/recorded.ts';
import type { RunResult } from '../../../src/model/run-result.ts';
import { rootDir } from '../../../src/run/paths.ts';
import { pairedRuns } from '../../support/paired-runs.ts';

const run = promisify(execFile);

/** These files and folders of the checkout, in a folder of their own. */
async function inCheckout(paths: readonly string[], use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'paceline-burden-test-'));
  try {
    for (const path of paths) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await cp(join(rootDir, path), join(root, path), { recursive: true });
    }
    await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

const size = { burnUs: 5_000, holdMib: 1, startMs: 1 };
const environment = {
  ...process.env,
  ...{ PACELINE_EXPERIMENT_BURN_US: '5000', PACELINE_EXPERIMENT_HOLD_MIB: '1', PACELINE_EXPERIMENT_START_MS: '1' },
};

test('the size of a burden is in the manifest, beside what was there', () =>
  inCheckout(['impls/crud-node-async/impl.json'], async (root) => {
    await layBurden(root, 'crud-node-async');
    await sizeBurden(root, 'crud-node-async', size);
    const { env } = JSON.parse(await readFile(join(root, 'impls/crud-node-async/impl.json'), 'utf8'));
    assert.equal(burnUsOf(env), 5_000);
    assert.equal(env.NODE_OPTIONS, '--import={dir}/burden.mjs');
    assert.equal(env.NODE_COMPILE_CACHE, '{build}/compile-cache');
    assert.equal(burnUsOf({}), null);
  }));

test('a burdened program of Go uses so much CPU for each request, none for a health check', () =>
  inCheckout(['impls/_go/program', 'impls/crud-go/impl.json'], async (root) => {
    await layBurden(root, 'crud-go');
    const module = join(root, 'impls/_go/program');
    await writeFile(join(module, 'burden_test.go'), goTest);
    await run('go', ['test', '-run', 'TestBurden', '.'], { cwd: module, env: environment });
  }));

const goTest = `package program

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
)

func TestBurden(t *testing.T) {
	runtime.LockOSThread()
	server := NewServer(http.NotFoundHandler(), slog.Default())
	used := func(path string) time.Duration {
		from := threadTime()
		server.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		return threadTime() - from
	}
	used("/first")
	if used("/files") < 5*time.Millisecond || used("/health") >= 5*time.Millisecond || len(held) != 1<<20 {
		t.Fatal(used("/files"), used("/health"), len(held))
	}
}
`;

test('a burdened Flask uses so much CPU for each request, none for a health check', () =>
  inCheckout(
    ['impls/crud-python-flask/impl.json', 'impls/crud-python-flask/crud_flask/gunicorn_conf.py'],
    async (root) => {
      await layBurden(root, 'crud-python-flask');
      const folder = join(root, 'impls/crud-python-flask');
      const settings = await readFile(join(folder, 'crud_flask/gunicorn_conf.py'), 'utf8');
      assert.match(settings, /^wsgi_app = "crud_flask\.burden:create_burdened_app\(\)"$/m);
      // Flask is in no environment here: whatever has a wsgi_app is burdened alike.
      await writeFile(
        join(folder, 'flask.py'),
        'class Flask:\n    def wsgi_app(self, environ, start):\n        return []\n',
      );
      await writeFile(
        join(folder, 'crud_flask/app.py'),
        'from flask import Flask\n\n\ndef create_app():\n    return Flask()\n',
      );
      await writeFile(join(folder, 'crud_flask/__init__.py'), '');
      const { stdout } = await run('python3', ['-c', pythonTest], { cwd: folder, env: environment });
      assert.equal(stdout.trim(), 'True True 1048576');
    },
  ));

const pythonTest = `
import time
from crud_flask import burden
app = burden.create_burdened_app()
def used(path):
    start = time.thread_time_ns()
    app.wsgi_app({"PATH_INFO": path}, None)
    return time.thread_time_ns() - start
print(used("/files") >= 5_000_000, used("/health") < 5_000_000, len(burden._held))
`;

test('what has no burden, or no line to wire it to, is refused', async () => {
  await inCheckout(['impls/crud-python-asyncio/impl.json'], (root) =>
    assert.rejects(layBurden(root, 'crud-python-asyncio'), /there is no burden for crud-python-asyncio/),
  );
  await inCheckout(['impls/crud-go/impl.json', 'impls/_go/program/server.go'], async (root) => {
    await copyFile(join(rootDir, 'package.json'), join(root, 'impls/_go/program/server.go'));
    await assert.rejects(layBurden(root, 'crud-go'), /server\.go has Handler: handler, 0 times/);
  });
});

/** Two commits of a target of 0.5 ms, the newer one with so many µs more, and found to cost `factor` times as much. */
function burdenedRecording(factor: number, burnUs: string): Recording {
  const { base, head } = pairedRuns(
    24,
    { cpuFactor: 1 },
    { cpuFactor: factor },
    { noiseRatio: 0.01, machineNoiseRatio: 0.1 },
  );
  const env = { PACELINE_EXPERIMENT_BURN_US: burnUs };
  const implementations = head.implementations.map((one) => ({ ...one, manifest: { ...one.manifest, env } }));
  const named = (result: RunResult, side: string) => ({
    ...result,
    scenario: { ...result.scenario, id: `ci-${side}` },
  });
  const runs: RecordedRun[] = [
    { base: named(base, 'base'), head: { ...named(head, 'head'), implementations }, isAA: false },
  ];
  const [recording] = recordings(runs);
  assert.ok(recording !== undefined);
  return recording;
}

test('what was found of a burden is held against its known share of the base’s CPU', () => {
  const estimate = burdenEstimate(burdenedRecording(1.05, '25'));
  assert.ok(estimate !== null && estimate.difference !== null);
  assert.equal(estimate.pairCount, 24);
  assert.ok(Math.abs(estimate.burdenRatio - 0.05) < 0.003, `${estimate.burdenRatio}`);
  assert.ok(Math.abs(estimate.difference.ratio) < 0.01, `${estimate.difference.ratio}`);
  assert.ok(estimate.difference.lowRatio < estimate.difference.ratio);
  assert.match(burdenText('cell', estimate), / \(90 %\): within ± 2 points$/);
});

test('a burden of which half is found is not within two points', () => {
  const estimate = burdenEstimate(burdenedRecording(1.05, '50'));
  assert.ok(estimate !== null);
  assert.match(
    burdenText('cell', estimate),
    /found less burden −[45]\.\d points \[.*\] \(90 %\): not within ± 2 points$/,
  );
});

test('a recording without a burden has none to be found', () => {
  assert.equal(burdenEstimate(burdenedRecording(1.05, '0')), null);
});
