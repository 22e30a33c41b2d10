// Every Okta tool that changes something, through every door. The cases are in test/support/change-cases/.

import { okta } from '../../../src/platforms/okta/index.ts';
import { describeChanges } from '../../contracts/platform-changes.ts';
import { cases } from '../../support/change-cases/all.ts';
import { readState } from '../../support/changes.ts';
import { openTestServer } from '../../support/server.ts';

describeChanges({
  platform: okta,
  cases,
  readState,
  async open() {
    const server = await openTestServer();
    const world = server.organization;
    const reset = () => world.sandbox.okta.reset();
    return { world, server, mutations: world.mutations, reset, close: server.close };
  },
});
