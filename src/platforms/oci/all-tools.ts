// All tools of the OCI platform, by area.

import type { Toolsets } from '../../core/tool.ts';

export const allToolsets: Toolsets = {};
