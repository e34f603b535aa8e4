import { ConfigError, type Environment, integer, logLevels, oneOf, required } from '../../program/environment.ts';
import type { NodeConfig } from '../core/config.ts';

export type Durability = 'file' | 'fsync';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly clusterSize: number;
  readonly electionTimeoutMinUs: number;
  readonly electionTimeoutMaxUs: number;
  readonly heartbeatUs: number;
  readonly networkDelayUs: number;
  readonly durability: Durability;
  readonly seed: number;
  readonly requestTimeoutMs: number;
  readonly logLevel: string;
}

/** `clusterSizeLimit`: the most nodes this model of concurrency takes. @throws ConfigError naming the variable. */
export function readConfig(env: Environment, clusterSizeLimit: number): Config {
  const config: Config = {
    host: required(env, 'HOST'),
    port: integer(env, 'PORT', { min: 1, max: 65_535 }),
    dataDir: required(env, 'DATA_DIR'),
    clusterSize: clusterSize(env, clusterSizeLimit),
    electionTimeoutMinUs: microseconds(env, 'ELECTION_TIMEOUT_MIN_MS', '150'),
    electionTimeoutMaxUs: microseconds(env, 'ELECTION_TIMEOUT_MAX_MS', '300'),
    heartbeatUs: microseconds(env, 'HEARTBEAT_MS', '75'),
    networkDelayUs: integer(env, 'NETWORK_DELAY_US', { min: 0, max: 10_000_000, fallback: 0 }),
    durability: oneOf(env, 'DURABILITY', ['file', 'fsync'], 'file') as Durability,
    seed: integer(env, 'SEED', { min: 0, max: 2 ** 32 - 1, fallback: 1 }),
    requestTimeoutMs: integer(env, 'REQUEST_TIMEOUT_MS', { min: 1, max: 60_000, fallback: 2000 }),
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
  };
  rejectImpossibleTimes(config);
  return config;
}

export function nodeConfig(config: Config, id: number): NodeConfig {
  const { clusterSize, electionTimeoutMinUs, electionTimeoutMaxUs, heartbeatUs } = config;
  return {
    id,
    clusterSize,
    electionTimeoutMinUs,
    electionTimeoutMaxUs,
    heartbeatUs,
    maxBatchEntries: 64,
    windowEntries: 1024,
  };
}

function clusterSize(env: Environment, limit: number): number {
  const size = integer(env, 'CLUSTER_SIZE', { min: 1, fallback: 3 });
  if (size > limit) throw new ConfigError(`CLUSTER_SIZE=${size} is more than the ${limit} nodes this host can run`);
  return size;
}

/** Milliseconds with at most three decimal places and nine digits before them. */
function microseconds(env: Environment, name: string, fallback: string): number {
  const text = env[name] ?? fallback;
  const us = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) : 0;
  if (us <= 0) {
    throw new ConfigError(
      `${name}=${text} is no time in milliseconds above 0 and below 1000000000 with at most three decimals`,
    );
  }
  return us;
}

function rejectImpossibleTimes({ electionTimeoutMinUs, electionTimeoutMaxUs, heartbeatUs }: Config): void {
  if (electionTimeoutMinUs > electionTimeoutMaxUs) {
    throw new ConfigError('ELECTION_TIMEOUT_MIN_MS is more than ELECTION_TIMEOUT_MAX_MS');
  }
  if (heartbeatUs >= electionTimeoutMinUs) {
    throw new ConfigError(
      'HEARTBEAT_MS is not less than ELECTION_TIMEOUT_MIN_MS: followers would never wait for a beat',
    );
  }
}
