// The cases of all areas of Scalekit.

import type { ScalekitCase } from '../scalekit-changes.ts';
import { scalekitEnvironmentCases } from './scalekit-environment.ts';
import { scalekitMcpServerCases } from './scalekit-mcp-servers.ts';

export const scalekitCases: readonly ScalekitCase[] = [...scalekitEnvironmentCases, ...scalekitMcpServerCases];
