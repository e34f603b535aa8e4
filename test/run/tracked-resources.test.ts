import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { CleanupEntry } from '../../src/run/session/cleanup-registry.ts';
import { makeDataFolder, removeDataFolder, trackOutputs } from '../../src/run/session/tracked-resources.ts';

test('a target’s data folder is in the cleanup registry while it exists, and is removed with its content', async () => {
  const noted: CleanupEntry[] = [];
  const folder = await makeDataFolder({
    add(entry) {
      noted.push(entry);
      return () => noted.pop();
    },
    entries: () => [],
    close() {},
  });
  assert.deepEqual(noted, [{ kind: 'folder', path: folder.path }]);
  writeFileSync(join(folder.path, 'node-1.log'), 'PLRAFT1\n');
  await folder.dispose();
  assert.deepEqual(noted, []);
  assert.ok(!existsSync(folder.path));
});

test('a folder that cannot be registered is removed', async () => {
  let path = '';
  const refusing = {
    add(entry: CleanupEntry) {
      if (entry.kind === 'folder') path = entry.path;
      throw new Error('no room for a note');
    },
    entries: () => [],
    close() {},
  };
  await assert.rejects(makeDataFolder(refusing), /no room/);
  assert.ok(path !== '' && !existsSync(path));
});

test('a record that names a folder that is none of ours removes nothing', async (context) => {
  const other = mkdtempSync(join(tmpdir(), 'somebody-else-'));
  context.after(() => rmSync(other, { recursive: true }));
  await removeDataFolder(other);
  assert.ok(existsSync(other));
});

test('a result file that is being written is in the cleanup registry, by its whole path', () => {
  const noted: CleanupEntry[] = [];
  const registry = {
    add(entry: CleanupEntry) {
      noted.push(entry);
      return () => void noted.splice(noted.indexOf(entry), 1);
    },
    entries: () => noted,
    close() {},
  };
  const release = trackOutputs(registry, ['a.json', '/results/b.json']);
  assert.deepEqual(noted, [
    { kind: 'output', path: resolve('a.json') },
    { kind: 'output', path: '/results/b.json' },
  ]);
  release();
  assert.deepEqual(noted, []);
});
