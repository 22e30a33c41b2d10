// What stands beside the simulated Okta: opened when it is first asked for, so that nobody waits for what they do not use.

import type { OciOptions, SandboxOci } from './oci/oci.ts';
import type { SandboxScalekit } from './scalekit/scalekit.ts';

export interface Beside {
  oci: () => Promise<SandboxOci>;
  scalekit: () => Promise<SandboxScalekit>;
  close: () => Promise<void>;
}

export function createBeside(options: OciOptions): Beside {
  const opened: Promise<{ close: () => Promise<void> }>[] = [];
  const once = <T extends { close: () => Promise<void> }>(open: () => Promise<T>) => {
    let service: Promise<T> | undefined;
    return () => {
      if (!service) {
        service = open();
        opened.push(service);
      }
      return service;
    };
  };
  return {
    oci: once(async () => (await import('./oci/oci.ts')).openOci(options)),
    scalekit: once(async () => (await import('./scalekit/scalekit.ts')).openScalekit(options)),
    async close() {
      // What never opened has nothing to close.
      const services = await Promise.allSettled(opened);
      await Promise.all(services.map(async (each) => each.status === 'fulfilled' && each.value.close()));
    },
  };
}
