import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, type ProblemType } from './problem.ts';

/** The problem for an error code of Node's parser; everything else is malformed. */
const typeOf: Partial<Record<string, ProblemType>> = {
  HPE_HEADER_OVERFLOW: 'head-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

interface ParserError extends Error {
  readonly code?: string;
}

/** Fastify's `clientErrorHandler`: no request came of these bytes, so the answer is written to the socket. */
export function answerBrokenRequest(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(typeOf[error.code ?? ''] ?? 'malformed-request', 'this is no HTTP/1.1 request');
  const body = problem.body();
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** For the server's `checkExpectation`: only 100-continue is known, and Node handles it. */
export function rejectExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('expectation-failed', 'only 100-continue can be expected');
  const headers = { 'content-type': 'application/problem+json', connection: 'close' };
  response.writeHead(problem.status, headers).end(problem.body());
}
