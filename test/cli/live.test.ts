// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLiveRun } from '../../src/cli/live/live-run.ts';
import { type LiveServer, startLiveServer } from '../../src/cli/live/live-server.ts';
import { corpus } from '../support/hostile.ts';
import { okTrial } from '../support/run-result.ts';
import { silentReporter } from '../support/silent-reporter.ts';

const content = {
  page: '<p>page</p>',
  policy: "default-src 'none'",
  state: () => ({ name: 'state', data: { is: 'whole' } }),
  report: () => null,
};
const servers: { close(): Promise<void> }[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function served(): Promise<LiveServer> {
  const server = await startLiveServer(0, content);
  servers.push(server);
  return server;
}

type Headers = Readonly<Record<string, string>>;

function ask(url: string, headers: Headers = {}, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, resolve).once('error', reject).end();
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A page that is open: what it has heard so far. */
async function watcher(url: string): Promise<{ heard(): string; leave(): void; readonly answer: IncomingMessage }> {
  const answer = await ask(`${url}events`);
  let text = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  answer.on('error', () => {});
  await once(answer, 'data');
  return { heard: () => text, leave: () => answer.destroy(), answer };
}

test('only a browser that names the page by its own address, and no page of another site, may read it', async () => {
  const { url } = await served();
  const { port } = new URL(url);
  const refused: readonly (readonly [Headers, number])[] = [
    [{ host: 'evil.example' }, 421],
    [{ host: `evil.example:${port}` }, 421],
    [{ host: `127.0.0.1.evil.example:${port}` }, 421],
    [{ host: '127.0.0.1' }, 421],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://127.0.0.1:1' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
  ];
  for (const path of ['', 'events', 'report']) {
    for (const [headers, status] of refused) {
      const answer = await ask(`${url}${path}`, headers);
      assert.equal(answer.statusCode, status, `${path} ${JSON.stringify(headers)}`);
      assert.equal(await textOf(answer), 'refused');
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
  }
  assert.equal((await ask(url, {}, 'POST')).statusCode, 405);
  assert.equal((await ask(`${url}../etc/passwd`)).statusCode, 404);
  const own = await ask(url, { host: `localhost:${port}`, 'sec-fetch-site': 'none' });
  assert.equal(own.statusCode, 200);
  assert.match(String(own.headers['content-security-policy']), /default-src 'none'; frame-ancestors 'none'/);
  assert.equal(await textOf(own), '<p>page</p>');
});

test('two browsers hear the same; one that goes away takes nothing with it, and who watched is known', async () => {
  const server = await served();
  const noOne = server.noteWatchers();
  assert.equal(noOne(), false);
  const first = await watcher(server.url);
  const second = await watcher(server.url);
  assert.equal(noOne(), true);
  assert.equal(server.watcherCount, 2);
  server.send({ name: 'step', data: 'one' });
  await once(second.answer, 'data');
  first.leave();
  while (server.watcherCount > 1) await sleep(5);
  server.send({ name: 'step', data: 'two' });
  await once(second.answer, 'data');
  assert.match(
    second.heard(),
    /^event: state\ndata: {"is":"whole"}\n\nevent: step\ndata: "one"\n\nevent: step\ndata: "two"\n\n$/,
  );
  const stillOne = server.noteWatchers();
  second.leave();
  while (server.watcherCount > 0) await sleep(5);
  assert.equal(stillOne(), true);
  assert.equal(server.noteWatchers()(), false);
});

test('closing does not wait for a browser that stays, and a port that is taken is named', async () => {
  const server = await startLiveServer(0, content);
  await watcher(server.url);
  const { port } = new URL(server.url);
  await assert.rejects(startLiveServer(Number(port), content), { code: 'port-taken', message: new RegExp(port) });
  await server.close();
  await assert.rejects(ask(server.url), { code: 'ECONNREFUSED' });
});

test('a run tells its page what has ended and, in a window, at most one event a second; texts of others stay text', async () => {
  let nowMs = 0;
  const live = await startLiveRun(silentReporter, { port: 0, nowMs: () => nowMs, makeReport: () => '<p>report</p>' });
  servers.push(live);
  const page = await textOf(await ask(live.url));
  assert.match(page, /http-equiv="Content-Security-Policy" content="[^"]*connect-src &#39;self&#39;/);
  const seen = await watcher(live.url);
  const trial = okTrial({});
  live.onTrialStart(trial.spec, 1_000);
  live.onPhase('measure');
  const second = { measureMs: 10_000, ratePerSec: 100, cpuPerRequestMs: 0.5, lastSecondP50Ms: 2, responseP50Ms: 2 };
  for (let elapsedMs = 100; elapsedMs <= 5_000; elapsedMs += 100) {
    nowMs = elapsedMs;
    live.onSecond?.({ ...second, elapsedMs });
  }
  live.onStep('not told in a window');
  live.onTrialEnd({ ...trial, spec: { ...trial.spec, implementation: corpus.markup ?? '' } }, 1, 3);
  await live.close();
  await once(seen.answer, 'close').catch(() => {});
  const events = seen
    .heard()
    .split('\n\n')
    .filter((event) => event !== '');
  const names = events.map((event) => /^event: (.*)$/m.exec(event)?.[1]);
  assert.equal(names.filter((name) => name === 'now').length, 2 + 5);
  assert.deepEqual(names.slice(-2), ['trial', 'end']);
  assert.doesNotMatch(seen.heard(), /not told in a window/);
  assert.match(seen.heard(), /"rate":"100","cpu":"0\.50","p50":"2\.00"/);
});
