const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

const uuid = new RegExp(uuidPattern);

/** The id in lower case, as the database writes it, or undefined where the text is no UUID. */
export function parseUuid(text: string): string | undefined {
  return uuid.test(text) ? text.toLowerCase() : undefined;
}

/** JSON Schemas: those of bodies reject (no coercion, no removal), those of answers make Fastify's compiled serializers. */

const id = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };

function exactly(properties: Record<string, object>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Lengths count code points. */
export const newUserBody = exactly({
  name: { type: 'string', pattern: '^[a-z0-9._-]{3,64}$' },
  password: { type: 'string', minLength: 8, maxLength: 128 },
});

export const credentialsBody = exactly({
  name: { type: 'string', minLength: 1, maxLength: 128 },
  password: { type: 'string', minLength: 1, maxLength: 128 },
});

export const fileIdsBody = exactly({
  fileIds: { type: 'array', minItems: 1, maxItems: 64, items: { type: 'string', pattern: uuidPattern } },
});

export const userAnswer = exactly({ id, name: { type: 'string' }, createdAt: instant });

export const sessionAnswer = exactly({ token: { type: 'string' }, userId: id, expiresAt: instant });

export const fileAnswer = exactly({
  id,
  name: { type: 'string' },
  contentType: { type: 'string' },
  sizeBytes: { type: 'integer' },
  version: { type: 'integer' },
  createdAt: instant,
  updatedAt: instant,
});

export const filesAnswer = exactly({ files: { type: 'array', items: fileAnswer } });

export const acceptedAggregationAnswer = exactly({ id, status: { type: 'string' }, createdAt: instant });

export const aggregationAnswer = exactly({
  id,
  status: { type: 'string' },
  resultFileId: { type: 'string', nullable: true },
  reason: { type: 'string', nullable: true },
  createdAt: instant,
  finishedAt: { ...instant, nullable: true },
});
