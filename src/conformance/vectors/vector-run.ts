import { pause } from '../../os/child-process.ts';
import { type EventStream, readEventStream } from '../client/event-stream.ts';
import { type HttpConnection, type HttpRequest, type HttpResponse, openConnection } from '../client/http-client.ts';
import { exchangeRaw } from '../client/raw-exchange.ts';
import { bodyBytes, checkResponse, parseJson, textOf } from './expectation.ts';
import { difference, type Mismatch, mismatch } from './matcher.ts';
import {
  type Capture,
  type Expect,
  type Step,
  type StepWith,
  substituteAll,
  type Variables,
  type VectorRequest,
} from './vector.ts';

const answerMs = 15_000;

/** One vector (or setup) being run: its variables, connections and streams. */
export interface VectorRun {
  /** null when the step's expectations hold. Throws where the target cannot be talked to. */
  perform(step: Step): Promise<Mismatch | null>;
  readonly variables: Variables;
  readonly signal: AbortSignal;
  close(): void;
}

interface VectorRunOptions {
  readonly baseUrl: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

interface State {
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  variables: Record<string, string>;
  readonly connections: Map<string, HttpConnection>;
  readonly streams: Map<string, EventStream>;
}

export function startVectorRun({ baseUrl, variables, signal }: VectorRunOptions): VectorRun {
  const state: State = { baseUrl, signal, variables: { ...variables }, connections: new Map(), streams: new Map() };
  const closeAll = () => {
    for (const connection of state.connections.values()) connection.close();
    for (const stream of state.streams.values()) stream.close();
  };
  // An interrupted user must not wait for an answer that is slow to come.
  signal.addEventListener('abort', closeAll);
  return {
    signal,
    perform(step) {
      signal.throwIfAborted();
      return performStep(step, state);
    },
    get variables() {
      return state.variables;
    },
    close() {
      signal.removeEventListener('abort', closeAll);
      closeAll();
    },
  };
}

async function performStep(step: Step, state: State): Promise<Mismatch | null> {
  if ('request' in step) return performRequest(step, state);
  if ('raw' in step) return performRaw(step, state);
  if ('set' in step) return setVariables(step, state);
  if ('poll' in step) return performPoll(step, state);
  if ('parallel' in step) return performParallel(step, state);
  if ('openStream' in step) return openStream(step, state);
  if ('expectEvent' in step) return expectEvent(step, state);
  if ('expectNoEvent' in step) return expectNoEvent(step, state);
  if ('expectComment' in step) return expectComment(step, state);
  if ('expectEnd' in step) return expectEnd(step, state);
  if ('fillStreams' in step) return fillStreams(step, state);
  streamOf(state, step.closeStream).close();
  return null;
}

async function performRequest(step: StepWith<'request'>, state: State): Promise<Mismatch | null> {
  const times = Number(substituteAll(step.times ?? 1, state.variables));
  for (let index = 0; index < times; index++) {
    if (step.times !== undefined) state.variables.index = String(index);
    const response = await sendOnConnection(step.request, state);
    const found = checkAndCapture(step.expect, step.capture, response, state);
    if (found !== null) return found;
  }
  return null;
}

async function performRaw(step: StepWith<'raw'>, state: State): Promise<Mismatch | null> {
  const body = bodyBytes(substituteAll(step.raw, { ...state.variables, bodyLength: '' })) ?? Buffer.alloc(0);
  const lines = substituteAll(step.raw.lines, { ...state.variables, bodyLength: String(body.length) });
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  const { hangsUp = false } = step;
  const { signal } = state;
  const answer = await exchangeRaw(state.baseUrl, bytes, { timeoutMs: answerMs, signal, hangsUp });
  if (answer.kind === 'answered') return checkAndCapture(step.expect, step.capture, answer.response, state);
  if (answer.kind === 'none' && step.orNoAnswer === true) return null;
  const got = answer.kind === 'none' ? answer.reason : `nothing within ${answerMs} ms`;
  return { at: 'answer', expected: 'an answer', got };
}

function setVariables(step: StepWith<'set'>, state: State): null {
  for (const [name, value] of Object.entries(step.set)) state.variables[name] = substituteAll(value, state.variables);
  return null;
}

async function performPoll(step: StepWith<'poll'>, state: State): Promise<Mismatch | null> {
  const dueMs = performance.now() + step.withinMs;
  for (;;) {
    const response = await sendOnConnection(step.poll, state);
    const found = checkAndCapture(step.expect, step.capture, response, state);
    if (found === null) return null;
    if (performance.now() > dueMs) return { ...found, expected: `${found.expected} within ${step.withinMs} ms` };
    await pause(step.everyMs, state.signal);
  }
}

async function performParallel(step: StepWith<'parallel'>, state: State): Promise<Mismatch | null> {
  const requests = step.parallel.flatMap(({ count, ...request }) =>
    Array.from({ length: count }, () => toHttpRequest(request, state.variables)),
  );
  const connections = await Promise.all(requests.map(() => openConnection(state.baseUrl)));
  try {
    const responses = await Promise.all(
      requests.map((request, index) => (connections[index] as HttpConnection).send(request, answerMs)),
    );
    const counts: Record<string, number> = {};
    for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
    return mismatch(step.expectStatuses, counts, 'answers by status');
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function openStream(step: StepWith<'openStream'>, state: State): Promise<Mismatch | null> {
  const { name, ...request } = step.openStream;
  const opened = await openEvents(request, state);
  if ('response' in opened) return checkAndCapture(step.expect, undefined, opened.response, state);
  state.streams.set(name, opened.stream);
  return checkAndCapture(step.expect, undefined, { ...opened.stream.head, body: Buffer.alloc(0) }, state);
}

type Opened = { readonly stream: EventStream } | { readonly response: HttpResponse };

async function openEvents(request: VectorRequest, state: State): Promise<Opened> {
  const connection = await openConnection(state.baseUrl);
  const { head, body } = await connection.open(toHttpRequest(request, state.variables), answerMs);
  if (head.status === 200) return { stream: readEventStream(connection, head, body) };
  const chunks = await Array.fromAsync(body);
  connection.close();
  return { response: { ...head, body: Buffer.concat(chunks) } };
}

async function expectEvent(step: StepWith<'expectEvent'>, state: State): Promise<Mismatch | null> {
  const { stream, withinMs, event, id, data } = substituteAll(step.expectEvent, state.variables);
  const seenName = `stream.${stream}.lastEventId`;
  const dueMs = performance.now() + withinMs;
  for (;;) {
    const came = await streamOf(state, stream).nextEvent(dueMs - performance.now());
    if (came === 'time-out') return { at: 'event', expected: `an event within ${withinMs} ms`, got: 'none' };
    if (came === 'end') return { at: 'event', expected: 'an event', got: 'the end of the stream' };
    // Delivery is at least once: what was seen on this stream may come again.
    if (Number(came.id) <= Number(state.variables[seenName] ?? 0)) continue;
    state.variables[seenName] = came.id ?? '0';
    const value = { event: came.event, id: came.id, data: parsed(came.data) };
    captureFrom(step.capture, (path) => valueAt(value, path), state);
    return mismatch({ event, id: id ?? { $regex: '^[1-9][0-9]*$' }, data }, value, 'event');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function expectNoEvent(step: StepWith<'expectNoEvent'>, state: State): Promise<Mismatch | null> {
  const { stream, forMs } = step.expectNoEvent;
  const came = await streamOf(state, stream).nextEvent(forMs);
  return came === 'time-out' ? null : difference('stream', `no event for ${forMs} ms`, came);
}

async function expectComment(step: StepWith<'expectComment'>, state: State): Promise<Mismatch | null> {
  const { stream, withinMs } = step.expectComment;
  const came = await streamOf(state, stream).nextComment(withinMs);
  return came === 'time-out' || came === 'end' ? difference('stream', `a comment within ${withinMs} ms`, came) : null;
}

async function expectEnd(step: StepWith<'expectEnd'>, state: State): Promise<Mismatch | null> {
  const { stream, withinMs } = step.expectEnd;
  const ended = await streamOf(state, stream).ended(withinMs);
  return ended ? null : difference('stream', `its end within ${withinMs} ms`, 'still open');
}

async function fillStreams(step: StepWith<'fillStreams'>, state: State): Promise<Mismatch | null> {
  const { limit: limitText, ...request } = step.fillStreams;
  const limit = Number(substituteAll(limitText, state.variables));
  const open: EventStream[] = [];
  try {
    while (open.length <= limit) {
      const opened = await openEvents(request, state);
      if ('response' in opened) return checkAndCapture(step.expect, undefined, opened.response, state);
      open.push(opened.stream);
    }
    return { at: 'streams', expected: `at most ${limit} open at once`, got: `${open.length}` };
  } finally {
    for (const stream of open) stream.close();
  }
}

function streamOf(state: State, name: string): EventStream {
  const stream = state.streams.get(name);
  if (stream === undefined) throw new Error(`no stream "${name}" is open`);
  return stream;
}

async function sendOnConnection(request: VectorRequest, state: State): Promise<HttpResponse> {
  const name = request.connection ?? '';
  let connection = state.connections.get(name);
  if (connection === undefined || !connection.usable) {
    connection?.close();
    connection = await openConnection(state.baseUrl);
    state.connections.set(name, connection);
  }
  return connection.send(toHttpRequest(request, state.variables), answerMs);
}

/** The request as it goes on the wire, its variables replaced. */
export function toHttpRequest(described: VectorRequest, variables: Variables): HttpRequest {
  const request = substituteAll(described, variables);
  const headers = new Map<string, string | null>();
  if (request.json !== undefined) headers.set('content-type', 'application/json');
  if (request.as !== undefined)
    headers.set('authorization', substituteAll(`Bearer \${${request.as}.token}`, variables));
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name.toLowerCase(), value);
  return {
    method: request.method,
    path: request.path,
    headers: [...headers].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    rawHeaderLines: request.rawHeaderLines ?? [],
    body: bodyBytes(request),
    chunked: request.chunked ?? false,
  };
}

/** Compares, and captures when the answer was right. */
function checkAndCapture(
  expected: Expect,
  capture: Capture | undefined,
  response: HttpResponse,
  state: State,
): Mismatch | null {
  const found = checkResponse(substituteAll(expected, state.variables), response);
  if (found === null) captureFrom(capture, (path) => captured(path, response), state);
  return found;
}

function captured(path: string, response: HttpResponse): unknown {
  if (path === 'text') return textOf(response);
  if (path.startsWith('header.')) return response.headers.get(path.slice('header.'.length).toLowerCase());
  return valueAt({ json: parseJson(response) }, path);
}

function captureFrom(capture: Capture | undefined, lookUp: (path: string) => unknown, state: State): void {
  for (const [name, path] of Object.entries(capture ?? {})) {
    const value = lookUp(path);
    if (value === undefined || value === null) throw new Error(`nothing to capture at ${path}`);
    state.variables[substituteAll(name, state.variables)] = typeof value === 'string' ? value : JSON.stringify(value);
  }
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}
