// test-lane: alone
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, createCluster, type Member } from '../../../impls/_node/raft/host/cluster.ts';
import { type Config, readConfig } from '../../../impls/_node/raft/host/config.ts';
import type { Host } from '../../../impls/_node/raft/host/slot.ts';
import { createLoopHost } from '../../../impls/raft-node-async/loop-host.ts';
import { createProcessHost } from '../../../impls/raft-node-processes/process-host.ts';
import { createThreadHost } from '../../../impls/raft-node-workers/thread-host.ts';
import { newFolder } from './host.ts';

const hosts: Record<string, (config: Config) => Host> = {
  'raft-node-async': createLoopHost,
  'raft-node-workers': createThreadHost,
  'raft-node-processes': createProcessHost,
};

async function leaderOf(cluster: Cluster): Promise<Member> {
  for (;;) {
    const leader = cluster.leader();
    if (leader !== null) return leader;
    await delay(5);
  }
}

for (const [id, createHost] of Object.entries(hosts)) {
  test(`${id}: a crash is over when nothing of it writes to the log any more`, async (t) => {
    const environment = { HOST: 'h', PORT: '1', DATA_DIR: newFolder(t), CLUSTER_SIZE: '1', DURABILITY: 'fsync' };
    const config = readConfig(environment, 1);
    const size = (): number => statSync(join(config.dataDir, 'node-1.log')).size;
    const cluster = createCluster(config, createHost(config), () => {});
    await cluster.start();
    t.after(() => cluster.stop());
    const leader = await leaderOf(cluster);
    const sizeBefore = size();
    const proposal = cluster.propose(leader, `k=${'x'.repeat(2 ** 26)}`).catch((error: Error) => error.message);
    while (size() === sizeBefore) await delay(1);
    await cluster.crash(leader, 0);
    const sizeAtRest = size();
    assert.equal(await proposal, 'the leader crashed');
    await delay(500);
    assert.equal(size(), sizeAtRest);
    const { droppedBytes } = await cluster.restart(leader);
    assert.equal(size(), sizeAtRest - droppedBytes);
  });
}
