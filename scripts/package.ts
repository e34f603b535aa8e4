/**
 * What `npm pack` packs. `build` (prepack) makes dist/ of src/ and bench/, as Node strips no types below node_modules, and takes out
 * of package.json what only a checkout needs; `restore` (postpack) puts package.json back.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const manifestPath = join(root, 'package.json');
const keptPath = join(root, '.cache', 'package.json');
/** By which the pinned Node is known among the optional dependencies. */
const isPinnedNode = (name: string) => /^node-(bin-)?(linux|darwin)-/.test(name);

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

function build(): void {
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const project of ['tsconfig.package.json', 'tsconfig.types.json'])
    execFileSync(process.execPath, [compiler, '-p', join(root, project)], { stdio: 'inherit' });
  copyAssets();
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  writePinnedNode(manifest);
  mkdirSync(dirname(keptPath), { recursive: true });
  renameSync(manifestPath, keptPath);
  writeJson(manifestPath, published(manifest));
}

const assetGlobs = ['src/report/page/*.{ts,css}', 'bench/**/*.{json,sql}', 'src/run/questions/{look,reverse-proxy}/*'];

/** The page is bundled from its sources when it is written; the rest is data. */
function copyAssets(): void {
  for (const name of globSync(assetGlobs, { cwd: root })) cpSync(join(root, name), join(dist, name));
  const proxy = join(dist, 'src', 'run', 'questions', 'reverse-proxy', 'impl.json');
  writeFileSync(proxy, readFileSync(proxy, 'utf8').replaceAll('"src/', '"dist/src/'));
  const nullTarget = join('src', 'target', 'null-target', 'impl.json');
  const text = readFileSync(join(root, nullTarget), 'utf8');
  writeFileSync(
    join(dist, nullTarget),
    text
      .replaceAll('"src/', '"dist/src/')
      .replaceAll('null-target.ts', 'null-target.js')
      .replaceAll('main.ts', 'main.js'),
  );
}

/** As a dependency its `bin` would take the place of the user's `node`: the entry has npm fetch it by this lock file. */
function writePinnedNode({ optionalDependencies }: Manifest): void {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  const names = Object.keys(optionalDependencies).filter(isPinnedNode);
  const wanted = Object.fromEntries(names.map((name) => [name, optionalDependencies[name] as string]));
  const version = Object.values(wanted)[0] as string;
  const own = { name: 'paceline-node', version, private: true, optionalDependencies: wanted };
  const entries = names.map((name) => [`node_modules/${name}`, lock.packages[`node_modules/${name}`]] as const);
  const packages = Object.fromEntries([['', own] as const, ...entries]);
  mkdirSync(join(dist, 'node'), { recursive: true });
  writeJson(join(dist, 'node', 'package.json'), own);
  writeJson(join(dist, 'node', 'package-lock.json'), { ...own, lockfileVersion: 3, requires: true, packages });
}

/** Without what only the services of the checkout, or its tests, use. */
function published(manifest: Manifest): object {
  const { devDependencies, allowScripts, scripts, optionalDependencies, dependencies, ...rest } = manifest;
  const used = importedPackages();
  const needed = Object.entries(dependencies).filter(([name]) => used.has(name));
  const kept = Object.entries(optionalDependencies).filter(([name]) => !isPinnedNode(name));
  return { ...rest, dependencies: Object.fromEntries(needed), optionalDependencies: Object.fromEntries(kept) };
}

function importedPackages(): ReadonlySet<string> {
  const texts = globSync('**/*.{js,ts}', { cwd: dist }).map((name) => readFileSync(join(dist, name), 'utf8'));
  const specifiers = texts.flatMap((text) => [...text.matchAll(/(?:from|import|\()\s*'((?:@[\w.-]+\/)?[\w.-]+)/g)]);
  return new Set(specifiers.map(([, name = '']) => name));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

function restore(): void {
  renameSync(keptPath, manifestPath);
}

const actions: Readonly<Record<string, () => void>> = { build, restore };
const [name = ''] = process.argv.slice(2);
const action = actions[name];
if (action === undefined) throw new Error('Usage: node scripts/package.ts build|restore');
action();
