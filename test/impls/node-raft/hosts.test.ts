// test-lane: waits
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processesOf } from '../../support/leftovers.ts';
import { newFolder, type RunningHost, startHost } from './host.ts';

const hosts = ['raft-node-async', 'raft-node-workers', 'raft-node-processes'];

/** Elections that a busy machine does not start by itself. */
const patient = { ELECTION_TIMEOUT_MIN_MS: '300', ELECTION_TIMEOUT_MAX_MS: '600', HEARTBEAT_MS: '100' };

/** Puts until it is done: elections may come between. */
async function put(host: RunningHost, key: string, value: string): Promise<void> {
  await host.until(`put ${key}`, async () => (await host.request('PUT', `/kv/${key}`, value)).status === 200);
}

async function readValue(host: RunningHost, key: string): Promise<string> {
  let value = '';
  await host.until(`get ${key}`, async () => {
    const { status, text } = await host.request('GET', `/kv/${key}`);
    value = text;
    return status === 200;
  });
  return value;
}

/** Names of the folder's lock and its nodes' sockets. */
function socketsOf(dataDir: string): readonly string[] {
  const { dev, ino } = statSync(dataDir);
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`paceline-raft:${dev}:${ino}`));
}

for (const id of hosts) {
  test(`${id}: what was put outlives its leader, each node's crash and restart, and the program's own`, async (t) => {
    const dataDir = newFolder(t);
    const host = await startHost(t, id, dataDir, patient);
    await host.ready();
    await put(host, 'a', 'été = ü\n');
    assert.equal(await readValue(host, 'a'), 'été = ü\n');
    const crash = JSON.parse((await host.request('POST', '/cluster/leader/crash')).text);
    assert.equal(crash.wasLeader, true);
    await put(host, 'b', '');
    const [election] = JSON.parse((await host.request('GET', '/cluster/elections')).text).elections;
    assert.deepEqual([election.crashedId, election.liveCount], [crash.id, 2]);
    const all = [1, 2, 3];
    for (const node of all) await host.request('POST', `/cluster/nodes/${node}/crash`);
    assert.equal((await host.request('PUT', '/kv/a', 'x')).status, 503);
    for (const node of all) assert.equal((await host.request('POST', `/cluster/nodes/${node}/restart`)).status, 200);
    assert.deepEqual([await readValue(host, 'a'), await readValue(host, 'b')], ['été = ü\n', '']);
    await host.end('SIGKILL');
    await host.until('its processes are gone', async () => processesOf(dataDir).length === 0);
    const again = await startHost(t, id, dataDir, patient);
    assert.equal(await readValue(again, 'a'), 'été = ü\n');
    assert.equal(await again.end('SIGTERM'), 0);
  });

  test(`${id}: an isolated leader is none, and follows when it is healed`, async (t) => {
    const host = await startHost(t, id, newFolder(t), patient);
    await host.ready();
    const old = (await host.cluster()).leader;
    assert.equal((await host.request('POST', `/cluster/nodes/${old}/isolate`)).status, 200);
    assert.equal((await host.request('PUT', '/kv/a', '0')).status, 503);
    await put(host, 'a', '1');
    const newer = (await host.cluster()).leader;
    assert.notEqual(newer, old);
    assert.equal((await host.request('POST', `/cluster/nodes/${old}/heal`)).status, 200);
    await put(host, 'a', '2');
    await host.until('all nodes agree', async () => {
      const { nodes } = await host.cluster();
      return nodes.every(
        ({ commitIndex, leader, status }) =>
          status === 'live' && leader !== null && commitIndex === nodes[0]?.commitIndex,
      );
    });
    assert.equal(await readValue(host, 'a'), '2');
  });

  test(`${id}: a leader crashes after a broadcast, with two of five that cannot win`, async (t) => {
    const host = await startHost(t, id, newFolder(t), { ...patient, CLUSTER_SIZE: '5', NETWORK_DELAY_US: '2000' });
    await host.ready();
    await put(host, 'a', '1');
    const order = JSON.stringify({ synchronise: true, laggards: 2 });
    const { nowUs } = await host.cluster();
    const { status, text } = await host.request('POST', '/cluster/leader/crash', order);
    assert.equal(status, 200, text);
    const { crashedAtUs, delayUs } = JSON.parse(text);
    assert.ok(crashedAtUs - nowUs >= 100_000 + delayUs, 'a heartbeat came between the longer logs and the crash');
    const elections = async () => JSON.parse((await host.request('GET', '/cluster/elections?after=0')).text).elections;
    await host.until('the election is complete', async () => (await elections())[0]?.electionUs !== null);
    const [{ electionUs, terms, leader }] = await elections();
    // Synchronised: every follower waits a whole time-out from just before the crash on.
    assert.ok(electionUs > 250_000 && terms >= 1 && leader !== JSON.parse(text).id, `${electionUs} ${terms}`);
    const { oneWayDelayUs } = await host.cluster();
    assert.ok((oneWayDelayUs?.min ?? 0) >= 2000);
    assert.equal((await host.request('POST', '/cluster/leader/crash', order)).status, 409);
  });

  test(`${id}: SIGTERM during an election leaves no process, socket or lock`, async (t) => {
    const dataDir = newFolder(t);
    const host = await startHost(t, id, dataDir, patient);
    await host.ready();
    assert.ok(socketsOf(dataDir).length > 0);
    await host.request('POST', '/cluster/leader/crash');
    assert.equal(await host.end('SIGTERM'), 0);
    assert.deepEqual(processesOf(dataDir), []);
    assert.deepEqual(socketsOf(dataDir), []);
  });

  test(`${id}: a torn log is reported, a foreign one is an error`, async (t) => {
    const dataDir = newFolder(t);
    const host = await startHost(t, id, dataDir, patient);
    await host.ready();
    await put(host, 'a', '1');
    await host.request('POST', '/cluster/nodes/2/crash');
    appendFileSync(join(dataDir, 'node-2.log'), 'torn');
    const restarted = JSON.parse((await host.request('POST', '/cluster/nodes/2/restart')).text);
    assert.equal(restarted.droppedBytes, 4);
    assert.match(host.stderr(), /node 2: its log ended torn or corrupt: \d+ entries kept, 4 bytes dropped/);
    await host.end('SIGTERM');
    const foreign = newFolder(t);
    appendFileSync(join(foreign, 'node-1.log'), 'a letter to my aunt');
    const refused = await startHost(t, id, foreign);
    assert.equal(await refused.end('SIGCONT'), 3);
    assert.match(refused.stderr(), /cannot start: .*node-1\.log is no log of paceline's/);
  });

  test(`${id}: nodes that can write no more crash by themselves`, async (t) => {
    // A limit on the size of files stands for a full disk: 8 or 16 KiB.
    const host = await startHost(t, id, newFolder(t), patient, "trap '' XFSZ; ulimit -f 16;");
    await host.ready();
    await host.until('no leader', async () => {
      await host.request('PUT', '/kv/a', 'x'.repeat(2000));
      const { nodes } = await host.cluster();
      return nodes.filter(({ status }) => status === 'crashed').length >= 2;
    });
    assert.match(host.stderr(), /node \d crashed: its log cannot be written: .*file too large/);
    assert.ok([503, 504].includes((await host.request('PUT', '/kv/a', 'x')).status));
    assert.equal(await host.end('SIGTERM'), 0);
  });
}

for (const id of hosts) {
  test(`${id}: a disk that is full at the start is one line that names the file`, async (t) => {
    const host = await startHost(t, id, newFolder(t), { ...patient, CLUSTER_SIZE: '9' }, "trap '' XFSZ; ulimit -f 0;");
    assert.equal(await host.end('SIGCONT'), 3);
    assert.match(host.stderr(), /^cannot start: [^\n]*node-\d\.log: EFBIG: [^\n]*\n$/);
  });
}

test('a DATA_DIR that is none is refused by its name', async (t) => {
  const nowhere = join(newFolder(t), 'nowhere');
  for (const dataDir of [nowhere, import.meta.filename]) {
    const host = await startHost(t, 'raft-node-async', dataDir, patient);
    assert.equal(await host.end('SIGCONT'), 3);
    assert.ok(host.stderr().startsWith(`cannot start: DATA_DIR ${dataDir} is no folder that can be written to: `));
  }
});

test('a second cluster on one DATA_DIR is refused, and one on a taken port', async (t) => {
  const dataDir = newFolder(t);
  const first = await startHost(t, 'raft-node-async', dataDir, patient);
  await first.ready();
  for (const id of hosts) {
    const second = await startHost(t, id, dataDir, patient);
    assert.equal(await second.end('SIGCONT'), 3);
    assert.match(second.stderr(), /in use by another cluster/);
    const third = await startHost(t, id, newFolder(t), { ...patient, PORT: String(first.port) });
    assert.equal(await third.end('SIGCONT'), 3);
    assert.match(third.stderr(), /address already in use/);
  }
});

test('a cluster of one and an even one serve', async (t) => {
  for (const CLUSTER_SIZE of ['1', '4']) {
    const host = await startHost(t, 'raft-node-async', newFolder(t), { ...patient, CLUSTER_SIZE, DURABILITY: 'fsync' });
    await put(host, 'k', CLUSTER_SIZE);
    assert.equal(await readValue(host, 'k'), CLUSTER_SIZE);
    assert.equal(await host.end('SIGTERM'), 0);
  }
});
