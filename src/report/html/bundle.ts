import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { paletteCss } from '../charts/palette.ts';
import type { PageAssets } from './report.ts';

/** The page's script and style, each as one text without imports, and the hashes that let them run. */
export async function bundlePage(): Promise<PageAssets> {
  const [script, sheet] = await Promise.all([bundled('../page/main.ts'), bundled('../page/page.css')]);
  const style = `${paletteCss()}\n${sheet}`;
  return { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
}

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
  });
  // Inside its element the text must begin and end exactly as hashed.
  return result.outputFiles[0]?.text.trim() ?? '';
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
