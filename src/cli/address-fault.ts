// Why nothing can be served at an address, in the words of the settings that name it.

import type { Fault } from '../core/settings.ts';

/** An address that cannot be listened on, as what is wrong with its settings. */
export function addressFault(error: unknown, host: string, port: number): Fault | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'EADDRINUSE')
    return {
      where: '--port',
      problem: `${port} is taken on ${host}`,
      todo: 'Give another port; 0 takes any free one.',
    };
  if (code === 'EACCES')
    return { where: '--port', problem: `${port} is not yours to listen on`, todo: 'Give a port from 1024 on.' };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    const todo = 'Give one of its addresses, such as 127.0.0.1, or 0.0.0.0 for all of them.';
    return { where: '--host', problem: `${host} is no address of this machine`, todo };
  }
  return undefined;
}
