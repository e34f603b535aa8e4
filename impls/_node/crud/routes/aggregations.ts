import type { FastifyInstance } from 'fastify';
import { jsonBody } from '../body.ts';
import { areVectorSizes } from '../cpu-work.ts';
import type { Parts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { acceptedAggregationAnswer, aggregationAnswer, fileIdsBody } from '../schemas.ts';
import { insertAggregation, selectAggregation } from '../statements/aggregations.ts';
import { selectSizes } from '../statements/files.ts';
import { idOf, notFound, type PathId } from './path-id.ts';

export function aggregationRoutes(app: FastifyInstance, { sql }: Parts): void {
  const schema = { body: fileIdsBody, response: { 202: acceptedAggregationAnswer } };
  app.post<{ Body: { fileIds: string[] } }>('/aggregations', { ...jsonBody, schema }, async ({ user, body }, reply) => {
    const fileIds = body.fileIds.map((id) => id.toLowerCase());
    const found = await selectSizes(sql, user.id, fileIds);
    if (found.length < new Set(fileIds).size) throw notFound();
    if (!areVectorSizes(found.map((file) => file.sizeBytes))) {
      throw new Problem('invalid', 'the files are not float32 vectors of one length');
    }
    const aggregation = await insertAggregation(sql, user.id, fileIds);
    reply.code(202).header('location', `/aggregations/${aggregation.id}`);
    return aggregation;
  });

  app.get<PathId>('/aggregations/:id', { schema: { response: { 200: aggregationAnswer } } }, async (request) => {
    const aggregation = await selectAggregation(sql, request.user.id, idOf(request));
    if (aggregation === undefined) throw notFound();
    return aggregation;
  });
}
