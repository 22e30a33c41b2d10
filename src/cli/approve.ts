// castellan approve: a person decides what an assistant asked for. It shows what would change and asks at the terminal;
// there is no flag that answers for the person, and without a terminal nothing is decided.

import { userInfo } from 'node:os';
import { defineCommand } from 'citty';
import { lastingStoreNameOf } from '../app.ts';
import { type Approval, type Approvals, createApprovals, readCode } from '../mcp/approvals.ts';
import { openStore } from '../stores/open.ts';
import { openSeal } from '../stores/seal.ts';
import { sealStore } from '../stores/seal-store.ts';
import { storeSettings } from '../stores/settings.ts';
import { askLine } from './ask.ts';
import { flagsOf, loadFor } from './flags.ts';
import { paint, print, throwFaults } from './output.ts';
import { terminalWidth, wrap } from './table.ts';

const args = {
  code: {
    type: 'positional',
    description: 'The code that the assistant tells; without it, all that waits is listed.',
    required: false,
  },
  ...flagsOf(storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const { config } = loadFor(rawArgs, { ...given, sandbox: true }, args);
    const store = openStore(lastingStoreNameOf(config), Date.now);
    try {
      const seal = openSeal({ keys: config.state.sealKeys, folder: config.dataFolder });
      const approvals = createApprovals(
        sealStore(store, () => seal.keys('store')),
        Date.now,
      );
      if (typeof given.code === 'string') await decide(approvals, readCode(given.code));
      else list(await approvals.pending(), await approvals.countUnreadable());
    } finally {
      await store.close();
    }
  },
});

function list(waiting: readonly Approval[], unreadable: number): void {
  if (waiting.length === 0 && unreadable === 0) print('Nothing waits for a decision.');
  for (const { code, question } of waiting) print(`${paint('bold', code)}  ${question.split('\n')[0]}`);
  if (waiting[0]) print(`\nDecide one: castellan approve ${waiting[0].code}`);
  if (unreadable > 0)
    print(
      `${unreadable} more cannot be read here, because they were sealed with another key: run this with the CASTELLAN_SEAL_KEYS of the server, or as the user it runs as.`,
    );
}

/** Broken between words, as it is read. */
function wrapLines(text: string): string {
  const width = Math.min(terminalWidth(), 80);
  return text
    .split('\n')
    .map((line) => wrap(line.trimStart(), line.length - line.trimStart().length, width))
    .join('\n');
}

async function decide(approvals: Approvals, code: string): Promise<void> {
  const approval = await approvals.get(code);
  if (!approval) {
    throwFaults([
      {
        where: code,
        problem: 'is no code that waits for a decision',
        todo: 'Codes live 15 minutes. If the server runs as another user, or with its own CASTELLAN_DATA, CASTELLAN_SEAL_KEYS or --store, run this the same way.',
      },
    ]);
    return;
  }
  if (approval.status !== 'pending') return print(`This was ${approval.status} already, by ${approval.by}.`);
  // A program that only passes text along must not be able to answer in the person's place.
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throwFaults([
      { where: 'terminal', problem: 'is missing', todo: 'Run this yourself, in a terminal: a person decides here.' },
    ]);
  }
  const minutes = Math.max(1, Math.round((approval.expires - Date.now()) / 60_000));
  print(`\n${paint('bold', `An assistant asks, with ${approval.tool}:`)}\n\n${wrapLines(approval.question)}\n`);
  print(paint('dim', `Asked by ${approval.caller}. The question is open for another ${minutes} min.\n`));
  const answer = (await askLine('Type yes to approve, no to refuse, anything else to leave it open: '))
    .trim()
    .toLowerCase();
  if (answer !== 'yes' && answer !== 'no') return print('Nothing was decided.');
  const status = answer === 'yes' ? 'approved' : 'refused';
  const decided = await approvals.decide(code, status, `terminal:${userInfo().username}`);
  if (!decided) return print('Too late: the question is gone, or somebody else has decided.');
  print(
    status === 'approved'
      ? 'Approved. It is done when the assistant calls again; tell it to go on. What was approved is exactly what stands above.'
      : 'Refused. Nothing will be changed.',
  );
}
