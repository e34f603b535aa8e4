import { withConnection } from './connection.ts';
import { recordedSettings } from './server-settings.ts';

export interface ServerFacts {
  readonly version: string;
  readonly settings: Record<string, string>;
}

/** The server's version and the settings a result carries, as it reports them itself. */
export async function readFacts(adminUrl: string): Promise<ServerFacts> {
  return withConnection(adminUrl, async (sql) => {
    const rows = await sql<{ name: string; value: string }[]>`
      SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY(${[...recordedSettings]}) ORDER BY name`;
    const [server] = await sql<{ version: string }[]>`SELECT current_setting('server_version') AS version`;
    const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    return { version: server?.version ?? 'unknown', settings };
  });
}
