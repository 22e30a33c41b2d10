// Opening what a command works with.

import { type App, type AppOptions, openApp } from '../app.ts';
import { throwFaults } from './output.ts';

/** @throws UsageError when a limit names what does not exist; nothing is left open then, or the process would not end. */
export async function openChecked(options: AppOptions): Promise<App> {
  const app = await openApp(options);
  if (app.faults.length > 0) await app.close();
  throwFaults(app.faults);
  return app;
}
