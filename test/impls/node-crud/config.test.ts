import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, shareOf } from '../../../impls/_node/crud/config.ts';
import { ConfigError } from '../../../impls/_node/program/environment.ts';

const required = { HOST: '127.0.0.1', PORT: '8080', DATABASE_URL: 'postgres://app:pw@localhost:5432/crud' };

test('what is not set has the default of the contract', () => {
  const { workerCount, dbPoolCount, fileCacheBytes, sessionTtlSec, maxEventStreamCount, logLevel } =
    readConfig(required);
  assert.deepEqual(
    [workerCount, dbPoolCount, fileCacheBytes, sessionTtlSec, maxEventStreamCount, logLevel],
    [1, 8, 16_777_216, 3600, 64, 'info'],
  );
});

const nonsense: Record<string, string>[] = [
  { HOST: '' },
  { PORT: '0' },
  { PORT: '65536' },
  { PORT: '80a' },
  { PORT: '' },
  { WORKERS: '0' },
  { WORKERS: '1.5' },
  { WORKERS: '' },
  { DB_POOL_TOTAL: '-1' },
  { FILE_CACHE_BYTES: '1e6' },
  { LOG_LEVEL: 'trace' },
  { DATABASE_URL: 'mysql://a:b@c/d' },
  { DATABASE_URL: 'postgres://a:b@c/' },
  { DATABASE_URL: 'postgres://a:b@c/d?sslmode=disable' },
  { DATABASE_URL: 'nonsense' },
];

for (const setting of nonsense) {
  test(`${JSON.stringify(setting)} makes no sense`, () => {
    assert.throws(() => readConfig({ ...required, ...setting }), ConfigError);
  });
}

test('a share has connections and cache rounded down, and streams rounded up', () => {
  const share = shareOf(readConfig({ ...required, WORKERS: '3', FILE_CACHE_BYTES: '100' }));
  assert.deepEqual(
    [share.workerCount, share.dbPoolCount, share.fileCacheBytes, share.maxEventStreamCount],
    [1, 2, 33, 22],
  );
});

test('fewer connections than workers cannot be shared', () => {
  assert.throws(() => shareOf(readConfig({ ...required, WORKERS: '3', DB_POOL_TOTAL: '2' })), ConfigError);
});
