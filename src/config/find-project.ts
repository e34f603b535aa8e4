import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { checkoutFolders, isInstalled, rootDir } from '../run/paths.ts';
import type { Project, ProjectFolders } from '../run/project.ts';

export const configNames = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `paceline.config.${ending}`);

/** Where the project of a folder lies; nothing of it has been loaded. */
export interface FoundProject {
  /** null: paceline's own checkout, or none at all. */
  readonly configPath: string | null;
  readonly folders: ProjectFolders;
  readonly isCheckout: boolean;
}

/**
 * The nearest config at or above a folder, up to the top of its repository. In paceline's own checkout, and wherever it is called from
 * without a config, the declarations under bench/ are the project. Throws HarnessError usage for two configs in one folder.
 */
export function findProject(folder: string): FoundProject {
  for (const dir of upToRepository(folder)) {
    const names = configNames.filter((name) => existsSync(join(dir, name)));
    if (names.length > 1) {
      throw new HarnessError('usage', `${dir} has ${names.length} configs: ${names.join(', ')}`, 'keep one of them');
    }
    const [name] = names;
    if (name !== undefined) return { configPath: join(dir, name), folders: foldersOf(dir), isCheckout: false };
    if (dir === rootDir && !isInstalled) break;
  }
  if (isInstalled) return { configPath: null, folders: foldersOf(folder), isCheckout: false };
  return { configPath: null, folders: checkoutFolders, isCheckout: true };
}

function upToRepository(folder: string): string[] {
  const parent = dirname(folder);
  if (existsSync(join(folder, '.git')) || parent === folder) return [folder];
  return [folder, ...upToRepository(parent)];
}

/** Everything that paceline writes in somebody's repository is in one folder. */
export const outputFolder = '.paceline';

function foldersOf(rootDir: string): ProjectFolders {
  const inOutput = (name: string) => join(rootDir, outputFolder, name);
  return {
    ...{ rootDir, resultsDir: inOutput('results'), reportsDir: inOutput('reports') },
    waiversPath: join(rootDir, 'paceline.waivers.json'),
  };
}

/** Throws HarnessError usage where there is none, or the config is wrong. */
export async function openProject(found: FoundProject, env: NodeJS.ProcessEnv): Promise<Project> {
  if (found.isCheckout) return (await import('../run/declarations.ts')).checkoutProject;
  if (found.configPath === null) {
    throw new HarnessError(
      'usage',
      `there is no paceline.config.ts (or .js, .json) in ${found.folders.rootDir} or above it`,
      'write one with `paceline init`, and start paceline where it lies',
    );
  }
  const { configProject } = await import('./config-project.ts');
  return configProject(found.configPath, found.folders, env);
}
