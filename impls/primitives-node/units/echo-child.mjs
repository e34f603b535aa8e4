import { ready, serve } from './child.mjs';

serve((value) => process.send(value + 1));
ready();
