// Every Scalekit tool that changes something, through every door. The cases are in test/support/change-cases/.

import { scalekit } from '../../../src/platforms/scalekit/index.ts';
import { describeChanges } from '../../contracts/platform-changes.ts';
import { scalekitCases as cases } from '../../support/change-cases/all-scalekit.ts';
import { openScalekitServer } from '../../support/scalekit.ts';
import { readScalekitState as readState } from '../../support/scalekit-changes.ts';

describeChanges({
  platform: scalekit,
  cases,
  readState,
  async open() {
    const world = await openScalekitServer('workspace');
    const { server, mutations, close } = world;
    return { world, server, mutations, reset: () => world.scalekit.reset(), close };
  },
});
