// One application as the simulated organization keeps it, with who has it.

import type { Bits } from './bits.ts';
import type { GroupRecord } from './group-seed.ts';
import type { OAuthClient } from './oauth/clients.ts';

export type SignOnMode =
  | 'SAML_2_0'
  | 'OPENID_CONNECT'
  | 'BOOKMARK'
  | 'BROWSER_PLUGIN'
  | 'AUTO_LOGIN'
  | 'SECURE_PASSWORD_STORE';

export interface AppRecord {
  n: number;
  id: string;
  /** Okta's name for the kind of integration. */
  name: string;
  label: string;
  mode: SignOnMode;
  status: 'ACTIVE' | 'INACTIVE';
  features: readonly string[];
  created: number;
  lastUpdated: number;
  url: string;
  /** By priority. */
  groups: AppGroup[];
  /** People assigned one by one. */
  direct: Bits;
  /** By ordinal: what calls have said about somebody's account there. */
  people: Map<number, AppPerson>;
  /** What the label was at first: groups brought in by the application know it by that. */
  firstLabel: string;
  /** What a PUT has put in the place of the settings made from the seed. */
  written: AppParts | undefined;
  /** Kind of an OIDC client. */
  client: 'web' | 'browser' | 'native' | 'service';
  /** The registration at the authorization server, of the apps that this product itself runs on. */
  oauth?: OAuthClient;
  /** Everybody with the application, as of a version of the state. */
  everybody: { version: number; bits: Bits } | undefined;
}

/** The sections of an application that a PUT replaces. */
export interface AppParts {
  accessibility: Record<string, unknown>;
  visibility: Record<string, unknown>;
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
  /** Free properties, where an administrator has set some. */
  profile?: Record<string, unknown>;
  licensing?: Record<string, unknown>;
}

/** A group that carries an application. The order of the list is the priority. */
export interface AppGroup {
  group: GroupRecord;
  /** What the group writes into the application's profile of each member. */
  profile: Record<string, unknown>;
  lastUpdated: number;
}

/** What calls have said about one person's account at an application. */
export interface AppPerson {
  created: number;
  lastUpdated: number;
  userName?: string;
  hasPassword?: boolean;
  profile: Record<string, unknown>;
}
