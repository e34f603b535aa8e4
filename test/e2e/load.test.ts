// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import hdr from 'hdr-histogram-js';
import { loadResultSchema } from '../../src/model/load-result.ts';
import { bin, paceline, startPaceline, workspace } from '../support/paceline.ts';

async function listening(context: TestContext, server: Server, scheme = 'http'): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=1`;
}

const httpTarget = (context: TestContext, answer: RequestListener) => listening(context, createHttpServer(answer));
const rawTarget = (context: TestContext, serve: (socket: Socket) => void) =>
  listening(
    context,
    createServer((socket) => serve(socket.on('error', () => undefined))),
  );
const load = (...args: string[]) => paceline(['load', ...args]);

/** What is wrong, in one message that names it, before anything is sent. */
const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a URL that is not one', ['localhost:80', '--rate', '1'], /"localhost:80" is no http URL/],
  ['a scheme of something else', ['ftp://localhost', '--rate', '1'], /no http URL/],
  ['no rate', ['http://127.0.0.1:9'], /--rate <n>' not specified/],
  ['a rate of 0', ['http://127.0.0.1:9', '--rate', '0'], /--rate.*'0'.*above 0/],
  ['a negative rate', ['http://127.0.0.1:9', '--rate=-5'], /--rate.*'-5'.*above 0/],
  [
    'a rate beyond what this machine keeps',
    ['http://127.0.0.1:9', '--rate', '1e9'],
    /1000000000\/s is more than the \d+\/s .*calibrated.*\n.*--allow rate/,
  ],
  ['a duration of 0', ['http://127.0.0.1:9', '--rate', '1', '--duration', '0'], /--duration.*'0'.*above 0/],
  ['a day', ['http://127.0.0.1:9', '--rate', '1', '--duration', '86400'], /longer than 3600 s\n.*--allow duration/],
  [
    "somebody else's machine",
    ['http://192.0.2.1/', '--rate', '1'],
    /192\.0\.2\.1 is not this machine\n.*--allow remote/,
  ],
  [
    'more threads than connections',
    ['http://127.0.0.1:9', '--rate', '1', '--threads', '3', '--connections', '2'],
    /3 threads cannot share 2 connections/,
  ],
  ['an unknown limit', ['http://127.0.0.1:9', '--rate', '1', '--allow', 'rte'], /unknown limit "rte"\n.*"rate"/],
  ['a header without a name', ['http://127.0.0.1:9', '--rate', '1', '--header', 'x'], /--header "x" is no header/],
  [
    'a body that is not there',
    ['http://127.0.0.1:9', '--rate', '1', '--body', '@/none'],
    /cannot read.*\/none.*ENOENT/,
  ],
];

describe('load rejects wrong flags in one message', { concurrency: 2 }, () => {
  for (const [what, args, expected] of mistakes) {
    test(what, async () => {
      const { exitCode, stdout, stderr } = await load(...args);
      assert.match(stderr, expected);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
    });
  }
});

describe('a target that cannot be loaded is reported before the load', { concurrency: 2 }, () => {
  const refused = async (url: string, expected: RegExp, ...more: string[]) => {
    const { exitCode, stderr } = await load(url, '--rate', '5', '--duration', '1', ...more);
    assert.match(stderr, expected);
    assert.equal(exitCode, 3);
    assert.doesNotMatch(stderr, /\n\s+at /);
  };
  test('it is down', () => refused('http://127.0.0.1:1/', /127\.0\.0\.1:1 refuses connections/));
  test('it never answers', async (context) =>
    refused(await httpTarget(context, () => undefined), /no whole answer .* within 0\.3 s/, '--timeout', '0.3'));
  test('it answers with garbage', async (context) =>
    refused(await rawTarget(context, (socket) => socket.end('SSH-2.0-x\r\n\r\n')), /does not answer in HTTP\/1\.1/));
  test('it answers with gigabytes', async (context) => {
    const flood = Buffer.alloc(2 ** 20);
    const url = await httpTarget(context, (_, response) => {
      response.writeHead(200, { 'content-length': 4 * 2 ** 30 });
      const pour = () => {
        while (response.write(flood));
        response.once('drain', pour);
      };
      pour();
    });
    await refused(url, /more than 64 MiB/);
  });
  test('its certificate is not trusted', async (context) => {
    const file = (name: string) => readFile(join(import.meta.dirname, '..', 'fixtures', 'tls', name));
    const [key, cert] = await Promise.all([file('untrusted.key'), file('untrusted.pem')]);
    const server = createHttpsServer({ key, cert }, (_, response) => response.end('ok'));
    await refused(
      await listening(context, server, 'https'),
      /certificate that is not trusted.*\n.*NODE_EXTRA_CA_CERTS/,
    );
  });
});

test('a trusted certificate of another host name is named as the reason', async (context) => {
  const file = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'tls', name);
  const [key, cert] = await Promise.all([readFile(file('untrusted.key')), readFile(file('untrusted.pem'))]);
  const server = createHttpsServer({ key, cert }, (_, response) => response.end('ok'));
  await once(server.listen(0, '127.0.0.2'), 'listening');
  context.after(() => server.close());
  const url = `https://127.0.0.2:${(server.address() as AddressInfo).port}/`;
  const env = { NODE_EXTRA_CA_CERTS: file('untrusted.pem') };
  const { exitCode, stderr } = await paceline(['load', url, '--rate', '5', '--duration', '1'], { env });
  assert.match(stderr, /certificate for another host name\nRemedy: use a name that the certificate holds/);
  assert.equal(exitCode, 3);
});

test('a Host header changes no certificate: preflight and load ask for the name of the URL', async (context) => {
  const file = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'tls', name);
  const [key, cert] = await Promise.all([readFile(file('untrusted.key')), readFile(file('untrusted.pem'))]);
  const server = createHttpsServer({ key, cert }, (_, response) => response.end('ok'));
  const url = await listening(context, server, 'https');
  const env = { NODE_EXTRA_CA_CERTS: file('untrusted.pem') };
  const asked = ['load', url, '--header', 'host: other.example', '--rate', '5', '--duration', '1'];
  const { exitCode, stderr } = await paceline(asked, { env });
  assert.equal(exitCode, 0, stderr);
});

test('a target that dies during the load fails its requests; the generator is not to blame', async (context) => {
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', () => {
        server.close();
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      });
  });
  const url = await listening(context, server);
  const { exitCode, stdout } = await load(url, '--rate', '40', '--duration', '0.5', '--skip-preflight');
  // On a busy machine a second connection may be open before the target has gone.
  assert.match(stdout, /20 due = [1-3] ok \+ 0 wrong \+ 1[789] failed/);
  assert.match(stdout, /1[789] × request: ECONNREFUSED/);
  assert.doesNotMatch(stdout, /connections were free/);
  assert.equal(exitCode, 1);
});

test('connections beyond the open files allowed are failures, not the end of the generator', async (context) => {
  const url = await httpTarget(context, (_, response) => setTimeout(() => response.end('ok'), 400));
  // Enough to start with: modules are read side by side, up to sixty at once.
  const script = 'ulimit -n 110; exec "$@"';
  const args = ['load', url, '--rate', '400', '--duration', '1', '--timeout', '2', '--skip-preflight'];
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, bin, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [stdout, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  assert.match(stdout, /× request: EMFILE/);
  assert.match(stdout, /invalid: .*\d+ requests got no connection out of this machine \(EMFILE\)/);
  assert.equal(exitCode, 3);
});

test('a load of HEAD is answered by heads', async (context) => {
  const seen: string[] = [];
  const url = await httpTarget(context, (request, response) => {
    seen.push(request.method ?? '');
    response.setHeader('content-length', 1_000).end('x'.repeat(1_000));
  });
  const { exitCode, stdout } = await load(url, '--rate', '20', '--duration', '0.5', '--method', 'HEAD');
  assert.match(stdout, /10 due = 10 ok/);
  assert.equal(exitCode, 0);
  assert.deepEqual(new Set(seen), new Set(['HEAD']));
});

test('a load reports its three distributions, the outcome of every request, and its verdict', async (context) => {
  const space = await workspace(context);
  const seen: string[] = [];
  const url = await httpTarget(context, (request, response) => {
    request.setEncoding('utf8').on('data', (text) => seen.push(`${request.method} ${request.url} ${text}`));
    request.on('end', () => response.writeHead(201).end('made'));
  });
  const what = ['--method', 'PUT', '--body', 'hello', '--header', 'X-Who: me', '--expect-status', '201'];
  const out = ['--json', '--hdr', space.file('x.log')];
  const { exitCode, stdout, stderr } = await load(url, '--rate', '100', '--duration', '0.5', ...what, ...out);
  assert.equal(exitCode, 0);
  const report = JSON.parse(stdout);
  const result = loadResultSchema.parse(report.load);
  assert.equal(result.counts.okCount, 50);
  assert.ok(['valid', 'invalid'].includes(report.verdict.status));
  for (const line of [
    'response',
    'service',
    'send delay',
    'generator delay',
    'connection wait',
    '50 due = 50 ok',
    'verdict:',
  ])
    assert.ok(stderr.includes(line), line);
  // The first look is one more.
  assert.equal(seen.length, 51);
  assert.ok(seen.every((text) => text === 'PUT /x?y=1 hello'));
  const reader = new hdr.HistogramLogReader(await readFile(space.file('x.log'), 'utf8'));
  const logged = Array.from({ length: 3 }, () => reader.nextIntervalHistogram() as hdr.Histogram);
  assert.deepEqual(
    logged.map(({ tag, totalCount }) => [tag, totalCount]),
    ['response', 'service', 'send-delay'].map((tag) => [tag, 50]),
  );
});

test('several threads send one sequence, and Ctrl-C ends them all with one summary', async (context) => {
  const url = await httpTarget(context, (_, response) => response.end('ok'));
  const running = startPaceline(['load', url, '--rate', '100', '--duration', '600', '--threads', '2', '--json']);
  await running.line(/of 600 s/);
  running.interrupt();
  const { exitCode, stdout } = await running.finished;
  assert.equal(exitCode, 130);
  const { load: result } = JSON.parse(stdout);
  assert.equal(result.generator.threadCount, 2);
  const { scheduledCount, okCount, inFlightCount } = loadResultSchema.parse(result).counts;
  assert.ok(okCount > 0);
  assert.equal(scheduledCount, okCount + inFlightCount);
});

test('rates below one a second work', async (context) => {
  const url = await httpTarget(context, (_, response) => response.end('ok'));
  const { exitCode, stdout } = await load(url, '--rate', '0.2', '--duration', '0.5');
  assert.match(stdout, /0\.2\/s constant/);
  assert.match(stdout, /1 due = 1 ok/);
  assert.equal(exitCode, 0);
});

test('answers that turn wrong during the load are counted, shown and make it exit 1', async (context) => {
  let count = 0;
  const url = await httpTarget(context, (_, response) => response.writeHead(count++ < 11 ? 200 : 503).end());
  const { exitCode, stdout } = await load(url, '--rate', '40', '--duration', '0.5');
  assert.match(stdout, /20 due = 10 ok \+ 10 wrong/);
  assert.match(stdout, /10 × request: status 503/);
  assert.equal(exitCode, 1);
});

test('garbage and gigabytes that come during the load are failures with their reason', async (context) => {
  const url = await rawTarget(context, (socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4294967296\r\n\r\n')),
  );
  const { exitCode, stdout } = await load(url, '--rate', '20', '--duration', '0.5', '--skip-preflight');
  assert.match(stdout, /10 due = 0 ok .*10 failed/);
  assert.match(stdout, /10 × request: body too long/);
  assert.equal(exitCode, 1);
});

test('Ctrl-C: a summary of what was done so far, with every request accounted for', async (context) => {
  // Every second request is never answered: it is under way when the load is cut short.
  let count = 0;
  const url = await httpTarget(context, (_, response) => {
    if (count++ % 2 === 0) response.end('ok');
  });
  const running = startPaceline(['load', url, '--rate', '20', '--duration', '600', '--json']);
  await running.line(/of 600 s/);
  running.interrupt();
  const { exitCode, stdout, stderr } = await running.finished;
  assert.equal(exitCode, 130);
  const { isCutShort, load: result } = JSON.parse(stdout);
  assert.equal(isCutShort, true);
  const { scheduledCount, okCount, inFlightCount } = loadResultSchema.parse(result).counts;
  assert.ok(okCount > 0 && inFlightCount > 0);
  assert.equal(scheduledCount, okCount + inFlightCount);
  assert.equal(result.responseTime.count, okCount);
  assert.match(stderr, /due = .*interrupted by SIGINT/s);
});
