import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { HarnessError } from '../model/harness-error.ts';
import type { WorkloadRequest, WorkloadResponse } from '../model/workload.ts';
import { monotonicClock } from './clock.ts';

export interface AskLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const bodyLimitBytes = 64 * 2 ** 20;
/** As in the load. */
const headLimitBytes = 16_384;

/**
 * One request and its whole answer, with Node's own client. Before thousands are sent, a mistake in the URL, a target that is
 * down, that never answers or that does not speak HTTP is reported in one sentence: throws HarnessError, and resolves whatever
 * the status.
 */
export async function askOnce(origin: string, request: WorkloadRequest, limits: AskLimits): Promise<WorkloadResponse> {
  try {
    return await ask(origin, request, limits);
  } catch (error) {
    limits.signal.throwIfAborted();
    const [what, remedy] = explain(error as NodeJS.ErrnoException, limits.timeoutMs);
    throw new HarnessError('cannot-measure', `${origin} ${what}`, remedy, { cause: error });
  }
}

function ask(
  origin: string,
  { method, path, headers, body }: WorkloadRequest,
  { timeoutMs, signal }: AskLimits,
): Promise<WorkloadResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkloadResponse>();
  // Not resolved against the origin: a path that begins with // would name another host.
  const url = new URL(`${origin}${path}`);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const settings: RequestOptions = {
    method,
    // Of a GET or DELETE, Node would send the body without its length: another request than the one that is meant.
    headers: body === null ? { ...headers } : { ...headers, 'content-length': body.byteLength },
    agent: false,
    signal,
    maxHeaderSize: headLimitBytes,
  };
  const asked = send(url, { ...settings, ...serverName(url) }, (answer) => wholeAnswer(answer).then(resolve, reject));
  // As in the load, an answer that leaves HTTP is no answer; Node reports it apart, and a silent close not at all.
  asked.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(coded('switched'));
  });
  const alarm = monotonicClock.at(monotonicClock.nowNs() + timeoutMs * 1e6, () => asked.destroy(coded('no-answer')));
  let isAnswered = false;
  asked.on('response', () => {
    isAnswered = true;
  });
  asked.on('error', reject).on('close', () => {
    alarm.cancel();
    if (!isAnswered) reject(coded('closed'));
  });
  asked.end(body);
  return promise;
}

/** The name that TLS asks for is the URL's, whatever a Host header says: the same as in the load. */
function serverName({ hostname }: URL): { readonly servername?: string } {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? { servername: host } : { servername: '' };
}

/** Rejects where it ends before it is whole, or has more than a look should read. */
export async function wholeAnswer(answer: IncomingMessage): Promise<WorkloadResponse> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > bodyLimitBytes) throw coded('too-long');
  }
  const header = (name: string) => [answer.headers[name] ?? null].flat().join(', ') || null;
  return { status: answer.statusCode ?? 0, header, body: Buffer.concat(pieces) };
}

function coded(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** What is wrong with it, and what to do, by the code of Node's error. */
function explain({ code = '', message }: NodeJS.ErrnoException, timeoutMs: number): readonly [string, string] {
  if (code === 'no-answer')
    return [
      `gave no whole answer to the first request within ${timeoutMs / 1000} s`,
      'see what it waits for; `load` waits longer with --timeout',
    ];
  if (code === 'too-long')
    return [`answers with more than ${bodyLimitBytes / 2 ** 20} MiB`, 'ask for something smaller'];
  if (code === 'switched')
    return ['answers 101 (Switching Protocols) and leaves HTTP', 'ask a path that answers in HTTP/1.1'];
  if (code === 'closed') return ['closes the connection without an answer', 'see its log'];
  if (code === 'EPROTO') return ['does not speak TLS', 'use http://, or the port of https'];
  if (code === 'ECONNRESET') return ['closes the connection before its answer is whole', 'see its log'];
  if (code === 'ECONNREFUSED')
    return ['refuses connections: nothing listens there', 'start the service, or correct the port'];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return ['has a host name that cannot be found', 'correct the host name'];
  if (code.startsWith('HPE_'))
    return [`does not answer in HTTP/1.1 (${message})`, 'correct the port or the scheme (http, https)'];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return ['has a certificate for another host name', 'use a name that the certificate holds'];
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return [`has a certificate that is not valid today (${code})`, 'renew it, or set the clock right'];
  if (isCertificateError(code, message))
    return [
      `has a certificate that is not trusted (${code})`,
      'trust its issuer: NODE_EXTRA_CA_CERTS=issuer.pem npm run bench -- load …',
    ];
  return [`cannot be asked (${code === '' ? message : code})`, 'see that it answers, as with curl'];
}

function isCertificateError(code: string, message: string): boolean {
  return /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO/.test(code) || /certificate/i.test(message);
}
