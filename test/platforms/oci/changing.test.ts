// Every OCI tool that changes something, through every door. The cases are in test/support/change-cases/.

import { oci } from '../../../src/platforms/oci/index.ts';
import { describeChanges } from '../../contracts/platform-changes.ts';
import { ociCases as cases } from '../../support/change-cases/all-oci.ts';
import { openOciServer } from '../../support/oci.ts';
import { readOciState as readState } from '../../support/oci-changes.ts';

describeChanges({
  platform: oci,
  cases,
  readState,
  async open() {
    const world = await openOciServer();
    const { server, mutations, close } = world;
    return { world, server, mutations, close };
  },
});
