export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly workerCount: number;
  /** Query connections; the one for LISTEN comes on top. */
  readonly dbPoolCount: number;
  readonly fileCacheBytes: number;
  readonly sessionTtlSec: number;
  readonly maxEventStreamCount: number;
  readonly logLevel: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that makes no sense: the program ends with exit code 2 and this one line. */
export class ConfigError extends Error {}

const logLevels = ['debug', 'info', 'warn', 'error'];

/** @throws ConfigError naming the variable. */
export function readConfig(env: Environment): Config {
  return {
    host: required(env, 'HOST'),
    port: integer(env, 'PORT', { min: 1, max: 65_535 }),
    databaseUrl: databaseUrl(env),
    workerCount: integer(env, 'WORKERS', { min: 1, fallback: 1 }),
    dbPoolCount: integer(env, 'DB_POOL_TOTAL', { min: 1, fallback: 8 }),
    fileCacheBytes: integer(env, 'FILE_CACHE_BYTES', { min: 0, fallback: 16_777_216 }),
    sessionTtlSec: integer(env, 'SESSION_TTL_SECONDS', { min: 1, fallback: 3600 }),
    maxEventStreamCount: integer(env, 'MAX_EVENT_STREAMS', { min: 0, fallback: 64 }),
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

/** What one of `workerCount` equal servers may use, where each worker is a whole server. @throws ConfigError */
export function shareOf(config: Config): Config {
  const { workerCount, dbPoolCount, fileCacheBytes, maxEventStreamCount } = config;
  if (dbPoolCount < workerCount) {
    throw new ConfigError(`DB_POOL_TOTAL=${dbPoolCount} is less than WORKERS=${workerCount}: each needs a connection`);
  }
  return {
    ...config,
    workerCount: 1,
    dbPoolCount: Math.floor(dbPoolCount / workerCount),
    fileCacheBytes: Math.floor(fileCacheBytes / workerCount),
    maxEventStreamCount: Math.ceil(maxEventStreamCount / workerCount),
  };
}

/** Runs a reader of the configuration; ends the program where it refuses. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

function required(env: Environment, name: string): string {
  const text = env[name] ?? '';
  if (text === '') throw new ConfigError(`${name} is not set`);
  return text;
}

interface IntegerRule {
  readonly min: number;
  readonly max?: number;
  readonly fallback?: number;
}

function integer(
  env: Environment,
  name: string,
  { min, max = Number.MAX_SAFE_INTEGER, fallback }: IntegerRule,
): number {
  if (env[name] === undefined && fallback !== undefined) return fallback;
  const text = required(env, name);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new ConfigError(`${name}=${text} is not a whole number from ${min} up`);
  return value;
}

function databaseUrl(env: Environment): string {
  const text = required(env, 'DATABASE_URL');
  const url = URL.parse(text);
  const complete = url?.hostname && url.username && url.pathname.length > 1 && url.search === '';
  if (!complete || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new ConfigError('DATABASE_URL is not postgres://user:password@host:port/database');
  }
  return text;
}

function oneOf(env: Environment, name: string, allowed: readonly string[], fallback: string): string {
  const text = env[name] ?? fallback;
  if (!allowed.includes(text)) throw new ConfigError(`${name}=${text} is none of ${allowed.join(', ')}`);
  return text;
}
