// The cases of all areas of Scalekit.

import type { ScalekitCase } from '../scalekit-changes.ts';
import { scalekitConnectionCases } from './scalekit-connections.ts';
import { scalekitEnvironmentCases } from './scalekit-environment.ts';
import { scalekitMcpServerCases } from './scalekit-mcp-servers.ts';
import { scalekitOrganizationCases } from './scalekit-organizations.ts';
import { scalekitUserCases } from './scalekit-users.ts';

export const scalekitCases: readonly ScalekitCase[] = [
  ...scalekitEnvironmentCases,
  ...scalekitMcpServerCases,
  ...scalekitOrganizationCases,
  ...scalekitUserCases,
  ...scalekitConnectionCases,
];
