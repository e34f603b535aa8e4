// Fills DATABASE_URL as a user would: starts miniflux once, which makes its schema and its administrator, and subscribes to a feed
// that is served here. Nothing is fetched from another machine.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , version] = process.argv;
const host = '127.0.0.1';
const dir = mkdtempSync(join(tmpdir(), 'miniflux-'));

const items = Array.from(
  { length: 200 },
  (_, index) =>
    `<item><guid>urn:entry:${index}</guid><title>Entry ${index}</title><link>http://${host}/${index}</link><description>${'A sentence of a feed. '.repeat(20)}</description></item>`,
);
const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Two hundred entries</title><link>http://${host}/</link>${items.join('')}</channel></rss>`;

async function listening(server) {
  server.listen(0, host);
  await once(server, 'listening');
  return server.address().port;
}

async function freePort() {
  const server = createServer();
  const port = await listening(server);
  server.close();
  return port;
}

const feeds = createServer((_, response) => {
  response.setHeader('content-type', 'application/rss+xml');
  response.end(feed);
});
let miniflux;
try {
  execFileSync('go', ['install', `miniflux.app/v2@${version}`], {
    env: { ...process.env, GOBIN: dir, GOFLAGS: '-mod=mod' },
    stdio: 'inherit',
  });
  const [feedPort, port] = [await listening(feeds), await freePort()];
  miniflux = spawn(join(dir, 'miniflux.app'), {
    env: {
      ...process.env,
      LISTEN_ADDR: `${host}:${port}`,
      RUN_MIGRATIONS: '1',
      CREATE_ADMIN: '1',
      ADMIN_USERNAME: 'bench',
      ADMIN_PASSWORD: 'bench-password',
      DISABLE_SCHEDULER_SERVICE: '1',
      FETCHER_ALLOW_PRIVATE_NETWORKS: '1',
    },
    stdio: 'inherit',
  });
  const ask = (path, options) => fetch(`http://${host}:${port}${path}`, options).catch(() => null);
  for (let tries = 0; tries < 300 && (await ask('/healthcheck'))?.ok !== true; tries += 1) await sleep(100);
  const headers = { authorization: `Basic ${btoa('bench:bench-password')}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ feed_url: `http://${host}:${feedPort}/feed.xml`, category_id: 1 });
  const answer = await ask('/v1/feeds', { method: 'POST', headers, body });
  if (answer?.status !== 201) throw new Error(`the feed was not taken: ${answer?.status} ${await answer?.text()}`);
} finally {
  feeds.close();
  feeds.closeAllConnections();
  if (miniflux !== undefined) {
    miniflux.kill();
    if (miniflux.exitCode === null) await once(miniflux, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
}
