import { join } from 'node:path';
import { HarnessError } from '../../model/harness-error.ts';
import { scanImplementations } from '../../target/manifest.ts';
import { checkToolchain } from '../../target/toolchain.ts';
import { codeDir, rootDir } from '../paths.ts';
import { build } from '../prepare.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { startInGroup, type TargetGroup } from '../trial/target-group.ts';

const proxyId = 'reverse-proxy';

/** Builds it into the cache, once. Throws HarnessError cannot-measure where Go or the modules cannot be had. */
export async function prepareProxy(session: Session, onStep: (text: string) => void): Promise<PreparedImplementation> {
  const scanned = await scanImplementations([join(codeDir, 'src', 'run', 'questions')]);
  const located = scanned.find(({ implementation }) => implementation.id === proxyId);
  if (located === undefined) throw new Error('the reverse proxy has no manifest');
  const checked = await checkToolchain(located, session);
  if (checked.status === 'missing') throw noProxy(checked.reason, checked.remedy);
  onStep('building the reverse proxy (Caddy), which takes minutes the first time');
  try {
    const options = { rootDir, cacheDir: session.cacheDir, onStep };
    return (await build(session, located, checked.toolchain, options)).preparedImplementation;
  } catch (error) {
    if (session.signal.aborted || !(error instanceof HarnessError)) throw error;
    const remedy = 'see that the Go modules can be fetched (go env GOPROXY), or leave the proxy out: --direct';
    throw noProxy(error.message, remedy, error);
  }
}

function noProxy(reason: string, remedy: string, cause?: unknown): HarnessError {
  return new HarnessError('cannot-measure', `the reverse proxy cannot be had: ${reason}`, remedy, { cause });
}

/** What it says of each request that it passed on. */
interface AccessLine {
  readonly retries?: string;
}

export interface RunningProxy {
  readonly url: string;
  readonly running: TargetGroup;
  /** Requests that it tried again, elsewhere or later. */
  retriedCount(): number;
  dispose(): Promise<void>;
}

interface ProxyOptions {
  readonly proxy: PreparedImplementation;
  readonly session: Session;
  readonly port: number;
  readonly upstreamPorts: readonly number[];
  readonly host: string;
}

/** In a control group of its own, with what Caddy stores in a folder that goes with it. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { proxy, session, port, host } = options;
  const folder = await session.openDataFolder();
  const retries = createRetryCounter();
  try {
    const running = await startInGroup({
      preparedImplementation: proxy,
      environment: {
        PACELINE_PROXY_CONFIG: JSON.stringify(proxyConfig(options)),
        ...{ XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
      },
      ...{ databaseUrl: null, usesDataDir: false, limit: null, session, port, onOutput: retries.add },
    });
    return {
      ...{ url: `http://${host}:${port}`, running, retriedCount: retries.count },
      async dispose() {
        await running.dispose();
        await folder.dispose();
      },
    };
  } catch (error) {
    await folder.dispose();
    throw error;
  }
}

/** A request is tried for so long, again and again: an instance that starts in that time costs none. */
const tryDuration = '5s';
const tryInterval = '50ms';
/** An instance that failed gets no request for so long. */
const failDuration = '1s';

/** Two static upstreams by turns, as in a small deployment; a dead one is noticed by its failures alone. */
function proxyConfig({ host, port, upstreamPorts }: ProxyOptions): object {
  const handler = {
    handler: 'reverse_proxy',
    upstreams: upstreamPorts.map((one) => ({ dial: `${host}:${one}` })),
    load_balancing: {
      selection_policy: { policy: 'round_robin' },
      ...{ try_duration: tryDuration, try_interval: tryInterval },
    },
    health_checks: { passive: { fail_duration: failDuration, max_fails: 1 } },
  };
  const noteRetries = { handler: 'log_append', key: 'retries', value: '{http.reverse_proxy.retries}' };
  const server = {
    listen: [`${host}:${port}`],
    automatic_https: { disable: true },
    logs: { default_logger_name: 'requests' },
    routes: [{ handle: [noteRetries, handler] }],
  };
  return {
    admin: { disabled: true, config: { persist: false } },
    logging: {
      logs: {
        default: { level: 'WARN', exclude: ['http.log.access'] },
        access: { writer: { output: 'stdout' }, include: ['http.log.access.requests'] },
      },
    },
    apps: { http: { servers: { proxy: server } } },
  };
}

function createRetryCounter(): { add(chunk: Buffer): void; count(): number } {
  let rest = '';
  let count = 0;
  return {
    add(chunk) {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (isRetried(line)) count++;
    },
    count: () => count,
  };
}

/** A line that is none of its access log's is nobody's request. */
function isRetried(line: string): boolean {
  try {
    return Number((JSON.parse(line) as AccessLine).retries ?? 0) > 0;
  } catch {
    return false;
  }
}
