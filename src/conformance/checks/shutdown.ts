import { pause } from '../../os/child-process.ts';
import { connectToCluster } from '../../target/cluster-control.ts';
import type { StopReport } from '../../target/process.ts';
import { openConnection } from '../client/http-client.ts';
import type { LifecycleFile } from '../vectors/contract-file.ts';
import type { Variables, VectorRequest } from '../vectors/vector.ts';
import { toHttpRequest } from '../vectors/vector-run.ts';
import { type CheckOptions, type CheckResult, checkResult, runSetup } from './check-result.ts';
import type { LinearizabilityOptions } from './linearizability-check.ts';

interface ShutdownOptions extends CheckOptions {
  readonly file: LifecycleFile;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<StopReport>;
}

const answerMs = 10_000;
/** Long enough for the requests to have arrived, shorter than what they take (a scrypt: 30 ms). */
const inFlightDelayMs = 10;

/** SIGTERM with a stream open and requests in flight: the stream ends, the requests are answered, exit 0, nobody is left. */
export async function checkShutdown(options: ShutdownOptions): Promise<readonly CheckResult[]> {
  const { run, failure } = await runSetup(options, options.file.setup);
  run.close();
  if (failure !== null) return [failure];
  const { stream, slow } = options.file.shutdown;
  const opened = await openStream(options.baseUrl, stream, run.variables);
  const inFlight = await Promise.all(slow.map((request) => startRequest(options.baseUrl, request, run.variables)));
  await pause(inFlightDelayMs, options.signal);
  const report = await options.stop();
  const outcomes = await Promise.all(inFlight.map(({ outcome }) => outcome));
  const streamEnd = await Promise.race([opened.end, pause(500, options.signal).then(() => 'still open')]);
  opened.close();
  return [
    checkResult('SIGTERM ends the event streams', streamEnd === 'ended', streamEnd),
    checkResult('SIGTERM lets requests in flight finish', outcomes.every(isSuccess), outcomes.join(', ')),
    checkResult('SIGTERM leads to exit code 0', report.exitCode === 0, exitText(report)),
    checkResult('SIGTERM leads to the end within 10 s', report.signal !== 'SIGKILL', `${Math.round(report.stopMs)} ms`),
    checkResult('no process of the group is left', report.leftoverCount === 0, `${report.leftoverCount} left`),
  ];
}

function isSuccess(outcome: string): boolean {
  return /^2\d\d$/.test(outcome);
}

function exitText({ exitCode, signal }: StopReport): string {
  return signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
}

async function openStream(baseUrl: string, request: VectorRequest, variables: Variables) {
  const connection = await openConnection(baseUrl);
  const { head, body } = await connection.open(toHttpRequest(request, variables), answerMs);
  if (head.status !== 200) return { end: Promise.resolve(`refused with ${head.status}`), close: connection.close };
  const end = Array.fromAsync(body).then(
    () => 'ended',
    (error: Error) => `broken: ${error.message}`,
  );
  return { end, close: connection.close };
}

/** In an object, because a promise returned by itself would be waited for. */
async function startRequest(baseUrl: string, request: VectorRequest, variables: Variables) {
  const connection = await openConnection(baseUrl);
  const outcome = connection
    .send(toHttpRequest(request, variables), answerMs)
    .then(
      ({ status }) => String(status),
      (error: Error) => error.message,
    )
    .finally(() => connection.close());
  return { outcome };
}

interface ElectionShutdownOptions extends LinearizabilityOptions {
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<StopReport>;
}

/** SIGTERM right after the leader's crash: exit 0 in time, and no worker, process or socket is left. */
export async function checkElectionShutdown(options: ElectionShutdownOptions): Promise<readonly CheckResult[]> {
  const cluster = connectToCluster(options.baseUrl, options.signal);
  const node = await cluster.crashLeader({ synchronise: false, laggards: 0 }).catch((error: Error) => error.message);
  const { exitCode, signal, stopMs, leftoverCount } = await options.stop();
  const how = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
  return [
    checkResult('there was a leader to crash', typeof node === 'number', String(node)),
    checkResult('SIGTERM during an election leads to exit code 0', exitCode === 0, how),
    checkResult('SIGTERM leads to the end within 10 s', signal !== 'SIGKILL', `${Math.round(stopMs)} ms`),
    checkResult('no process of the group is left', leftoverCount === 0, `${leftoverCount} left`),
  ];
}
