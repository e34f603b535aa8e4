import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Variables that say where things lie or whom to ask. Empty is how a shell says unset. */
const knownPattern =
  /^(PACELINE_.*|XDG_.*|TMPDIR|TMP|TEMP|HOME|DATABASE_URL|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|GITHUB_BASE_REF|INIT_CWD)$/;

/** By which a database client would be set up behind the back of its URL; who and where the URL may leave to them. */
const databasePattern = /^PG(?!HOST$|PORT$|USER$|USERNAME$|PASSWORD$|DATABASE$)/;

/**
 * Makes an environment mean one thing to all that read it, this process's libraries and its children too: what is empty is unset,
 * and a temporary folder that is relative (another one for each process) is none. Returns what is worth a word.
 */
export function normaliseEnvironment(env: NodeJS.ProcessEnv): readonly string[] {
  const notes: string[] = [];
  for (const [name, value = ''] of Object.entries(env)) {
    if (databasePattern.test(name) || (knownPattern.test(name) && value.trim() === '')) delete env[name];
  }
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) {
    const value = env[name];
    if (value === undefined || isAbsolute(value)) continue;
    notes.push(`${name} is ignored: "${value}" is no absolute path`);
    delete env[name];
  }
  return notes;
}

/** null where a variable is unset or empty. */
export function variable(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  return value === undefined || value.trim() === '' ? null : value;
}

/** HOME, or what the system knows of the user. */
export function homeFolder(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/**
 * Goes where a command was typed: `npm run` starts a script at the top of its package, and says in INIT_CWD where it was called.
 * Only where npm runs a script of this very package; another one's script means its own folder.
 */
export function enterCallersFolder(env: NodeJS.ProcessEnv, rootDir: string): void {
  const caller = variable(env, 'INIT_CWD');
  const isOwnScript = variable(env, 'npm_package_json') === join(rootDir, 'package.json');
  if (caller === null || !isOwnScript || process.cwd() !== rootDir || !existsSync(caller)) return;
  process.chdir(caller);
}
