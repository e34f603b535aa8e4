import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../src/model/harness-error.ts';

/** What a commit is burdened by. */
export interface BurdenSize {
  /** CPU of each request but health checks. */
  readonly burnUs: number;
  /** Private memory from the start on. */
  readonly holdMib: number;
  /** CPU before the program is ready. */
  readonly startMs: number;
}

/** How a program of a language is made to load its burden. */
interface Laying {
  /** In `burdens`, and where it goes below the repository. */
  readonly file: string;
  readonly place: string;
  /** The one line that has to change; null: the environment does it. */
  readonly wiring: { readonly path: string; readonly from: string; readonly to: string } | null;
  readonly env: Readonly<Record<string, string>>;
}

function layingOf(id: string, language: string): Laying {
  if (language === 'typescript' || language === 'javascript')
    return {
      ...{ file: 'burden.mjs', place: `impls/${id}/burden.mjs`, wiring: null },
      env: { NODE_OPTIONS: '--import={dir}/burden.mjs' },
    };
  if (language === 'go')
    return {
      ...{ file: 'burden.go', place: 'impls/_go/program/burden.go', env: {} },
      wiring: {
        ...{ path: 'impls/_go/program/server.go', from: 'Handler: handler,', to: 'Handler: burdened(handler),' },
      },
    };
  if (id === 'crud-python-flask')
    return {
      ...{ file: 'burden.py', place: 'impls/crud-python-flask/crud_flask/burden.py', env: {} },
      wiring: {
        path: 'impls/crud-python-flask/crud_flask/gunicorn_conf.py',
        from: '"crud_flask.app:create_app()"',
        to: '"crud_flask.burden:create_burdened_app()"',
      },
    };
  throw new HarnessError(
    'usage',
    `there is no burden for ${id}`,
    'name an implementation of Node or Go, or crud-python-flask, with --impl',
  );
}

/** Lays a burden of no size on an implementation of this checkout; `sizeBurden` gives it one. Throws HarnessError usage where none fits. */
export async function layBurden(root: string, id: string): Promise<void> {
  const { file, place, wiring } = layingOf(id, (await readManifest(root, id)).language);
  await copyFile(join(import.meta.dirname, 'burdens', file), join(root, place));
  if (wiring === null) return;
  const path = join(root, wiring.path);
  const parts = (await readFile(path, 'utf8')).split(wiring.from);
  if (parts.length !== 2) throw new Error(`${wiring.path} has ${wiring.from} ${parts.length - 1} times`);
  await writeFile(path, parts.join(wiring.to));
}

const names = { burnUs: 'BURN_US', holdMib: 'HOLD_MIB', startMs: 'START_MS' } as const;

/** In its manifest, which result files keep. */
export async function sizeBurden(root: string, id: string, size: BurdenSize): Promise<void> {
  const { env, ...manifest } = await readManifest(root, id);
  const sizes = Object.entries(names).map(([key, name]) => [variableOf(name), String(size[key as keyof BurdenSize])]);
  const burdened = { ...env, ...layingOf(id, manifest.language).env, ...Object.fromEntries(sizes) };
  await writeFile(manifestPath(root, id), JSON.stringify({ ...manifest, env: burdened }));
}

/** Of a manifest's environment, µs; null: it is not burdened. */
export function burnUsOf(env: Readonly<Record<string, string>>): number | null {
  const text = env[variableOf(names.burnUs)];
  return text === undefined ? null : Number(text);
}

function variableOf(name: string): string {
  return `PACELINE_EXPERIMENT_${name}`;
}

function manifestPath(root: string, id: string): string {
  return join(root, `impls/${id}/impl.json`);
}

interface Manifest {
  readonly language: string;
  readonly env: Readonly<Record<string, string>>;
}

async function readManifest(root: string, id: string): Promise<Manifest> {
  return JSON.parse(await readFile(manifestPath(root, id), 'utf8')) as Manifest;
}
