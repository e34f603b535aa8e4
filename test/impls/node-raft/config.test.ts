import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../../impls/_node/program/environment.ts';
import { readConfig } from '../../../impls/_node/raft/host/config.ts';

const required = { HOST: '127.0.0.1', PORT: '8080', DATA_DIR: '/somewhere' };

test('what is not set has the default of the contract', () => {
  const { host, port, dataDir, ...defaults } = readConfig(required, 301);
  assert.deepEqual([host, port, dataDir], ['127.0.0.1', 8080, '/somewhere']);
  assert.deepEqual(defaults, {
    clusterSize: 3,
    electionTimeoutMinUs: 150_000,
    electionTimeoutMaxUs: 300_000,
    heartbeatUs: 75_000,
    networkDelayUs: 0,
    durability: 'file',
    seed: 1,
    requestTimeoutMs: 2000,
    logLevel: 'info',
  });
});

test('times have up to three decimals, and are microseconds', () => {
  const times = { ELECTION_TIMEOUT_MIN_MS: '1.001', ELECTION_TIMEOUT_MAX_MS: '2.25', HEARTBEAT_MS: '0.5' };
  const { electionTimeoutMinUs, electionTimeoutMaxUs, heartbeatUs } = readConfig({ ...required, ...times }, 3);
  assert.deepEqual([electionTimeoutMinUs, electionTimeoutMaxUs, heartbeatUs], [1001, 2250, 500]);
});

test('even clusters and clusters of one are taken', () => {
  for (const size of [1, 2, 4, 301]) {
    assert.equal(readConfig({ ...required, CLUSTER_SIZE: String(size) }, 301).clusterSize, size);
  }
});

const nonsense: Record<string, string>[] = [
  { CLUSTER_SIZE: '0' },
  { CLUSTER_SIZE: '302' },
  { CLUSTER_SIZE: '3.5' },
  { DATA_DIR: '' },
  { ELECTION_TIMEOUT_MIN_MS: '0' },
  { ELECTION_TIMEOUT_MIN_MS: '301' },
  { ELECTION_TIMEOUT_MIN_MS: '75' },
  { HEARTBEAT_MS: '150' },
  { HEARTBEAT_MS: '1.0005' },
  { HEARTBEAT_MS: '-1' },
  { DURABILITY: 'none' },
  { SEED: '4294967296' },
  { NETWORK_DELAY_US: '1.5' },
  { REQUEST_TIMEOUT_MS: '0' },
];

for (const setting of nonsense) {
  test(`${JSON.stringify(setting)} makes no sense`, () => {
    const [name = ''] = Object.keys(setting);
    const namesIt = (error: unknown): boolean => error instanceof ConfigError && error.message.includes(name);
    assert.throws(() => readConfig({ ...required, ...setting }, 301), namesIt);
  });
}

test('the error of a number names the range it must be in', () => {
  const refusal = (setting: Record<string, string>) => {
    try {
      readConfig({ ...required, ...setting }, 301);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.equal(refusal({ SEED: '4294967296' }), 'SEED=4294967296 is not a whole number from 0 to 4294967295');
  assert.match(refusal({ PORT: '70000' }) ?? '', /^PORT=70000 .* from 1 to 65535$/);
  assert.match(refusal({ HEARTBEAT_MS: '9999999999' }) ?? '', /^HEARTBEAT_MS=9999999999 .* below 1000000000 /);
});

test('each host refuses clusters beyond the limit of its manifest', () => {
  for (const id of ['raft-node-async', 'raft-node-workers', 'raft-node-processes']) {
    const folder = join(import.meta.dirname, '..', '..', '..', 'impls', id);
    const { limits } = JSON.parse(readFileSync(join(folder, 'impl.json'), 'utf8'));
    const [, limit] = /runProgram\((\d+)/.exec(readFileSync(join(folder, 'main.ts'), 'utf8')) ?? [];
    assert.equal(Number(limit), limits.clusterSize, id);
  }
});
