import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { parseJsonText } from '../os/json-text.ts';
import { harRequests } from './draft-har.ts';
import { openapiRequests } from './draft-openapi.ts';

interface DraftRequest {
  readonly folder: string;
  readonly asJson: boolean;
  readonly openapiPath: string | null;
  readonly harPath: string | null;
  readonly url: string | null;
}

interface Draft {
  readonly text: string;
  /** For people: what it was made from. */
  readonly found: string;
  /** What a person must still decide. */
  readonly open: readonly string[];
}

/** How a kind of project is usually built and started. */
interface Kind {
  readonly marker: string;
  readonly what: string;
  readonly build: string | null;
  readonly command: string;
  readonly runtime: { readonly name: string; readonly versionCommand: readonly string[] } | null;
  readonly open: readonly string[];
}

const portRemark = 'the service must listen on PORT (or take {port} in `command`)';

/** A config of what is found in a folder; nothing is asked and nothing is sent. */
export async function draftConfig({ folder, asJson, openapiPath, harPath, url }: DraftRequest): Promise<Draft> {
  const kind = await kindOf(folder);
  const fromUrl = url === null ? null : parsedUrl(url);
  if (openapiPath !== null && harPath !== null)
    throw new HarnessError('usage', '--openapi and --har both say what is asked', 'give one of them');
  const described =
    openapiPath !== null
      ? await openapiRequests(openapiPath)
      : harPath !== null
        ? await harRequests(harPath, fromUrl?.host ?? null)
        : null;
  const name = nameOf(folder);
  const requests = described?.requests ?? [
    { method: 'GET', path: fromUrl === null ? '/' : `${fromUrl.pathname}${fromUrl.search}` },
  ];
  const config = {
    targets: [
      {
        name,
        ...(kind.build === null ? {} : { build: kind.build }),
        command: kind.command,
        ...(fromUrl === null || fromUrl.port === '' ? {} : { port: Number(fromUrl.port) }),
        ready: { path: '/' },
        ...(kind.runtime === null ? {} : { runtime: kind.runtime }),
      },
    ],
    requests,
    load: { rates: [50], trials: 5, durationSec: 10, warmupCount: 300 },
  };
  const text = asJson ? `${JSON.stringify(config, null, 2)}\n` : commentedText(config, kind);
  return { text, found: kind.what, open: [...kind.open, ...(described?.open ?? [])] };
}

function nameOf(folder: string): string {
  const id = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return id === '' ? 'service' : id;
}

function parsedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new HarnessError('usage', `"${text}" is no http URL`, 'give it whole, as http://127.0.0.1:8080/path');
}

async function kindOf(folder: string): Promise<Kind> {
  const has = (name: string) => existsSync(join(folder, name));
  if (has('go.mod')) {
    return {
      ...{ marker: 'go.mod', what: 'a Go module', build: 'go build -o {build}/server .', command: '{build}/server' },
      runtime: { name: 'go', versionCommand: ['go', 'version'] },
      open: [portRemark],
    };
  }
  if (has('package.json')) return nodeKind(folder);
  if (has('Cargo.toml')) {
    return {
      ...{ marker: 'Cargo.toml', what: 'a Rust crate', build: 'cargo build --release --target-dir {build}' },
      command: `{build}/release/${nameOf(folder)}`,
      runtime: { name: 'rustc', versionCommand: ['rustc', '--version'] },
      open: [portRemark],
    };
  }
  const python = ['pyproject.toml', 'requirements.txt', 'app.py', 'main.py'].find(has);
  if (python !== undefined) return pythonKind(python, has);
  return {
    ...{ marker: '', what: 'nothing that tells how the service is started', build: null, runtime: null },
    command: './server --port {port}',
    open: ['say in `command` how the service is started, with {port} where it is told its port'],
  };
}

async function nodeKind(folder: string): Promise<Kind> {
  const { main, scripts: { start, build } = {} } = await readPackage(join(folder, 'package.json'));
  const program = main ?? ['server.js', 'index.js', 'app.js'].find((name) => existsSync(join(folder, name)));
  const script = start ?? `node ${program ?? 'server.js'}`;
  return {
    ...{ marker: 'package.json', what: 'a Node package' },
    build: build === undefined ? null : 'npm ci && npm run build',
    // npm stands between a signal and the program; the script itself is started.
    command: script,
    runtime: { name: 'node', versionCommand: ['node', '--version'] },
    open: [portRemark],
  };
}

/** What of a package.json says how it is built and started. */
const packageSchema = z.object({
  main: z.string().min(1).optional(),
  scripts: z.object({ start: z.string().min(1).optional(), build: z.string().min(1).optional() }).optional(),
});

async function readPackage(path: string): Promise<z.infer<typeof packageSchema>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unusablePackage(path, `cannot be read (${error.code})`);
  });
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (error) {
    throw unusablePackage(path, `is not JSON: ${(error as Error).message}`);
  }
  const checked = packageSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [first] = checked.error.issues;
  throw unusablePackage(path, `is no package: ${first?.path.join('.') || 'the top level'}: ${first?.message}`);
}

function unusablePackage(path: string, why: string): HarnessError {
  return new HarnessError('usage', `${path} ${why}`, 'correct it, then write the config again');
}

function pythonKind(marker: string, has: (name: string) => boolean): Kind {
  const module = has('app.py') ? 'app' : 'main';
  const install = has('requirements.txt') ? '-r requirements.txt' : '.';
  return {
    ...{ marker, what: 'a Python project' },
    build: `python3 -m venv {build} && {build}/bin/pip install --quiet ${install} gunicorn`,
    command: `{build}/bin/gunicorn --bind {host}:{port} --workers 2 ${module}:app`,
    runtime: { name: 'python3', versionCommand: ['python3', '--version'] },
    open: [
      `the application is taken to be \`app\` in ${module}.py; name it, or another server than gunicorn, in \`command\``,
    ],
  };
}

interface DraftedConfig {
  readonly targets: readonly Readonly<Record<string, unknown>>[];
  readonly requests: readonly object[];
  readonly load: object;
}

function commentedText({ targets, requests, load }: DraftedConfig, kind: Kind): string {
  const target = Object.entries(targets[0] ?? {}).map(
    ([key, value]) => `      ${comments[key] ?? ''}${key}: ${literal(value)},`,
  );
  return `import { defineConfig } from 'paceline';

// ${kind.marker === '' ? 'Say how your service is started' : `Found: ${kind.marker}`}. Every key is described in docs/your-service.md of paceline.
export default defineConfig({
  // What is compared: each target is a row of every table. A second one may be a variant of the first:
  //   { name: 'tuned', extends: '${targets[0]?.name}', env: { GOGC: '50' } },
  targets: [
    {
${target.join('\n')}
    },
  ],

  // A database that is fresh for each trial, in DATABASE_URL:
  // database: { kind: 'postgres', schema: 'db/schema.sql' },

  // What is asked, drawn by \`weight\`. Placeholders are drawn from a seed:
  //   { path: '/items/{id}', params: { id: { int: [1, 1000] } }, expect: { json: { id: '{id}' } } },
  requests: [
${requests.map((one) => `    ${literal(one)},`).join('\n')}
  ],

  // Requests per second (each a question of its own), fresh processes, measured seconds of each, and requests before those.
  load: ${literal(load)},
});
`;
}

const comments: Readonly<Record<string, string>> = {
  build: '// Run once for each state of the sources; {build} is a folder for what it makes.\n      ',
  command: '// Stays in the foreground and listens on HOST and PORT, which are also {host} and {port}.\n      ',
  port: '// It always listens there; leave it out for a service that is told its port.\n      ',
  ready: '// Asked until it answers with a status below 500.\n      ',
};

/** As a person would write it. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([key, one]) => `${keyText(key)}: ${literal(one)}`);
  return `{ ${entries.join(', ')} }`;
}

/** Escaped as JSON is, so that no text of others ends the literal. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return /['\\]/.test(json) ? json : `'${text}'`;
}

/** Written bare, `__proto__` would be no key. */
function keyText(key: string): string {
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_]\w*$/.test(key) ? key : quoted(key);
}
