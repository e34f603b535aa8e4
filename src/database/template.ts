import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServiceDatabase } from '../model/service.ts';
import { arrayText, type Connection, databaseError, databaseUrl, withConnection } from './connection.ts';
import { openTrialDatabase, type TrialDatabase } from './trial-database.ts';

/** A filled database that trials start from. */
export interface Template {
  /** A fresh copy, checkpointed: its first write is not the one that pays for the copying. */
  copy(): Promise<TrialDatabase>;
}

/** The databases and roles of one harness on one server; all names begin with `paceline_`. */
export interface DatabaseNamespace {
  prepareTemplate(
    service: ServiceDatabase,
    schemaPath: string | null,
    seed: number,
    signal?: AbortSignal,
  ): Promise<Template>;
  /** Drops exactly what this namespace made. */
  dropAll(): Promise<void>;
}

interface DatabaseRole {
  readonly name: string;
  readonly password: string;
}

export function createDatabaseNamespace(adminUrl: string): DatabaseNamespace {
  const prefix = `paceline_${randomBytes(4).toString('hex')}`;
  const made = { databases: new Set<string>(), roles: new Set<string>() };
  let databaseCount = 0;

  const admin = <T>(use: (sql: Connection) => Promise<T>): Promise<T> => withConnection(adminUrl, use);

  async function createDatabase(kind: 'template' | 'trial', options: string): Promise<string> {
    databaseCount += 1;
    const name = `${prefix}_${kind}_${databaseCount}`;
    made.databases.add(name);
    await admin(async (sql) => {
      await sql.unsafe(`CREATE DATABASE ${name} ${options}`);
      // Else every role may connect to the template and to other trials' copies.
      await sql.unsafe(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    });
    return name;
  }

  async function drop(name: string): Promise<void> {
    try {
      await admin((sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    } catch (error) {
      throw databaseError(`cannot drop database ${name}`, error);
    }
    made.databases.delete(name);
  }

  /** An ordinary role of one trial: what it sets for itself goes with it, and it can write to nothing but its copy. */
  async function createRole(database: string): Promise<DatabaseRole> {
    const role = { name: `${database}_role`, password: randomBytes(16).toString('hex') };
    made.roles.add(role.name);
    await withConnection(databaseUrl(adminUrl, database), async (sql) => {
      await sql.unsafe(`CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}'`);
      // Whoever is no superuser may only end the role's sessions (DROP … WITH FORCE) as a member of it.
      await sql.unsafe(`GRANT ${role.name} TO CURRENT_USER`).catch(() => {});
      await sql.unsafe(`GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${role.name}`);
      await sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role.name}`);
      await sql.unsafe(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role.name}`);
    });
    return role;
  }

  async function dropRole(name: string): Promise<void> {
    try {
      await admin((sql) => sql.unsafe(`DROP ROLE IF EXISTS ${name}`));
    } catch (error) {
      throw databaseError(`cannot drop role ${name}`, error);
    }
    made.roles.delete(name);
  }

  async function copy(template: string, hasStatements: boolean, isUnbounded: boolean): Promise<TrialDatabase> {
    try {
      // Copying files took 0.5 s where copying through the log took 0.7 s and left 120 MB of log behind each time.
      const name = await createDatabase('trial', `TEMPLATE ${template} STRATEGY file_copy`);
      const role = await createRole(name);
      await admin(checkpoint);
      return openTrialDatabase({
        name,
        url: isUnbounded ? unboundedUrl(adminUrl, name) : databaseUrl(adminUrl, name, role),
        adminUrl: databaseUrl(adminUrl, name),
        roleName: role.name,
        hasStatements,
        async drop() {
          await drop(name);
          await dropRole(role.name);
        },
      });
    } catch (error) {
      throw databaseError('cannot copy the template database', error);
    }
  }

  return {
    async prepareTemplate(service, schemaPath, seed, signal = new AbortController().signal) {
      try {
        const name = await createDatabase('template', `TEMPLATE template0 ENCODING 'UTF8'`);
        const schema = schemaPath === null ? '' : await readFile(schemaPath, 'utf8');
        const hasStatements = await withConnection(databaseUrl(adminUrl, name), async (sql) => {
          await fillTemplate(sql, service, schema, seed, () => service.fill?.(unboundedUrl(adminUrl, name), signal));
          return addStatementStatistics(sql);
        });
        return { copy: () => copy(name, hasStatements, service.isUnbounded === true) };
      } catch (error) {
        const from = schemaPath === null ? '' : ` from ${schemaPath}`;
        throw databaseError(`cannot prepare the template database${from}`, error);
      }
    },
    async dropAll() {
      for (const name of made.databases) await drop(name);
      for (const name of made.roles) await dropRole(name);
    },
  };
}

/** Some drivers ask for TLS unless they are told not to, which a server on this machine has not. */
function unboundedUrl(adminUrl: string, database: string): string {
  const url = new URL(databaseUrl(adminUrl, database));
  if (url.hostname === '127.0.0.1' || url.hostname === 'localhost') url.searchParams.set('sslmode', 'disable');
  return url.href;
}

async function fillTemplate(
  sql: Connection,
  service: ServiceDatabase,
  schema: string,
  seed: number,
  fill: () => Promise<void> | undefined,
): Promise<void> {
  if (schema !== '') await sql.unsafe(schema).simple();
  for (const { sql: text, values } of service.seedStatements(seed)) {
    await sql.unsafe(
      text,
      values.map((value) => (typeof value === 'object' ? arrayText(value) : value)),
    );
  }
  await fill();
  // Freezing sets every hint bit now: a read within a trial then writes no page.
  await sql.unsafe('VACUUM (FREEZE, ANALYZE)');
  await checkpoint(sql);
}

/** Only superusers and pg_checkpoint may; elsewhere the server's own timing has to do. */
async function checkpoint(sql: Connection): Promise<void> {
  await sql.unsafe('CHECKPOINT').catch((error) => {
    if (error.code !== '42501') throw error;
  });
}

/** Whether statements can be counted: the extension must be installed and its library preloaded. */
async function addStatementStatistics(sql: Connection): Promise<boolean> {
  try {
    await sql.unsafe('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await sql.unsafe('SELECT 1 FROM pg_stat_statements LIMIT 1');
    return true;
  } catch {
    return false;
  }
}
