// An account of somebody at another service, through which an agent of the company's product may act.

export const accountStatuses = ['ACTIVE', 'EXPIRED', 'PENDING_AUTH', 'PENDING_VERIFICATION', 'DISCONNECTED'] as const;

export interface Account {
  id: string;
  identifier: string;
  provider: string;
  connector: string;
  connection_id: string;
  status: (typeof accountStatuses)[number];
  authorization_type: 'OAUTH' | 'API_KEY';
  updated_at: string;
  token_expires_at?: string;
  last_used_at?: string;
}

/** The services that the environment is set up for. */
export const connectors: readonly { connector: string; provider: string; type: Account['authorization_type'] }[] = [
  { connector: 'gmail', provider: 'GOOGLE', type: 'OAUTH' },
  { connector: 'slack', provider: 'SLACK', type: 'OAUTH' },
  { connector: 'salesforce', provider: 'SALESFORCE', type: 'OAUTH' },
  { connector: 'carrier-edi', provider: 'CUSTOM', type: 'API_KEY' },
];
