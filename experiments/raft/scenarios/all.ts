import type { Scenario } from '../scenario.ts';
import { elections } from './elections.ts';
import { leadership } from './leadership.ts';
import { replication } from './replication.ts';

export const scenarios: readonly Scenario[] = [...elections, ...replication, ...leadership];
