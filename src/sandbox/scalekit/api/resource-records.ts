// What the API says of an MCP server beyond what its authorization server knows of it.

export interface ResourceAbout {
  /** The API's own id; its authorization server goes by another. */
  id: string;
  description: string;
  logo_uri: string;
  /** int64, seconds. */
  access_token_expiry: string;
  refresh_token_expiry: string;
  create_time: string;
  update_time: string;
  /** Empty: Scalekit signs people in. */
  provider: string;
  intersect_scopes_user_permission: boolean;
}
