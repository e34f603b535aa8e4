import { HarnessError } from '../model/harness-error.ts';
import type { Warning } from '../model/warning.ts';
import { databaseError, withConnection } from './connection.ts';
import type { DatabaseServer } from './database-server.ts';
import { readFacts, type ServerFacts } from './server-settings.ts';
import { createDatabaseNamespace } from './template.ts';

const minMajorVersion = 18;

/** Somebody else's PostgreSQL: we use databases and a role named `paceline_…` and drop exactly those. */
export async function openExternalServer(adminUrl: string): Promise<DatabaseServer> {
  const { facts, warnings } = await checkExternalServer(adminUrl);
  const namespace = createDatabaseNamespace(adminUrl);
  return {
    kind: 'external',
    ...facts,
    adminUrl,
    warnings,
    pid: null,
    prepareTemplate: namespace.prepareTemplate,
    outage: null,
    stop: namespace.dropAll,
  };
}

interface ExternalServerCheck {
  /** user@host:port */
  readonly address: string;
  readonly facts: ServerFacts;
  /** What is lost by using it. */
  readonly warnings: readonly Warning[];
}

/** Whether that server can be used; nothing is made there. Throws HarnessError database-unavailable with the remedy. */
export async function checkExternalServer(adminUrl: string): Promise<ExternalServerCheck> {
  const address = describeAddress(adminUrl);
  try {
    const facts = await readFacts(adminUrl);
    requireVersion(facts.version, address);
    await requireRights(adminUrl, address);
    return { address, facts, warnings: limitationWarnings(await countsStatements(adminUrl)) };
  } catch (error) {
    const remedy = 'start that server, correct DATABASE_URL, or unset it to use the embedded PostgreSQL';
    throw databaseError(`DATABASE_URL (${address}) cannot be used`, error, { remedy });
  }
}

/** The address without the password: it ends up in messages. */
function describeAddress(adminUrl: string): string {
  try {
    const { username, host, protocol } = new URL(adminUrl);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new Error(`${protocol} is another scheme`);
    return `${username}@${host}`;
  } catch (cause) {
    const remedy = 'write it as postgres://user:password@host:port/database';
    throw new HarnessError('database-unavailable', 'DATABASE_URL is not the URL of a PostgreSQL database', remedy, {
      cause,
    });
  }
}

export function requireVersion(version: string, address: string): void {
  if (Number.parseInt(version, 10) >= minMajorVersion) return;
  throw new HarnessError(
    'database-unavailable',
    `DATABASE_URL (${address}) is PostgreSQL ${version}; the services need ${minMajorVersion} (uuidv7(), crc32())`,
    `point DATABASE_URL to PostgreSQL ${minMajorVersion} or newer, or unset it to use the embedded one`,
  );
}

async function requireRights(adminUrl: string, address: string): Promise<void> {
  const [role] = await withConnection(
    adminUrl,
    (sql) => sql<{ may: boolean }[]>`
      SELECT rolsuper OR (rolcreatedb AND rolcreaterole) AS may FROM pg_roles WHERE rolname = current_user`,
  );
  if (role?.may === true) return;
  throw new HarnessError(
    'database-unavailable',
    `DATABASE_URL (${address}): the role may not create databases and roles`,
    'ALTER ROLE … CREATEDB CREATEROLE, use a superuser, or unset DATABASE_URL to use the embedded one',
  );
}

/** Superusers see the setting; to others the answer is no, as they could not install the extension either. */
async function countsStatements(adminUrl: string): Promise<boolean> {
  return withConnection(adminUrl, async (sql) => {
    const [row] = await sql<{ libraries: string | null }[]>`
      SELECT (SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries') AS libraries`;
    return row?.libraries?.includes('pg_stat_statements') ?? false;
  });
}

function limitationWarnings(countsStatements: boolean): readonly Warning[] {
  const unset = 'unset DATABASE_URL to use the embedded PostgreSQL';
  const warnings: Warning[] = [
    { code: 'database-cpu-unknown', message: 'the CPU of an external database is not measured', advice: unset },
    {
      code: 'database-restart-unchecked',
      message: 'recovery from a restart of the database is not checked: an external one is not restarted',
      advice: unset,
    },
  ];
  if (countsStatements) return warnings;
  const advice = 'connect as a superuser to a server with shared_preload_libraries = pg_stat_statements';
  return [
    ...warnings,
    { code: 'budget-unchecked', message: 'statement budgets are not checked: no pg_stat_statements', advice },
  ];
}
