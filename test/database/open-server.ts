import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseServer, DatabaseServerOptions } from '../../src/database/database-server.ts';
import { openDatabaseServer } from '../../src/database/open-database-server.ts';
import type { PostmasterRecord } from '../../src/database/postmaster.ts';

export interface OpenedServer {
  readonly server: DatabaseServer;
  readonly started: readonly PostmasterRecord[];
  close(): Promise<void>;
}

/** An embedded server, its programs in a cache of its own. */
export async function openTestServer(change: Partial<DatabaseServerOptions> = {}): Promise<OpenedServer> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'database-cache-'));
  const started: PostmasterRecord[] = [];
  const opening = openDatabaseServer({
    databaseUrl: null,
    cacheDir,
    signal: new AbortController().signal,
    onStarted: (record) => started.push(record),
    joinPaths: [],
    onProgress: () => {},
    ...change,
  });
  const removeCache = () => rmSync(cacheDir, { recursive: true });
  opening.catch(removeCache);
  const server = await opening;
  async function close(): Promise<void> {
    await server.stop();
    removeCache();
  }
  return { server, started, close };
}
