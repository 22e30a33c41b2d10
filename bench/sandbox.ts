// The simulated organization in a process of its own, as fast as it can answer.

import { openSandbox } from '../src/sandbox/index.ts';

const { okta } = await openSandbox({ users: Number(process.argv[2]), rateLimits: 'off' });
console.log(okta.url);
