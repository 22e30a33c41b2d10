// Opening what a command works with.

import { type App, type AppOptions, openApp } from '../app.ts';
import type { Shown } from '../config.ts';
import { throwFaults } from './output.ts';

/**
 * @param shown where each setting came from: a fault names the flag, variable or file that it stands in
 * @throws UsageError when a limit names what does not exist; nothing is left open then, or the process would not end.
 */
export async function openChecked({
  shown,
  ...options
}: AppOptions & { readonly shown: readonly Shown[] }): Promise<App> {
  const app = await openApp(options);
  if (app.faults.length > 0) await app.close();
  const originOf = (where: string) => shown.find(({ name }) => name === where)?.origin ?? where;
  throwFaults(app.faults.map((fault) => ({ ...fault, where: originOf(fault.where) })));
  return app;
}
