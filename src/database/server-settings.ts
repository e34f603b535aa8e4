import { withConnection } from './connection.ts';

/** The embedded server's settings that differ from PostgreSQL's defaults, and why. All are recorded with the result. */
export const embeddedSettings: Readonly<Record<string, string>> = {
  // Loopback TCP only: what implementations use, and nothing to clean up in a shared socket directory.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Sixteen processes with a LISTEN connection each beside any pool worth comparing.
  max_connections: '200',
  // The default, stated: the template (about 120 MB) just fits, so a warm trial reads no file.
  shared_buffers: '128MB',
  // A checkpoint costs seconds of disk and CPU. Each copy begins with one; none may fall into a measured window.
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
  // A copy lives for minutes and its template was vacuumed and analysed: a worker that wakes in one trial's window and not
  // in the next one's is only noise.
  autovacuum: 'off',
  // Segments in /dev/shm outlive a killed server (and containers give 64 MB of it); files in the data directory go with it.
  dynamic_shared_memory_type: 'mmap',
  // Whether a machine has reserved huge pages must not decide anything.
  huge_pages: 'off',
  // Loaded for the statement budget, but counting nothing (nor hashing any query) until a budget is checked.
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'none',
  // Durability as a user would have it: every commit waits for the disk.
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** What a result records of any server: the above, and what else decides the cost of a commit or a read. */
const recordedSettings: readonly string[] = [
  ...Object.keys(embeddedSettings).filter((name) => !/^(listen_|unix_|log_|timezone)/.test(name)),
  'full_page_writes',
  'wal_level',
  'wal_sync_method',
  'data_checksums',
  'effective_io_concurrency',
  'io_method',
  'jit',
  'work_mem',
];

export interface ServerFacts {
  readonly version: string;
  readonly settings: Record<string, string>;
}

/** The server's version and the settings a result carries, as it reports them itself. */
export async function readFacts(adminUrl: string): Promise<ServerFacts> {
  return withConnection(adminUrl, async (sql) => {
    const rows = await sql<{ name: string; value: string }[]>`
      SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ${sql([...recordedSettings])} ORDER BY name`;
    const [server] = await sql<{ version: string }[]>`SELECT current_setting('server_version') AS version`;
    const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    return { version: server?.version ?? 'unknown', settings };
  });
}
