// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { Loop } from '../../src/load/pace/loop.ts';
import { connectBy, RequestWriter } from '../../src/load/transport/connection.ts';
import type { TargetAddress } from '../../src/load/transport/socket.ts';
import { resolveTarget } from '../../src/load/transport/target-address.ts';
import { fuzzFactor, fuzzSeed } from '../support/fuzz-size.ts';
import type { Script } from './fixtures/scripted-server.ts';
import { loopMakers } from './loops.ts';

/** What came of one request: the answer, or none. */
type Outcome = { status: number; etag: string | null; body: string } | 'no answer';

const server = new Worker(new URL('./fixtures/scripted-server.ts', import.meta.url));
let address: TargetAddress;

before(async () => {
  const [{ port }] = (await once(server, 'message')) as [AddressInfo];
  address = { host: '127.0.0.1', port, isSecure: false };
});
after(() => server.terminate());

/** What the server answers from now on. */
async function play(script: Script): Promise<void> {
  server.postMessage(script);
  await once(server, 'message');
}

async function askOurs(loop: Loop): Promise<Outcome> {
  const connect = connectBy(loop, await resolveTarget(address), new RequestWriter(`127.0.0.1:${address.port}`));
  return new Promise((resolve) => {
    connect({
      onOpen: (connection) => assert.ok(connection.send({ method: 'GET', path: '/', headers: {}, body: null })),
      onAnswer: (connection, answer) => {
        const { status, body } = answer;
        resolve({ status, etag: answer.header('etag'), body: Buffer.from(body).toString('latin1') });
        connection.destroy();
      },
      onClose: () => resolve('no answer'),
    });
  });
}

function askNode(): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = request({ host: address.host, port: address.port, agent: false });
    asked.on('error', () => resolve('no answer'));
    asked.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve('no answer');
    });
    asked.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', () => resolve('no answer'));
      response.on('end', () => {
        const { statusCode, headers } = response;
        const body = Buffer.concat(pieces).toString('latin1');
        resolve({ status: statusCode ?? 0, etag: headers.etag ?? null, body });
        asked.destroy();
      });
    });
    asked.end();
  });
}

const bodyText = fc.string({
  unit: fc.constantFrom('a', 'b', '\r', '\n', '0', ':', '\xff'),
  size: 'max',
  maxLength: 300,
});
const status = fc.constantFrom(200, 201, 204, 304, 404, 500);
const filler = fc
  .array(fc.constantFrom('X-Long-Name: value', 'a:b', 'Content-Type: text/plain', 'ETag: "3"', 'Empty:'), {
    maxLength: 4,
    // Node keeps the first of repeated ETags, we join them: not a difference that matters.
  })
  .map((lines) => [...new Set(lines)].map((line) => `${line}\r\n`).join(''));
const interim = fc.constantFrom('', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n');

const framed = fc.oneof(
  bodyText.map((body) => ({ header: `Content-Length: ${body.length}\r\n`, payload: body, closes: false })),
  fc
    .array(
      bodyText.filter((text) => text.length > 0),
      { maxLength: 4 },
    )
    .map((chunks) => ({
      header: 'Transfer-Encoding: chunked\r\n',
      payload: `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`,
      closes: false,
    })),
  bodyText.map((body) => ({ header: '', payload: body, closes: true })),
);
/** A place in a text. Whole numbers are drawn evenly, where `fc.double` would nearly always mean the very start. */
const place = fc.integer({ min: 0, max: 9_999 }).map((tenThousandth) => tenThousandth / 10_000);
const cuts = fc.array(place, { size: 'max', maxLength: 5 });

/** An answer's text, in pieces cut at random. */
const answer = fc
  .tuple(interim, status, filler, framed, cuts)
  .map(([before, code, lines, { header, payload, closes }, places]) => {
    const isEmpty = code === 204 || code === 304;
    const text = `${before}HTTP/1.1 ${code} Reason\r\n${lines}${code === 204 ? '' : header}\r\n${isEmpty ? '' : payload}`;
    return { text, closes, places };
  });

function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((part) => Math.floor(part * text.length)), text.length].sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((piece) => piece !== '');
}

function drawn(context: TestContext, count: number): { readonly numRuns: number; readonly seed: number } {
  const numRuns = count * fuzzFactor;
  context.diagnostic(`${numRuns} inputs of seed ${fuzzSeed}`);
  return { numRuns, seed: fuzzSeed };
}

for (const [kind, createLoop] of loopMakers)
  describe(`over the ${kind} loop`, () => {
    const loop = createLoop();
    after(() => loop.close());

    test('every well-formed answer is read as Node itself reads it, however it is split', async (context) => {
      await fc.assert(
        fc.asyncProperty(answer, async ({ text, closes, places }) => {
          await play({ pieces: cut(text, places), closes });
          const [ours, nodes] = [await askOurs(loop), await askNode()];
          assert.deepEqual(ours, nodes);
          assert.notEqual(ours, 'no answer');
        }),
        drawn(context, 150),
      );
    });

    test('an answer cut short by a close is none for us where it is none for Node', async (context) => {
      await fc.assert(
        fc.asyncProperty(answer, place, async ({ text, places }, part) => {
          await play({ pieces: cut(text.slice(0, Math.floor(part * text.length)), places), closes: true });
          assert.deepEqual(await askOurs(loop), await askNode());
        }),
        drawn(context, 100),
      );
    });

    test('an answer damaged in one place never hangs us, and is never an answer of another status or body than Node reads', async (context) => {
      const damage = fc.record({
        at: place,
        by: fc.constantFrom('\0', 'z', ' ', '9', ':'),
      });
      await fc.assert(
        fc.asyncProperty(answer, damage, async ({ text, places }, { at, by }) => {
          const index = Math.floor(at * text.length);
          await play({ pieces: cut(text.slice(0, index) + by + text.slice(index + 1), places), closes: true });
          const [ours, nodes] = [await askOurs(loop), await askNode()];
          // Node refuses more (characters no header may hold); where both read an answer, it is the same one.
          if (ours !== 'no answer' && nodes !== 'no answer') {
            assert.deepEqual([ours.status, ours.body], [nodes.status, nodes.body]);
          }
        }),
        drawn(context, 150),
      );
    });
  });
