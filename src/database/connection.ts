import postgres from 'postgres';

export type Connection = postgres.Sql;

/**
 * One connection for the length of a task. The harness holds none between tasks: an open one would be a process of the
 * database within a measured window, and would keep its database from being used as a template.
 */
export async function withConnection<T>(url: string, use: (sql: Connection) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, prepare: false });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The same server, another database and perhaps another role. A role's URL carries no parameters. */
export function databaseUrl(adminUrl: string, database: string, role?: { name: string; password: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role.name;
    url.password = role.password;
    url.search = '';
  }
  return url.href;
}
