// test-lane: waits
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { rootDir } from '../../src/run/paths.ts';
import { readResult, resultJsonSchema } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  type Finished,
  makeWorkspace,
  paceline,
  removeWorkspace,
  shareConformance,
  startPaceline,
  type Workspace,
} from '../support/paceline.ts';

describe('the smoke scenario over one implementation, into the usual places', () => {
  let space: Workspace;
  let finished: Finished;
  let result: RunResult;
  let left: readonly string[];
  let resultPath = '';
  let pagePath = '';

  before(async () => {
    space = await makeWorkspace();
    await shareConformance(space);
    const running = startPaceline(
      ['run', 'smoke', '--impl', 'crud-node-async', '--attempts', '1', '--json', '--details'],
      space,
    );
    finished = await running.finished;
    left = leftovers(running.pid, space);
    resultPath = /^Result +(results\/\w+\/\S+-smoke\.json)$/m.exec(finished.stderr)?.[1] ?? '';
    pagePath = /^Report +(reports\/\S+-smoke\.html)$/m.exec(finished.stderr)?.[1] ?? '';
    assert.notEqual(resultPath, '', finished.stderr);
    assert.notEqual(pagePath, '', finished.stderr);
    result = await readResult(join(rootDir, resultPath));
  });
  after(async () => {
    for (const path of [resultPath, pagePath]) if (path !== '') rmSync(join(rootDir, path), { force: true });
    await removeWorkspace(space);
  });

  test('ends well and leaves nothing', () => {
    const [trial] = result.trials;
    assert.match(String(trial?.status), /ok|invalid/);
    assert.equal(finished.exitCode, trial?.status === 'ok' ? 0 : 3);
    assert.deepEqual(left, []);
  });

  test('writes a whole result: complete, with a measured trial, the machine and the database', () => {
    assert.equal(result.state, 'complete');
    assert.equal(result.plannedTrialCount, 1);
    assert.equal(result.database?.kind, 'embedded');
    assert.match(result.command, /^npm run bench -- run smoke --impl 'crud-node-async'/);
    const [trial] = result.trials;
    const { okCount, scheduledCount } = trial?.measurement?.load?.counts ?? {};
    assert.equal(scheduledCount, 75);
    assert.ok((okCount ?? 0) > 0);
    assert.ok((trial?.measurement?.cpu.target?.totalMs ?? 0) > 0);
    assert.ok((trial?.measurement?.cpu.database?.totalMs ?? 0) > 0);
    assert.ok((trial?.measurement?.memory.idleBytes ?? 0) > 2 ** 20);
    const known = Object.keys((resultJsonSchema() as { properties: object }).properties);
    assert.deepEqual(Object.keys(result).sort(), known.sort());
  });

  test('puts the result alone on standard output, and all that people read on standard error', () => {
    assert.deepEqual(JSON.parse(finished.stdout), result);
    assert.equal(finished.stdout.indexOf('\n'), finished.stdout.length - 1);
    for (const said of [
      /^smoke: /m,
      /^measuring crud-node-async$/m,
      /^\[1\/1\] crud-node-async history 50\/s: /m,
      /^Result {2}/m,
    ])
      assert.match(finished.stderr, said);
  });

  test('prints plain lines where there is no terminal', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
    assert.doesNotMatch(finished.stderr, /[\u001b\r]/);
  });

  test('reports the same page again, and the same table as text', async () => {
    const again = space.file('again.html');
    const made = await paceline(['report', resultPath, '--out', again], { ...space, cwd: rootDir });
    assert.equal(made.exitCode, 0, made.stderr);
    const page = readFileSync(join(rootDir, pagePath), 'utf8');
    assert.match(page, /^<!doctype html>.*crud-node-async.*<\/html>\s*$/is);
    assert.equal(readFileSync(again, 'utf8'), page);
    const text = await paceline(['report', join(rootDir, resultPath), '--format', 'text', '--details'], space);
    const table = /^implementation[\s\S]*?\n\n/m.exec(text.stdout)?.[0] ?? 'no table';
    // A row without figures says why in their place.
    const counted =
      result.trials[0]?.status === 'ok' ? /^crud-node-async .* 1 of 1/m : /^crud-node-async +invalid in 1 trial/m;
    assert.match(table, counted);
    assert.ok(finished.stderr.includes(table));
    const markdown = await paceline(['report', join(rootDir, resultPath), '--format', 'markdown'], space);
    assert.match(markdown.stdout, /\| crud-node-async \|/);
  });

  test('is listed afterwards, for people and for machines', async () => {
    const listed = await paceline(['list'], space);
    assert.match(
      listed.stdout,
      new RegExp(`${resultPath.replaceAll(/[+.]/g, '\\$&')}\n.* smoke complete, [01] of 1 trials ok`),
    );
    assert.match(listed.stdout, /crud\/history/);
    const { results } = JSON.parse((await paceline(['list', '--json'], space)).stdout);
    assert.ok(results.some(({ path }: { path: string }) => path.endsWith(resultPath)));
  });
});
