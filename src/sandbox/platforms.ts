// The simulated platforms, each of which introduces itself: another one is a line here.

import type { SimulatedPlatform } from './introduction.ts';
import { introduceOci } from './oci/introduction.ts';
import { introduceOkta } from './okta/introduction.ts';
import { introduceScalekit } from './scalekit/introduction.ts';

export const simulatedPlatforms: Readonly<Record<string, SimulatedPlatform>> = {
  okta: { isBeside: false, introduce: async ({ okta }, circumstances) => introduceOkta(okta, circumstances) },
  scalekit: { isBeside: true, introduce: introduceScalekit },
  oci: { isBeside: true, introduce: introduceOci },
};
