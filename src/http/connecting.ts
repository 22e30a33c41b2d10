// How each MCP client is told about a server that it reaches over HTTP: the facts, once for the console and the terminal.

export interface Connecting {
  readonly client: string;
  /** What to do with `text`, as half a sentence. */
  readonly how: string;
  readonly text: string;
  /** What else there is to know. */
  readonly note?: string;
}

export function connectionsTo(url: string): readonly Connecting[] {
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  const bridge = { mcpServers: { castellan: { command: 'npx', args: ['-y', 'mcp-remote', url] } } };
  // Anthropic's own machines connect for its connectors: this one must be on the internet then.
  const isNear = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);
  const desktop: Connecting = isNear
    ? {
        client: 'Claude Desktop',
        how: 'put into claude_desktop_config.json (Settings > Developer > Edit Config)',
        text: json(bridge),
        note: 'mcp-remote signs in for it: its connectors reach servers on the internet only.',
      }
    : {
        client: 'Claude Desktop',
        how: 'add as a custom connector (Settings > Connectors)',
        text: url,
        note: 'If this server is not on the internet, put mcp-remote (below) into claude_desktop_config.json instead.',
      };
  return [
    {
      client: 'Claude Code',
      how: 'run',
      text: `claude mcp add --transport http castellan ${url}`,
      note: 'Then sign in with /mcp.',
    },
    desktop,
    {
      client: 'VS Code',
      how: 'put into .vscode/mcp.json',
      text: json({ servers: { castellan: { type: 'http', url } } }),
      note: 'Start it there; VS Code opens the browser to sign in.',
    },
    { client: 'Cursor', how: 'put into ~/.cursor/mcp.json', text: json({ mcpServers: { castellan: { url } } }) },
    {
      client: 'Windsurf',
      how: 'put into ~/.codeium/windsurf/mcp_config.json',
      text: json({ mcpServers: { castellan: { serverUrl: url } } }),
    },
    {
      client: 'Gemini CLI',
      how: 'run',
      text: `gemini mcp add --transport http castellan ${url}`,
      note: 'Then sign in with /mcp auth castellan.',
    },
    {
      client: 'Codex',
      how: 'run',
      text: `codex mcp add castellan --url ${url}`,
      note: 'Then sign in with codex mcp login castellan.',
    },
    {
      client: 'MCP Inspector',
      how: 'run',
      text: `npx @modelcontextprotocol/inspector --transport http --server-url ${url}`,
    },
    {
      client: 'mcp-remote',
      how: 'for every client that only starts commands: put into its configuration',
      text: json(bridge),
    },
  ];
}
