// The MCP clients that Castellan can be written into: another one is a file and a line here.

import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { McpClient } from './client.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { vsCode } from './vs-code.ts';
import { windsurf } from './windsurf.ts';

export const mcpClients: readonly McpClient[] = [claudeCode, claudeDesktop, vsCode, cursor, windsurf, gemini, codex];
