import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { paletteCss } from '../charts/palette.ts';
import type { PageAssets } from './report.ts';

/** The page's script and style, each as one text without imports, and the hashes that let them run. */
export function bundlePage(): Promise<PageAssets> {
  return bundle('../page/main.ts');
}

/** The same for the page of a run that goes on. */
export function bundleLivePage(): Promise<PageAssets> {
  return bundle('../page/live.ts');
}

async function bundle(entry: string): Promise<PageAssets> {
  const [script, sheet] = await Promise.all([bundled(entry), bundled('../page/page.css')]);
  const style = `${paletteCss()}\n${sheet}`;
  return { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
}

/** In an installed package only the page itself is TypeScript: what it imports from other folders lies there as JavaScript. */
const builtModules: Plugin = {
  name: 'built-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, (imported) => {
      const path = resolve(imported.resolveDir, imported.path);
      return existsSync(path) ? undefined : { path: path.replace(/\.ts$/, '.js') };
    });
  },
};

async function bundled(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    // Licence comments of bundled packages stay.
    legalComments: 'inline',
    logLevel: 'silent',
    plugins: [builtModules],
  });
  // Inside its element the text must begin and end exactly as hashed.
  return result.outputFiles[0]?.text.trim() ?? '';
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
