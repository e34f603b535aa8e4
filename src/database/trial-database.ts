import { type Connection, databaseError, withConnection } from './connection.ts';

interface StatementCalls {
  /** As pg_stat_statements normalises it: constants are $1, $2 … */
  readonly query: string;
  readonly callCount: number;
}

/** What an implementation has made of its database: all of it must be as every other's. */
export interface DatabaseUse {
  /** Its connections right now. */
  readonly connectionCount: number;
  /** `name=value` of every setting that it has stored for its role or its database. */
  readonly storedSettings: readonly string[];
}

/** One trial's own database. */
export interface TrialDatabase {
  readonly name: string;
  /** What the implementation is given: an ordinary role's `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** The one value of a counting statement, run as the administrator. */
  count(sql: string): Promise<number>;
  /** Starts counting for connections made from now on: call it before the implementation starts. False: cannot be counted. */
  enableStatements(): Promise<boolean>;
  resetStatements(): Promise<void>;
  /** The calls of the implementation's role since the reset; null: cannot be counted. */
  statementCalls(): Promise<readonly StatementCalls[] | null>;
  use(): Promise<DatabaseUse>;
  /** From now on the settings of every session that writes a row are kept, as they are when it commits. Call it before the implementation starts. */
  recordSettings(): Promise<void>;
  /** `name=value` of settings that change what a statement or a commit costs, where a session's is not the server's; null: not recorded. */
  recordedSettings(): Promise<readonly string[] | null>;
  /** Ends what is still connected and drops it. Safe to call twice. Throws HarnessError where the server is gone. */
  drop(): Promise<void>;
}

interface TrialDatabaseParts {
  readonly name: string;
  readonly url: string;
  readonly adminUrl: string;
  readonly roleName: string;
  readonly hasStatements: boolean;
  drop(): Promise<void>;
}

export function openTrialDatabase(parts: TrialDatabaseParts): TrialDatabase {
  const { name, url, adminUrl, roleName, hasStatements } = parts;

  let isRecording = false;

  async function ask<T>(what: string, use: (sql: Connection) => Promise<T>): Promise<T> {
    try {
      return await withConnection(adminUrl, use);
    } catch (error) {
      throw databaseError(`cannot ${what} in database ${name}`, error);
    }
  }

  return {
    name,
    url,
    count: (text) =>
      ask('count rows', async (sql) => {
        const [row] = await sql.unsafe(text).values();
        return Number(row?.[0]);
      }),
    async enableStatements() {
      if (!hasStatements) return false;
      return ask('enable statement statistics', async (sql) => {
        await sql.unsafe(`ALTER DATABASE ${name} SET pg_stat_statements.track = 'top'`).catch(() => {});
        // Read on a connection that the new setting holds for; a foreign server may count already.
        return withConnection(adminUrl, isTracking);
      });
    },
    async resetStatements() {
      if (!hasStatements) return;
      await ask('reset statement statistics', (sql) => sql.unsafe(resetSql, [roleName]));
    },
    async statementCalls() {
      if (!hasStatements) return null;
      return ask('read statement statistics', async (sql) => {
        const rows = await sql.unsafe<{ query: string; calls: string }[]>(callsSql, [roleName]);
        return rows.map(({ query, calls }) => ({ query, callCount: Number(calls) }));
      });
    },
    use: () =>
      ask('read what is connected', async (sql) => {
        const [connected] = await sql.unsafe<{ count: string }[]>(connectionsSql, [roleName]);
        const stored = await sql.unsafe<{ setting: string }[]>(storedSettingsSql, [roleName]);
        return { connectionCount: Number(connected?.count), storedSettings: stored.map(({ setting }) => setting) };
      }),
    async recordSettings() {
      // Only superusers may see every setting.
      isRecording = await ask('record settings', (sql) => sql.unsafe(recordSettingsSql(roleName)).simple()).then(
        () => true,
        () => false,
      );
    },
    async recordedSettings() {
      if (!isRecording) return null;
      return ask('read settings', async (sql) => {
        const rows = await sql.unsafe<{ setting: string }[]>(recordedSettingsSql);
        return rows.map(({ setting }) => setting);
      });
    },
    drop: () => parts.drop(),
  };
}

async function isTracking(sql: Connection): Promise<boolean> {
  const [row] = await sql<{ track: string }[]>`SELECT current_setting('pg_stat_statements.track', true) AS track`;
  return row?.track === 'top' || row?.track === 'all';
}

const thisDatabase = '(SELECT oid FROM pg_database WHERE datname = current_database())';

const connectionsSql = 'SELECT count(*) FROM pg_stat_activity WHERE usename = $1';

/** But what the harness itself has set, to count statements. */
const storedSettingsSql = `SELECT setting FROM pg_db_role_setting, unnest(setconfig) AS setting
  WHERE (setrole = (SELECT oid FROM pg_roles WHERE rolname = $1) OR setdatabase = ${thisDatabase})
    AND setting NOT LIKE 'pg\\_stat\\_statements.%' ORDER BY setting`;

const resetSql = `SELECT pg_stat_statements_reset((SELECT oid FROM pg_roles WHERE rolname = $1), ${thisDatabase}, 0)`;

const callsSql = `SELECT query, calls FROM pg_stat_statements
  WHERE dbid = ${thisDatabase} AND userid = (SELECT oid FROM pg_roles WHERE rolname = $1) ORDER BY calls DESC, query`;

/** What drivers set by themselves, and what decides neither the work nor its safety. */
const harmlessSettings = [
  ...['application_name', 'client_encoding', 'client_min_messages', 'DateStyle', 'IntervalStyle', 'TimeZone'],
  ...['extra_float_digits', 'bytea_output', 'xmlbinary', 'xmloption', 'search_path', 'jit', 'seed'],
  ...['statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout'],
  ...['idle_in_transaction_session_timeout', 'session_authorization', 'role', 'in_hot_standby', 'is_superuser'],
];

/**
 * A deferred trigger runs within the session's own COMMIT: by whatever way a setting was made, this is what holds for the commit.
 * All settings are read once for each state of the few that matter most; the rest of the time it is one look.
 */
function recordSettingsSql(roleName: string): string {
  const harmless = harmlessSettings.map((name) => `'${name}'`).join(', ');
  return `
    CREATE SCHEMA paceline;
    CREATE UNLOGGED TABLE paceline.server_settings AS SELECT name, setting FROM pg_settings
      WHERE context IN ('user', 'superuser') AND name NOT IN (${harmless}) AND name NOT LIKE 'pg_stat_statements.%';
    CREATE UNLOGGED TABLE paceline.seen (state text PRIMARY KEY);
    CREATE UNLOGGED TABLE paceline.session_settings (setting text PRIMARY KEY);
    CREATE FUNCTION paceline.record_settings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE now_set text := concat_ws(' ', pg_backend_pid(), current_setting('synchronous_commit'),
      current_setting('commit_delay'), current_setting('transaction_isolation'), current_setting('plan_cache_mode'));
    BEGIN
      IF session_user <> '${roleName}' OR EXISTS (SELECT FROM paceline.seen WHERE state = now_set) THEN RETURN NULL; END IF;
      INSERT INTO paceline.seen VALUES (now_set) ON CONFLICT DO NOTHING;
      INSERT INTO paceline.session_settings SELECT now.name || '=' || now.setting
        FROM pg_settings now JOIN paceline.server_settings was USING (name) WHERE now.setting IS DISTINCT FROM was.setting
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER paceline_settings AFTER INSERT OR UPDATE OR DELETE ON public.%I
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paceline.record_settings()', name);
      END LOOP;
    END $$;`;
}

const recordedSettingsSql = 'SELECT setting FROM paceline.session_settings ORDER BY setting';
