import { openConnection } from './http-connection.ts';
import { checked, type LifecycleCheck, type LifecycleOptions, prepareRun } from './lifecycle.ts';
import type { LifecycleFile } from './lifecycle-file.ts';
import { pause } from './pause.ts';
import type { StopReport } from './process.ts';
import type { Variables } from './variable.ts';
import type { VectorRequest } from './vector.ts';
import { wireRequest } from './vector-run.ts';

export interface ShutdownOptions extends LifecycleOptions {
  readonly file: LifecycleFile;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<StopReport>;
}

const answerMs = 10_000;
/** Long enough for the requests to have arrived, shorter than what they take (a scrypt: 30 ms). */
const underwayMs = 10;

/** SIGTERM with a stream open and requests in flight: the stream ends, the requests are answered, exit 0, nobody is left. */
export async function checkShutdown(options: ShutdownOptions): Promise<readonly LifecycleCheck[]> {
  const { run, failure } = await prepareRun(options, options.file.setup);
  run.close();
  if (failure !== null) return [failure];
  const { stream, slow } = options.file.shutdown;
  const opened = await openStream(options.baseUrl, stream, run.variables);
  const inFlight = await Promise.all(slow.map((request) => sendSlowly(options.baseUrl, request, run.variables)));
  await pause(underwayMs, options.signal);
  const report = await options.stop();
  const outcomes = await Promise.all(inFlight.map(({ outcome }) => outcome));
  const streamEnd = await Promise.race([opened.end, pause(500, options.signal).then(() => 'still open')]);
  opened.close();
  return [
    checked('SIGTERM ends the event streams', streamEnd === 'ended', streamEnd),
    checked('SIGTERM lets requests in flight finish', outcomes.every(isSuccess), outcomes.join(', ')),
    checked('SIGTERM leads to exit code 0', report.exitCode === 0, exitText(report)),
    checked('SIGTERM leads to the end within 10 s', report.signal !== 'SIGKILL', `${Math.round(report.stopMs)} ms`),
    checked('no process of the group is left', report.leftoverCount === 0, `${report.leftoverCount} left`),
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
  const { head, body } = await connection.open(wireRequest(request, variables), answerMs);
  if (head.status !== 200) return { end: Promise.resolve(`refused with ${head.status}`), close: connection.close };
  const end = Array.fromAsync(body).then(
    () => 'ended',
    (error: Error) => `broken: ${error.message}`,
  );
  return { end, close: connection.close };
}

/** In an object, because a promise returned by itself would be waited for. */
async function sendSlowly(baseUrl: string, request: VectorRequest, variables: Variables) {
  const connection = await openConnection(baseUrl);
  const outcome = connection
    .send(wireRequest(request, variables), answerMs)
    .then(
      ({ status }) => String(status),
      (error: Error) => error.message,
    )
    .finally(() => connection.close());
  return { outcome };
}
