// The browser of a person of the sandbox, as a program that is given an address: goes where it leads, signs in and allows
// what is asked, and comes back to the program that waits on this machine.

import { answer } from '../../src/cli/demo-client.ts';
import { sandboxPerson } from '../../src/cli/sandbox-person.ts';
import { createVisitor } from '../../src/cli/visitor.ts';
import { sandboxPassword } from '../../src/sandbox/index.ts';

/** @returns the page at the end */
export async function visitAsPerson(address: string, login: string = sandboxPerson): Promise<string> {
  const target = new URL(address);
  const back = target.searchParams.get('redirect_uri') ?? '';
  const visitor = createVisitor((url) => url.href.startsWith(`${back}?`));
  const end = await visitor.walk(target, (page) => answer(page, { login, password: sandboxPassword }));
  return (await fetch(end)).text();
}

if (import.meta.main) await visitAsPerson(process.argv[2] ?? '');
