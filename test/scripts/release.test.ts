// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ReleaseFiles, released } from '../../scripts/release.ts';

const root = join(import.meta.dirname, '..', '..');

const files: ReleaseFiles = {
  packageJson: '{\n  "name": "paceline",\n  "version": "0.1.0",\n  "dependencies": {}\n}\n',
  packageLock: JSON.stringify(
    { version: '0.1.0', packages: { '': { version: '0.1.0' }, 'node_modules/other': { version: '0.1.0' } } },
    null,
    2,
  ),
  changelog: '# Changelog\n\n## Unreleased\n\n### Features\n- One.\n\n## 0.1.0 (2026-01-01)\n\n- Zero.\n',
};

test('a release sets the version, closes the changelog and leaves other packages alone', () => {
  const after = released(files, '0.2.0', '2026-12-01');
  assert.match(after.packageJson, /"version": "0\.2\.0"/);
  const lock = JSON.parse(after.packageLock);
  assert.equal(lock.version, '0.2.0');
  assert.equal(lock.packages[''].version, '0.2.0');
  assert.equal(lock.packages['node_modules/other'].version, '0.1.0');
  assert.equal(
    after.changelog,
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n### Features\n- One.\n\n## 0.1.0 (2026-01-01)\n\n- Zero.\n',
  );
});

test('a release refuses what is no version, no newer version, or has nothing to say', () => {
  assert.throws(() => released(files, 'next', '2026-12-01'), /not a version/);
  assert.throws(() => released(files, '0.1.0', '2026-12-01'), /not newer/);
  assert.throws(() => released(files, '0.0.9', '2026-12-01'), /not newer/);
  const silent = { ...files, changelog: '# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-01-01)\n\n- Zero.\n' };
  assert.throws(() => released(silent, '0.2.0', '2026-12-01'), /nothing under/);
});

test('the command makes one commit and one tag, a dry run makes neither', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paceline-release-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, encoding: 'utf8' }).trim();
  const release = (...words: string[]) =>
    spawnSync(process.execPath, ['scripts/release.ts', ...words], { cwd: folder, encoding: 'utf8' });
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), files.packageJson);
  writeFileSync(join(folder, 'package-lock.json'), files.packageLock);
  writeFileSync(join(folder, 'CHANGELOG.md'), files.changelog);
  git('init', '--quiet');
  git('config', 'user.name', 'test');
  git('config', 'user.email', 'test@example.invalid');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');

  assert.equal(release('0.2.0', '--dry-run').status, 0);
  assert.equal(git('tag'), '');
  assert.equal(git('status', '--porcelain'), '');

  assert.equal(release('0.2.0').status, 0);
  assert.equal(git('tag'), 'v0.2.0');
  assert.equal(git('log', '-1', '--format=%s'), 'release: 0.2.0');
  assert.match(readFileSync(join(folder, 'package.json'), 'utf8'), /"version": "0\.2\.0"/);
  assert.equal(git('status', '--porcelain'), '');

  writeFileSync(join(folder, 'CHANGELOG.md'), '## Unreleased\n\n- Two.\n');
  const refused = release('0.3.0');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /working tree has changes/);
});
