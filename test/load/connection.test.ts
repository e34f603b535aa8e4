// test-lane: waits
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connectBy, RequestWriter } from '../../src/load/transport/connection.ts';
import { resolveTarget } from '../../src/load/transport/target-address.ts';
import type { WorkloadRequest } from '../../src/model/workload.ts';
import { loopMakers } from './loops.ts';

const get: WorkloadRequest = { method: 'GET', path: '/', headers: {}, body: null };
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let serve: (socket: Socket) => void = () => undefined;
let server: Server;

before(async () => {
  server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
after(() => server.close());

for (const [kind, createLoop] of loopMakers)
  describe(`over the ${kind} loop`, () => {
    const loop = createLoop();
    after(() => loop.close());

    /** Opens a connection and turns what it tells into a queue of texts. */
    async function open(port = (server.address() as AddressInfo).port) {
      const told: string[] = [];
      let wake = () => {};
      const tell = (text: string) => {
        told.push(text);
        wake();
      };
      const point = await resolveTarget({ host: '127.0.0.1', port, isSecure: false });
      const connection = connectBy(
        loop,
        point,
        new RequestWriter(`127.0.0.1:${port}`),
      )({
        onOpen: () => tell('open'),
        onAnswer: (_, { status, body }, isReusable) =>
          tell(`${status} ${Buffer.from(body)} ${isReusable ? 'kept' : 'gone'}`),
        onClose: (_, reason) => tell(`close: ${reason}`),
      });
      const next = async () => {
        while (told.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return told.shift();
      };
      return { connection, next, told };
    }

    test('one connection carries one request after the other', async () => {
      serve = (socket) => socket.on('data', () => socket.write(ok));
      const { connection, next } = await open();
      assert.equal(await next(), 'open');
      for (let round = 0; round < 3; round++) {
        assert.equal(connection.send(get), true);
        assert.equal(await next(), '200 ok kept');
      }
      connection.destroy();
    });

    test('bodies of every size arrive whole behind their head', async () => {
      let receivedBytes = 0;
      serve = (socket) =>
        socket.on('data', (bytes) => {
          receivedBytes += bytes.length;
          if (bytes.at(-1) === 0x21) socket.write(ok);
        });
      for (const byteLength of [1, 16_384, 16_385, 1_048_576]) {
        receivedBytes = 0;
        const { connection, next } = await open();
        await next();
        const body = Buffer.alloc(byteLength, 'a');
        body[byteLength - 1] = 0x21;
        const request: WorkloadRequest = { method: 'PUT', path: '/', headers: {}, body };
        connection.send(request);
        assert.equal(await next(), '200 ok kept');
        const writer = new RequestWriter(`127.0.0.1:${(server.address() as AddressInfo).port}`);
        writer.write(request);
        assert.equal(receivedBytes, writer.length);
        connection.destroy();
      }
    });

    test('a server that closes an idle connection is heard of at once', async () => {
      serve = (socket) => socket.on('data', () => socket.end(ok));
      const { connection, next } = await open();
      await next();
      connection.send(get);
      assert.equal(await next(), '200 ok kept');
      assert.match((await next()) ?? '', /^close: closed/);
    });

    test('a server that closes before or within its answer fails the request with that reason', async () => {
      for (const [text, reason] of [
        ['', 'close: closed before the answer'],
        ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', 'close: closed in the middle of the answer'],
        ['what?\r\n\r\n', 'close: malformed status line'],
      ] as const) {
        serve = (socket) => socket.on('data', () => socket.end(text));
        const { connection, next } = await open();
        await next();
        connection.send(get);
        assert.equal(await next(), reason);
      }
    });

    test('a reset and a refusal are named', async () => {
      serve = (socket) => socket.on('data', () => socket.resetAndDestroy());
      const { connection, next } = await open();
      await next();
      connection.send(get);
      assert.equal(await next(), 'close: ECONNRESET');
      assert.equal(await (await open(1)).next(), 'close: ECONNREFUSED');
    });

    test('an answer with Connection: close is right, and its connection gone', async () => {
      serve = (socket) =>
        socket.on('data', () => socket.write(ok.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')));
      const { connection, next } = await open();
      await next();
      connection.send(get);
      assert.equal(await next(), '200 ok gone');
    });

    test('a server that answers before it has read the whole request keeps the answer but not the connection', async () => {
      serve = (socket) =>
        socket.once('data', () => {
          socket.pause();
          socket.write(ok.replace('200 OK', '413 Too Large'));
        });
      const { connection, next } = await open();
      await next();
      connection.send({ method: 'POST', path: '/', headers: {}, body: Buffer.alloc(32 * 2 ** 20) });
      assert.equal(await next(), '413 ok gone');
    });

    test('bytes that nobody asked for close the connection', async () => {
      serve = (socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n');
      const { next } = await open();
      assert.equal(await next(), 'open');
      assert.equal(await next(), 'close: bytes that were not asked for');
    });

    test('a destroyed connection tells nothing more', async () => {
      serve = (socket) => socket.on('data', () => setTimeout(() => socket.write(ok), 5));
      const { connection, next, told } = await open();
      await next();
      connection.send(get);
      connection.destroy();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(told, []);
      assert.equal(connection.send(get), false, 'and takes nothing more');
    });

    test('an answer to HEAD ends with its head, whatever length it names, and the next one has its body', async () => {
      const heads = ['content-length: 5', 'transfer-encoding: chunked', `content-length: ${2 ** 40}`, 'x: no length'];
      let round = 0;
      serve = (socket) =>
        socket.on('data', (bytes) => {
          const isHead = bytes.toString().startsWith('HEAD');
          socket.write(isHead ? `HTTP/1.1 200 OK\r\n${heads[round++]}\r\n\r\n` : ok);
        });
      const { connection, next } = await open();
      assert.equal(await next(), 'open');
      for (const _ of heads) {
        assert.equal(connection.send({ ...get, method: 'HEAD' }), true);
        assert.equal(await next(), '200  kept');
        assert.equal(connection.send(get), true);
        assert.equal(await next(), '200 ok kept');
      }
      connection.destroy();
    });
  });
