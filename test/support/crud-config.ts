import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

const seedScript = `import postgres from ${JSON.stringify(join(root, 'node_modules/postgres/src/index.js'))};
import { service } from ${JSON.stringify(join(root, 'bench/crud/service.ts'))};
const sql = postgres(process.env.DATABASE_URL, { max: 1, fetch_types: false });
const text = (values) => '{' + values.map((value) => JSON.stringify(String(value))).join(',') + '}';
for (const { sql: statement, values } of service.database.seedStatements(20_260_101))
  await sql.unsafe(statement, values.map((value) => (typeof value === 'object' ? text(value) : value)));
await sql.end();
`;

interface CrudTrial {
  readonly durationSec: number;
  readonly warmupCount: number;
}

/** The files of a user's project that is the crud service of bench/, in the implementation crud-node-async, asked for file history. */
export async function crudConfig({ durationSec, warmupCount }: CrudTrial): Promise<Record<string, string>> {
  const cwd = join(root, 'impls/crud-node-async');
  const impl = JSON.parse(await readFile(join(cwd, 'impl.json'), 'utf8')) as {
    build: string[][];
    command: string[];
    env: object;
  };
  // It takes an address without parameters.
  const program = impl.command.map((word) => word.replace('{node}', '"{node}"')).join(' ');
  const command = ['sh', '-c', `export DATABASE_URL="\${DATABASE_URL%%\\?*}"; exec ${program}`];
  const settings = { WORKERS: '2', DB_POOL_TOTAL: '8', FILE_CACHE_BYTES: '16777216', SESSION_TTL_SECONDS: '3600' };
  const env = { ...impl.env, ...settings, MAX_EVENT_STREAMS: '64', LOG_LEVEL: 'warn', SEED: '20260101' };
  const config = {
    service: 'crud',
    targets: [
      {
        name: 'api',
        build: impl.build,
        command,
        env,
        cwd,
        sources: ['seed.mjs'],
        ready: { path: '/health', status: 200 },
      },
    ],
    database: {
      kind: 'postgres',
      schema: join(root, 'bench/crud/schema.sql'),
      prepare: [[process.execPath, 'seed.mjs']],
    },
    workload: join(root, 'bench/crud/workloads/history.ts'),
    load: { rates: [50], trials: 1, durationSec, warmupCount, warmupRate: 100, connections: 32 },
  };
  return { 'seed.mjs': seedScript, 'paceline.config.json': JSON.stringify(config) };
}

/** The same trial by the declarations of bench/. */
export function builtInRun({ durationSec, warmupCount }: CrudTrial): string[] {
  const flags = ['--workload', 'history', '--rate', '50', '--trials', '1'];
  return [
    ...['run', 'smoke', '--impl', 'crud-node-async', ...flags],
    ...['--duration', String(durationSec), '--warmup', String(warmupCount)],
  ];
}
