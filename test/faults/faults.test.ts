// test-lane: faults
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  echoRun,
  type Finished,
  makeWorkspace,
  paceline,
  removeWorkspace,
  shareConformance,
  startPaceline,
  type Workspace,
} from '../support/paceline.ts';
import { type Cell, nameOf } from './cell.ts';
import { cells } from './cells.ts';

const isRoot = process.getuid?.() === 0;
const only = process.env.PACELINE_FAULTS;
// npm keeps its own compiled code in the folder for temporary files, unless it is told where.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled-tests');

async function scratch(context: TestContext): Promise<Workspace> {
  const space = await makeWorkspace();
  context.after(async () => {
    if (existsSync(space.file('disk'))) execFileSync('umount', [space.file('disk')]);
    await removeWorkspace(space);
  });
  return space;
}

async function struck(cell: Cell, space: Workspace): Promise<Finished & { readonly pid: number }> {
  const { args, ...how } = await cell.command(space);
  // Only of whole services: what a fixture did before is part of its fault.
  if (args.includes('smoke') && cell.when !== 'conform') await shareConformance(space);
  const running = startPaceline(args, how);
  if (cell.at !== undefined) await running.line(cell.at.line, cell.at.nth);
  await cell.strike?.(running, space);
  return { ...(await running.finished), pid: running.pid };
}

async function assertNothingLeft(pid: number, space: Workspace): Promise<void> {
  // Where a parent was ended, paceline itself needs up to three seconds more.
  for (let tries = 0; tries < 40 && leftovers(pid, space).length > 0; tries += 1) await sleep(100);
  assert.deepEqual(leftovers(pid, space), []);
}

async function whatWasKept(space: Workspace): Promise<{ count: number | null; text: string }> {
  if (!existsSync(space.file('r.json'))) return { count: null, text: '' };
  const { trials } = await readResult(space.file('r.json'));
  return {
    count: trials.length,
    text: JSON.stringify(
      trials.map((trial) => [trial.status, 'message' in trial ? trial.message : '', 'code' in trial ? trial.code : '']),
    ),
  };
}

describe('faults', { concurrency: 2 }, () => {
  for (const cell of cells.filter((one) => only === undefined || nameOf(one).includes(only))) {
    const skip = cell.needsRoot === true && !isRoot ? 'needs root' : false;
    test(nameOf(cell), { skip, timeout: 300_000 }, async (context) => {
      const space = await scratch(context);
      const { exitCode, stdout, stderr, pid } = await struck(cell, space);
      const said = `${stdout}\n${stderr}`;
      if (cell.isCleanedByNextRun === true) {
        assert.notDeepEqual(leftovers(pid, space), []);
        const next = await paceline(echoRun(['echo'], space.file('next.json')), space);
        assert.deepEqual(leftovers(pid, space), [], next.stderr);
      }
      await assertNothingLeft(pid, space);
      const kept = await whatWasKept(space);
      assert.match(said + kept.text, cell.words);
      assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/, 'a stack trace reached the user');
      assert.ok(cell.exitCodes.includes(exitCode), `exit code ${exitCode}:\n${said}`);
      assert.equal(kept.count, cell.keptTrialCount, said);
    });
  }
});
