import { ConfigError, type Environment, integer, logLevels, oneOf, required } from '../program/environment.ts';

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

function databaseUrl(env: Environment): string {
  const text = required(env, 'DATABASE_URL');
  const url = URL.parse(text);
  const complete = url?.hostname && url.username && url.pathname.length > 1 && url.search === '';
  if (!complete || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new ConfigError('DATABASE_URL is not postgres://user:password@host:port/database');
  }
  return text;
}
