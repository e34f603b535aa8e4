import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { rejectUnknownRoutes } from '../program/routing.ts';
import { answerProblem } from './answer-problem.ts';
import { authenticateAll } from './authentication.ts';
import { keepBodiesRaw } from './body.ts';
import { answerBrokenRequest, rejectExpectation } from './broken-request.ts';
import type { Parts } from './parts.ts';
import { Problem } from './problem.ts';
import { rejectOddTargets, targetProblem } from './request-target.ts';
import { logInRoute, sessionRoutes, signUpRoute, userRoutes } from './routes/accounts.ts';
import { aggregationRoutes } from './routes/aggregations.ts';
import { eventRoutes } from './routes/events.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';

const keepAliveMs = 90_000;
const requestMs = 120_000;

export function createApp(logLevel: string): FastifyInstance {
  const app = fastify({
    logger: { level: logLevel, stream: process.stderr },
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestMs,
    // While closing, what still arrives on open connections is answered as ever.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    routerOptions: {
      // Longer than a request line can be: a long id is a file that is not there, not an unknown route.
      maxParamLength: 65_536,
      // Each route reads the parameters it lists (see readQuery).
      querystringParser: (text) => ({ text }),
    },
    // Node would keep the first Authorization or Content-Type and forget the others: joined, they are what no route takes.
    http: { joinDuplicateHeaders: true },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (_error, request, reply) =>
      answerProblem(targetProblem(request.url) ?? new Problem('not-found', 'no such path'), request, reply),
  });
  app.server.on('checkExpectation', rejectExpectation);
  keepBodiesRaw(app);
  rejectOddTargets(app);
  rejectUnknownRoutes(app, (...problem) => new Problem(...problem));
  app.setErrorHandler(answerProblem);
  return app;
}

export function addRoutes(app: FastifyInstance, parts: Parts): void {
  healthRoutes(app, parts);
  signUpRoute(app, parts);
  logInRoute(app, parts);
  app.register(async (authenticated) => {
    authenticateAll(authenticated, parts.sql);
    sessionRoutes(authenticated, parts);
    userRoutes(authenticated);
    fileRoutes(authenticated, parts);
    aggregationRoutes(authenticated, parts);
    eventRoutes(authenticated, parts);
  });
}
