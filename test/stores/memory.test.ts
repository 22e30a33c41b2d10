// The store that lives with the process.

import { createMemoryStore } from '../../src/stores/memory.ts';
import { openStore } from '../../src/stores/open.ts';
import { testStore } from './contract.ts';

testStore({ name: 'memory', open: (now) => createMemoryStore(now) });
testStore({ name: 'memory, by its setting', open: (now) => openStore('memory', now) });
