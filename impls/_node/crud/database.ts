import postgres from 'postgres';

interface Types extends Record<string, unknown> {
  uuids: string[];
  integers: number[];
  byteas: Uint8Array[];
  bytea: Uint8Array;
}

export type Sql = postgres.Sql<Types>;
export type TransactionSql = postgres.TransactionSql<Types>;

/** Arrays have no known type without `fetch_types`, so the three used here are named. */
const types = {
  uuids: { to: 2951, from: [2951], serialize: arrayText, parse: (text: string) => text.slice(1, -1).split(',') },
  integers: { to: 1007, from: [], serialize: arrayText, parse: String },
  byteas: { to: 1001, from: [], serialize: (all: Uint8Array[]) => arrayText(all.map(quotedBytea)), parse: String },
  bytea: { to: 17, from: [17], serialize: byteaText, parse: parseBytea },
};

/** What the query pool and the listening connection have in common. */
export const clientOptions = {
  fetch_types: false,
  types,
  transform: { column: { from: postgres.toCamel } },
  // Connections are not closed for their age: a measurement should not see one being made.
  max_lifetime: null,
  connect_timeout: 1,
  connection: { statement_timeout: 5000, application_name: 'crud' },
  onnotice: () => {},
};

const connectionErrorCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether an error means that the connection is gone, or was never made. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && connectionErrorCodes.has(String(error.code));
}

/** Whether an error means that the database is away, full or shutting down (SQLSTATE classes 08, 53, 57), not that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(08|53|57)/.test(error.code);
  return isConnectionError(error);
}

function arrayText(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

function byteaText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

function quotedBytea(bytes: Uint8Array): string {
  return `"\\${byteaText(bytes)}"`;
}

/** Bytes outside Buffer's shared pool: a cached body pins no other memory, and can be transferred to another thread. */
function parseBytea(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow((text.length - 2) / 2);
  bytes.write(text.slice(2), 'hex');
  return bytes;
}
