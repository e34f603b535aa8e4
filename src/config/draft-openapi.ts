import { stat } from 'node:fs/promises';
import SwaggerParser from '@apidevtools/swagger-parser';
import { HarnessError } from '../model/harness-error.ts';

export interface DraftedRequest {
  readonly name?: string;
  readonly method: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, object>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
  readonly expect?: { readonly status: number };
  readonly weight?: number;
}

export interface DescribedRequests {
  readonly requests: readonly DraftedRequest[];
  /** For a person to decide. */
  readonly open: readonly string[];
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content?: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
  };
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly security?: readonly unknown[];
}

interface Description {
  readonly openapi?: string;
  readonly swagger?: string;
  readonly security?: readonly unknown[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;

/**
 * The operations of an OpenAPI 3 description as requests. Files that it refers to are read; no other host is asked, neither those that
 * it refers to nor the servers that it names. Throws HarnessError usage.
 */
export async function openapiRequests(path: string): Promise<DescribedRequests> {
  const description = await readDescription(path);
  const found = Object.entries(description.paths ?? {}).flatMap(([template, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) return [];
      const shared = (item.parameters ?? []) as readonly Parameter[];
      return [draftOf(template, method, { ...operation, parameters: [...shared, ...(operation.parameters ?? [])] })];
    }),
  );
  if (found.length === 0) throw unusable(path, 'it describes no operation', 'name a description with `paths`');
  const operations = Object.values(description.paths ?? {}).flatMap((item) => methods.map((method) => item[method]));
  const isSecured = [description, ...(operations as (Operation | undefined)[])].some(
    (one) => one?.security !== undefined,
  );
  return {
    requests: found,
    open: [
      'values that exist: ids in paths are drawn from 1 to 100, or from the examples of the description',
      ...(isSecured
        ? ["a log-in: add it to `setUp`, capture the token, send it as headers: { authorization: 'Bearer {token}' }"]
        : []),
      ...(found.some(({ weight }) => weight === 0)
        ? ['what writes or deletes has weight 0: give it a weight where you want it']
        : []),
    ],
  };
}

/** Not over the network, whatever it refers to. */
const localOnly = { resolve: { http: false } } as const;

const maxBytes = 64 * 2 ** 20;

/** Refused by its size before it is read. */
async function readDescription(path: string): Promise<Description> {
  const size = await stat(path).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (size > maxBytes) {
    const message = `it is ${Math.round(size / 2 ** 20)} MiB large, more than ${maxBytes / 2 ** 20}`;
    throw unusable(path, message, 'name the description of this service alone');
  }
  const read = (await SwaggerParser.dereference(path, localOnly).catch((error: Error) => {
    throw unusable(
      path,
      error.message.split('\n')[0] ?? 'it cannot be read',
      'correct the file or the reference that is named',
    );
  })) as Description;
  if (read.swagger !== undefined)
    throw unusable(
      path,
      `it is OpenAPI ${read.swagger} (Swagger)`,
      'convert it to OpenAPI 3 first, as with swagger2openapi',
    );
  await SwaggerParser.validate(path, localOnly).catch((error: Error) => {
    throw unusable(path, error.message, 'correct it there');
  });
  return read;
}

function unusable(path: string, why: string, remedy: string): HarnessError {
  return new HarnessError('usage', `${path} cannot be used: ${why}`, remedy);
}

function draftOf(template: string, method: (typeof methods)[number], operation: Operation): DraftedRequest {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query' && one.required === true);
  const query = inQuery.map(({ name }) => `${encodeURIComponent(name)}={${wordOf(name)}}`).join('&');
  const renamed = inPath.reduce((path, { name }) => path.replace(`{${name}}`, `{${wordOf(name)}}`), template);
  const declared = [...inPath, ...inQuery].map((one) => [wordOf(one.name), drawnFrom(one)] as const);
  const undeclared = [...renamed.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, { list: ['example'] }] as const);
  const params = Object.fromEntries([...undeclared, ...declared]);
  const body = operation.requestBody?.content?.['application/json'];
  const status = Object.keys(operation.responses ?? {})
    .map(Number)
    .find((code) => code >= 200 && code < 400);
  return {
    method: method.toUpperCase(),
    path: encoded(query === '' ? renamed : `${renamed}?${query}`),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(body === undefined ? {} : { json: body.example ?? exampleOf(body.schema ?? {}) }),
    ...(status === undefined ? {} : { expect: { status } }),
    // A first run must not delete what it reads.
    ...(method === 'get' || method === 'head' || method === 'options' ? {} : { weight: 0 }),
  };
}

/** A config takes no path with spaces or letters beyond ASCII, since it would be sent as it stands. */
function encoded(path: string): string {
  return path.toWellFormed().replaceAll(/[^!-"$-~]/gu, encodeURIComponent);
}

function wordOf(name: string): string {
  return name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_');
}

function drawnFrom({ schema = {}, example }: Parameter): object {
  const allowed = (schema.enum ?? []).filter(isScalar);
  if (allowed.length > 0) return { list: allowed };
  const given = [example, schema.example, schema.examples?.[0], schema.default].find(isScalar);
  if (given !== undefined) return { list: [given] };
  if (schema.format === 'uuid') return { uuid: true };
  if (typeIs(schema, 'integer') || typeIs(schema, 'number')) return { int: wholeRange(schema) };
  if (typeIs(schema, 'boolean')) return { list: [true, false] };
  return { list: ['example'] };
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** 1 to 100 as far as the bounds let it; what is beyond whole numbers is no bound. */
function wholeRange({ minimum, maximum }: Schema): readonly [number, number] {
  const [least, most] = [minimum, maximum].map((bound) =>
    Math.abs(bound ?? Infinity) <= 2 ** 53 - 1 ? bound : undefined,
  );
  const low = least === undefined ? Math.min(1, Math.floor(most ?? 1)) : Math.ceil(least);
  return [low, Math.max(low, most === undefined ? 100 : Math.floor(most))];
}

function typeIs({ type }: Schema, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

const maxDepth = 6;

function exampleOf(schema: Schema, depth = 0): unknown {
  const given = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0];
  if (given !== undefined) return given;
  if (depth > maxDepth) return null;
  const [alternative] = schema.oneOf ?? schema.anyOf ?? [];
  if (alternative !== undefined) return exampleOf(alternative, depth + 1);
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((one) => exampleOf(one, depth + 1)));
  }
  if (schema.properties !== undefined) {
    const wanted = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name) ?? true);
    return Object.fromEntries(wanted.map(([name, one]) => [name, exampleOf(one, depth + 1)]));
  }
  if (typeIs(schema, 'array')) return schema.items === undefined ? [] : [exampleOf(schema.items, depth + 1)];
  if (typeIs(schema, 'integer') || typeIs(schema, 'number')) return schema.minimum ?? 1;
  if (typeIs(schema, 'boolean')) return true;
  if (schema.format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
  return 'example';
}
