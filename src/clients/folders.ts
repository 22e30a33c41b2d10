// Where programs of a desktop keep their settings.

import { join } from 'node:path';
import type { Machine } from './client.ts';

/** %APPDATA%, ~/Library/Application Support, or the XDG configuration folder. */
export function appData({ platform, home, env }: Machine): string {
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(home, '.config');
}
