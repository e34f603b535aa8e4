import { join } from 'node:path';
import type { GatePolicy } from '../model/gate-policy.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Workload } from '../model/workload.ts';
import type { LocatedImplementation } from '../target/manifest.ts';

/** Where the generator's process finds a workload: a module, and plain data for its `createWorkload`. */
interface WorkloadModule {
  readonly path: string;
  /** null: the module exports the workload itself. */
  readonly argument: unknown;
}

export type DeclaredWorkload = Workload & { readonly module: WorkloadModule };

/** Where files go, known before anything is loaded. */
export interface ProjectFolders {
  /** What `sources` are relative to. */
  readonly rootDir: string;
  readonly resultsDir: string;
  readonly reportsDir: string;
  readonly waiversPath: string;
}

/**
 * What can be measured here: the declarations of paceline's own checkout under bench/, or a user's config. Every command that
 * measures asks this and nothing else.
 */
export interface Project extends ProjectFolders {
  /** Is part of a commit whenever the project is; null: nothing tells. */
  readonly trackedFile: string | null;
  /** Put on every target unless the command line names another; null: none. */
  readonly limit: TrialSpec['resourceLimit'];
  scenarioIds(): Promise<readonly string[]>;
  loadScenario(id: string): Promise<Scenario>;
  serviceIds(): Promise<readonly string[]>;
  loadService(id: string): Promise<Service>;
  workloadIds(service: string): Promise<readonly string[]>;
  loadWorkload(service: string, id: string): Promise<DeclaredWorkload>;
  loadGate(path?: string): Promise<GatePolicy>;
  /** Folders below the root that hold implementations. */
  readonly implementationFolders: readonly string[];
  /** Those that a checkout of the project in `rootDir` declares itself, and those of the folders. */
  locate(rootDir: string, folders: readonly string[]): Promise<readonly LocatedImplementation[]>;
}

/** All that can be measured: the project's own and those of further folders. */
export function locateAll(project: Project, folders: readonly string[]): Promise<readonly LocatedImplementation[]> {
  const own = project.implementationFolders.map((folder) => join(project.rootDir, folder));
  return project.locate(project.rootDir, [...own, ...folders]);
}
