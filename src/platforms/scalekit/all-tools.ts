// All tools of the Scalekit platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { environmentRoleTools } from './tools/environment-roles.ts';

export const allToolsets: Toolsets = {
  environments: environmentRoleTools,
};
