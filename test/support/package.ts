import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

export interface PackedPackage {
  readonly dir: string;
  readonly tarball: string;
  remove(): void;
}

/** A user's shell: without the pinned Node that npm puts first on PATH for our own tests. */
export function userEnvironment(cacheDir: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_(?!EXTRA_CA_CERTS$)|^INIT_CWD$/.test(name));
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(own), PATH: folders.join(':'), PACELINE_CACHE_DIR: cacheDir };
}

/** `npm pack` in a copy of the checkout, so that this one's package.json stays as it is for whoever reads it meanwhile. */
export function packPackage(): PackedPackage {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-package-'));
  const copy = join(dir, 'checkout');
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  const names = listed
    .toString()
    .split('\0')
    .filter((name) => /^(bin|src|bench|scripts|docs\/your|[^/]+$)/.test(name));
  for (const name of names.filter((one) => one !== '')) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(root, name), join(copy, name));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  try {
    return { dir, tarball: join(dir, pack(copy, dir)), remove: () => remove(dir) };
  } catch (error) {
    remove(dir);
    throw error;
  }
}

function remove(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** The name of the tarball. */
function pack(copy: string, dir: string): string {
  const printed = execFileSync('npm', ['pack', '--silent', '--pack-destination', dir], { cwd: copy, encoding: 'utf8' });
  return printed.trim().split('\n').at(-1) ?? '';
}
