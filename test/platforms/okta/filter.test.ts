// Okta's expressions: what each endpoint supports passes, what it would refuse is refused with a place and a right example.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../../src/core/errors.ts';
import { and, checkExpression, eq, looksLikeFilter, or } from '../../../src/platforms/okta/filter.ts';
import type { ExpressionKind } from '../../../src/platforms/okta/filter-rules.ts';

const refusal = (kind: ExpressionKind, text: string): CastellanError => {
  try {
    checkExpression(kind, 'search', text);
  } catch (error) {
    expect(error).toBeInstanceOf(CastellanError);
    return error as CastellanError;
  }
  throw new Error(`${kind} accepted ${text}`);
};

describe('checkExpression accepts what Okta accepts', () => {
  it.each<[ExpressionKind, string]>([
    ['users.search', 'status eq "ACTIVE"'],
    ['users.search', 'status EQ "ACTIVE" AND profile.department Eq "Sales"'],
    ['users.search', '(status lt "STAGED" or status gt "STAGED")'],
    ['users.search', 'profile.email co "@example.com" or profile.lastName sw "O\'Brien"'],
    ['users.search', 'created ge "2026-01-01T00:00:00.000Z" and lastUpdated lt "2026-02-01T00:00:00+01:00"'],
    ['users.search', 'type.id eq "otyfnjfba4ye7pgjB0g4"'],
    ['users.search', 'profile.age ge 18 and profile.remote eq true and profile.score lt -1.5e3'],
    ['users.search', 'profile.any_custom1 pr'],
    ['users.search', 'profile.tags[value eq "x"] and status eq "ACTIVE"'],
    ['users.search', 'realmId eq "guo1" and created pr'],
    ['users.search', 'profile.note eq "say \\"hi\\" \\u00e9 \\\\ ) and ( or"'],
    ['users.search', `${'('.repeat(32)}id eq "x"${')'.repeat(32)}`],
    ['users.search', '  id\teq   "x"  '],
    ['users.filter', 'status eq "LOCKED_OUT" or profile.login eq "a@b.c"'],
    ['users.filter', 'lastUpdated gt "2026-01-01T00:00:00.000Z"'],
    [
      'groups.search',
      'type eq "APP_GROUP" and (created lt "2014-01-01T00:00:00.000Z" and source.id eq "0oa2v0el0gP90aqjJ0g7")',
    ],
    ['groups.search', 'profile.name co "Sales" or profile.custom sw "x"'],
    ['groups.filter', 'lastMembershipUpdated ge "2026-01-01T00:00:00.000Z" and type eq "OKTA_GROUP"'],
    ['apps.filter', 'status eq "ACTIVE"'],
    ['apps.filter', 'settings.slo.enabled eq true'],
    ['apps.filter', 'user.id eq "00u1"'],
    ['zones.filter', 'usage eq "BLOCKLIST"'],
    ['zones.filter', 'system eq true'],
    ['zones.filter', '(id eq "a" or id eq "b")'],
    ['logs.filter', 'eventType eq "user.session.start" and outcome.result ne "SUCCESS"'],
    ['logs.filter', 'not (severity eq "INFO") and client.ipAddress sw "10."'],
    ['logs.filter', 'debugContext.debugData.behaviors co "New Device"'],
    ['logs.filter', 'target.displayName ew "x" or actor.alternateId pr or securityContext.isProxy eq true'],
    [
      'logs.filter',
      'client.geographicalContext.geolocation.lat gt 50.5 and request.ipChain.ipDetails.asNumber eq 64500 and ' +
        'target.detailEntry.signOnModeType eq "SAML_2_0" and target.changeDetails.from.status eq "ACTIVE" and ' +
        'authenticationContext.issuer.id pr and securityContext.userBehaviors.name eq "New Device" and actor.detailEntry.x pr',
    ],
    [
      'logs.filter',
      'version eq "0" and transaction.detail.requestApiTokenId eq "00T" and request.ipChain.ip eq "1.2.3.4"',
    ],
  ])('%s: %s', (kind, text) => {
    expect(() => checkExpression(kind, 'search', text)).not.toThrow();
  });
});

describe('checkExpression refuses what Okta would refuse, says where and shows what is right', () => {
  it.each<[ExpressionKind, string, number, string, string]>([
    ['users.search', '', 1, 'nothing in it', 'status eq "ACTIVE"'],
    ['users.search', "status eq 'ACTIVE'", 11, 'straight double quotes', 'status eq "ACTIVE"'],
    ['users.search', 'status eq “ACTIVE”', 11, 'straight double quotes', 'status eq "ACTIVE"'],
    ['users.search', 'status eq ACTIVE', 11, 'without double quotes', 'status eq "ACTIVE"'],
    ['users.search', 'created gt 2026-01-01', 12, 'without double quotes', 'created gt "2026-01-01"'],
    ['users.search', 'status = "ACTIVE"', 8, 'write eq', 'status eq'],
    ['users.search', 'status=="ACTIVE"', 7, 'write eq', 'status eq'],
    ['users.search', 'status contains "A"', 8, 'write co', 'status eq'],
    ['users.search', 'status equls "A"', 8, 'eq, ne, co', 'status eq'],
    ['users.search', 'status ne "ACTIVE"', 8, 'ne,', '(status lt "ACTIVE" or status gt "ACTIVE")'],
    ['users.search', 'profile.remote ne true', 16, 'ne,', 'profile.remote eq false'],
    ['users.search', 'not (status eq "ACTIVE")', 1, 'not,', '(status lt "ACTIVE" or status gt "ACTIVE")'],
    ['users.search', '!(status eq "ACTIVE")', 1, 'the word not', 'status eq'],
    ['users.search', 'profile.login ew "x"', 15, 'ew,', 'status eq'],
    ['users.search', 'profile.nickName co "x"', 18, 'profile.firstName, profile.lastName', 'status eq'],
    ['users.search', 'staus eq "ACTIVE"', 1, 'perhaps status was meant', 'status eq'],
    ['users.search', 'Status eq "ACTIVE"', 1, 'perhaps status was meant', 'status eq'],
    ['users.search', 'email eq "x"', 1, 'perhaps profile.email was meant', 'status eq'],
    ['users.search', 'department eq "x"', 1, 'perhaps profile.department was meant', 'status eq'],
    ['users.search', 'constructor eq "x"', 1, 'profile.constructor', 'status eq'],
    ['users.search', 'status eq "LOCKED"', 11, 'PASSWORD_EXPIRED', 'status eq'],
    ['users.search', 'status eq "locked out"', 11, 'LOCKED_OUT', 'status eq "LOCKED_OUT"'],
    ['users.search', 'created gt "yesterday"', 12, 'no date', 'created gt "2026'],
    ['users.search', 'created gt "2026-02-30"', 12, 'no date', 'created gt "2026'],
    ['users.search', 'profile.x eq null', 14, 'null', 'status eq'],
    ['users.search', 'profile.x pr "y"', 14, 'takes none', 'status eq'],
    ['users.search', '(status eq "ACTIVE"', 1, 'no ) closes', 'status eq'],
    ['users.search', 'status eq "ACTIVE")', 19, 'nothing opened', 'status eq'],
    ['users.search', '()', 1, 'empty parentheses', 'status eq'],
    ['users.search', 'id[type eq "x"]', 1, 'brackets after id', 'status eq'],
    ['users.search', 'created sw "2026"', 9, 'it knows eq, ge, gt, le, lt, pr', 'status eq'],
    ['users.search', 'created co "2026"', 9, 'it knows eq, ge, gt, le, lt, pr', 'status eq'],
    ['users.search', 'profile.login eq 5', 18, 'profile.login takes a text', 'profile.login eq "5"'],
    ['users.search', 'id eq true', 7, 'id takes a text', 'id eq "true"'],
    ['users.search', 'status eq 5', 11, 'status takes a text', 'status eq "ACTIVE"'],
    ['users.search', 'profile.age sw 5', 16, 'sw takes a text', 'profile.age sw "5"'],
    [
      'users.search',
      'profile.department ne "x"',
      20,
      'it knows eq, ge, gt, le, lt, sw, pr.',
      '(profile.department lt "x" or',
    ],
    ['users.search', 'lastLogin gt "2026-01-01"', 1, 'it knows id', 'status eq'],
    ['users.search', 'profile.tags[value eq "x"', 13, 'no ] closes', 'status eq'],
    ['users.search', 'status eq "ACTIVE" profile.x eq "y"', 20, 'neither and nor or', 'status eq'],
    ['users.search', 'status eq "ACTIVE" && profile.x eq "y"', 20, 'the word and', 'status eq'],
    ['users.search', 'status eq "ACTIVE" and', 23, 'the end', 'status eq'],
    ['users.search', 'status eq', 10, 'no value', 'status eq'],
    ['users.search', 'status', 7, 'no operator', 'status eq'],
    ['users.search', 'eq "x"', 1, 'no attribute', 'status eq'],
    ['users.search', '"status" eq "x"', 1, 'no attribute', 'status eq'],
    ['users.search', 'status eq "ACTIVE', 11, 'not closed', 'status eq'],
    ['users.search', 'profile.x eq "a\\qb"', 14, 'wrong escape', 'status eq'],
    ['users.search', 'profile.x eq "a\u0007b"', 14, 'control character', 'status eq'],
    ['users.search', 'profile.x eq "😀" and y', 23, 'no operator', 'status eq'],
    ['users.search', `${'('.repeat(33)}id eq "x"${')'.repeat(33)}`, 33, '32 levels', 'status eq'],
    ['users.search', `id eq "${'x'.repeat(4000)}"`, 4001, '4000 characters', 'status eq'],
    ['users.filter', 'status eq "active"', 11, 'ACTIVE', 'status eq "ACTIVE"'],
    ['users.filter', 'profile.department eq "x"', 1, 'profile.login', 'status eq'],
    ['users.filter', 'profile.email sw "x"', 15, 'it knows eq', 'status eq'],
    ['users.filter', 'lastUpdated pr', 13, 'pr,', 'lastUpdated gt'],
    ['groups.search', 'name eq "x"', 1, 'perhaps profile.name was meant', 'profile.name sw'],
    ['groups.search', 'profile.other co "x"', 15, 'profile.description', 'profile.name sw'],
    ['groups.filter', 'type eq "APPS"', 9, 'APP_GROUP', 'type eq'],
    ['groups.filter', 'created gt "2026-01-01"', 1, 'lastMembershipUpdated', 'type eq'],
    ['groups.search', 'created pr', 9, 'it knows eq, ge, gt, le, lt.', 'profile.name sw'],
    ['groups.search', 'lastUpdated sw "2026"', 13, 'it knows eq, ge, gt, le, lt.', 'profile.name sw'],
    ['groups.filter', 'not (type eq "APP_GROUP")', 1, 'not,', 'type eq "OKTA_GROUP" and'],
    ['groups.filter', 'id eq 5', 7, 'id takes a text', 'id eq "5"'],
    ['apps.filter', 'name sw "x"', 6, 'it knows eq', 'status eq'],
    ['apps.filter', 'name eq 1', 9, 'name takes a text', 'name eq "1"'],
    ['zones.filter', 'usage eq true', 10, 'usage takes a text', 'usage eq "POLICY"'],
    ['logs.filter', 'client.ip eq "1.2.3.4"', 1, 'perhaps client.ipAddress was meant', 'eventType eq'],
    [
      'logs.filter',
      'actor.foo eq "x"',
      1,
      'it knows actor.id, actor.type, actor.alternateId, actor.displayName',
      'eventType eq',
    ],
    ['logs.filter', 'client.userAgent.engine eq "x"', 1, 'client.userAgent.rawUserAgent', 'eventType eq'],
    ['logs.filter', 'securityContext.risk eq "x"', 1, 'securityContext.risk.level', 'eventType eq'],
    ['logs.filter', 'colour eq "x"', 1, 'it knows eventType, severity', 'eventType eq'],
    ['apps.filter', 'label eq "x"', 1, 'q finds applications', 'status eq'],
    ['apps.filter', 'status ne "ACTIVE"', 8, 'it knows eq', 'status eq'],
    ['apps.filter', 'settings.slo.enabled eq "yes"', 25, 'true or false', 'settings.slo.enabled eq true'],
    ['zones.filter', 'name eq "x"', 1, 'id, usage, system', 'usage eq'],
    ['zones.filter', 'usage eq "BLOCK"', 10, 'POLICY, BLOCKLIST', 'usage eq'],
    ['logs.filter', 'published gt "2026-01-01T00:00:00Z"', 1, 'since and until', 'eventType eq'],
    ['logs.filter', 'eventtype eq "x"', 1, 'perhaps eventType was meant', 'eventType eq'],
    ['logs.filter', 'ipAddress eq "x"', 1, 'perhaps client.ipAddress was meant', 'eventType eq'],
    ['logs.filter', 'Actor.id eq "x"', 1, 'perhaps actor.id was meant', 'eventType eq'],
    ['logs.filter', 'debugContext.debugData.url co "x"', 28, 'sw or eq', 'eventType eq'],
    ['logs.filter', 'target[type eq "User"]', 1, 'brackets', 'eventType eq'],
    ['logs.filter', 'not severity eq "INFO"', 1, 'without parentheses', 'not (severity eq "INFO")'],
  ])('%s: %s (at %i: %s)', (kind, text, at, says, example) => {
    const error = refusal(kind, text);
    expect(error.code).toBe('invalid_input');
    expect(error.message).toMatch(/^search is not a valid expression/);
    expect(error.message).toContain(`at character ${at} `);
    expect(error.message).toContain(says);
    expect(error.hint).toContain(example);
  });

  it('shows no example that it would refuse itself', () => {
    const texts = [
      '',
      'status eq x',
      'status ne "ACTIVE"',
      'not (id eq "x")',
      'nothing eq "x"',
      'type eq "?"',
      'lastUpdated gt "?"',
    ];
    for (const kind of KINDS)
      for (const text of texts) {
        let hint: string | undefined;
        try {
          checkExpression(kind, 'filter', text);
        } catch (error) {
          hint = (error as CastellanError).hint;
        }
        const example = hint?.split('for instance: ')[1];
        // An example made from the caller's own attribute and value may keep another fault of theirs.
        if (example && !/eq "x"$|^nothing|lt "x"/.test(example)) checkExpression(kind, 'example', example);
      }
  });

  it('with no other error than a CastellanError, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...[
        'status',
        'profile.x',
        'eq',
        'ne',
        'pr',
        'co',
        'not',
        'and',
        'or',
        '(',
        ')',
        '[',
        ']',
        '"a"',
        '"',
        "'",
        '5',
        '-',
        'true',
      ],
      ...['null', '=', '!', '\\', '\n', '😀', '\ud800', 'eventType', 'created', '2026-01-01', ' '],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((list) => list.join(' ')),
      fc.array(pieces).map((l) => l.join('')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), text, (kind, expression) => {
        try {
          checkExpression(kind, 'filter', expression);
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
          expect((error as CastellanError).code).toBe('invalid_input');
        }
        expect(typeof looksLikeFilter(expression)).toBe('boolean');
      }),
      { numRuns: 3000 },
    );
  });

  it('in time that grows with the length alone', () => {
    const started = performance.now();
    for (const text of ['(', '[', ' ', 'a', '"\\', 'a eq ', 'a.', '=', '\\"'].map((piece) => piece.repeat(100_000))) {
      expect(() => checkExpression('users.search', 'search', text)).toThrow(CastellanError);
      looksLikeFilter(text);
      for (const build of [and, or]) {
        try {
          build(text.slice(0, 4000), 'a eq 1');
        } catch (error) {
          expect(error).toBeInstanceOf(CastellanError);
        }
      }
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('eq, and, or', () => {
  it('quotes and escapes texts, and leaves numbers and booleans bare', () => {
    expect(eq('profile.note', 'say "hi"\\\n')).toBe('profile.note eq "say \\"hi\\"\\\\\\n"');
    expect(eq('profile.age', 5)).toBe('profile.age eq 5');
    expect(eq('system', true)).toBe('system eq true');
  });

  it('parenthesise an or inside an and, and nothing else', () => {
    expect(and(or('a eq 1', 'b eq 2'), 'c eq 3')).toBe('(a eq 1 or b eq 2) and c eq 3');
    expect(or(and('a eq 1', 'b eq 2'), 'c eq 3')).toBe('a eq 1 and b eq 2 or c eq 3');
    expect(and('(a eq 1 or b eq 2)', 'c eq " or "')).toBe('(a eq 1 or b eq 2) and c eq " or "');
    expect(and('(a eq 1) or (b eq 2)', 'c pr')).toBe('((a eq 1) or (b eq 2)) and c pr');
  });

  it('leave out what is empty', () => {
    expect(and('', 'a eq 1 or b eq 2', ' ')).toBe('a eq 1 or b eq 2');
    expect([and(), or(), and('', '')]).toEqual(['', '', '']);
  });

  it('refuse a part that would break out of its parentheses, a name that is no attribute, a number without end', () => {
    expect(() => and('a eq 1) or (b eq 2', 'c eq 3')).toThrow(CastellanError);
    expect(() => or('a eq "x', 'c eq 3')).toThrow(CastellanError);
    expect(() => eq('id pr or id', 'x')).toThrow(CastellanError);
    expect(() => eq('profile.age', Number.NaN)).toThrow(CastellanError);
  });

  it('build what checkExpression accepts, whatever the values', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    const comparison = fc
      .tuple(fc.constantFrom('actor.id', 'eventType', 'client.ipAddress'), leaf)
      .map(([name, value]) => eq(name, value));
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        comparison,
        fc.array(tie('tree'), { maxLength: 3 }).map((parts) => and(...parts)),
        fc.array(tie('tree'), { maxLength: 3 }).map((parts) => or(...parts)),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        fc.pre(text !== '' && text.length <= 4000);
        checkExpression('logs.filter', 'filter', text);
        expect(looksLikeFilter(text)).toBe(true);
      }),
    );
  });
});

describe('looksLikeFilter', () => {
  it.each([
    'eventType eq "x"',
    'eventType eq user.session.start',
    "eventType eq 'x'",
    'eventType="x"',
    'severity EQ WARN',
    '(actor.id eq "x")',
    'not (outcome.result eq "FAILURE")',
    'target[type eq "User"]',
    'eventType pr',
    'foo eq "x"',
  ])('yes: %s', (text) => {
    expect(looksLikeFilter(text)).toBe(true);
  });

  it.each([
    '',
    'locked out',
    'please eq this',
    '"a eq 5"',
    'the pr',
    'PR review',
    'a = b',
    'user.session.start',
    'bob@example.com',
    'what is lt',
  ])('no: %s', (text) => {
    expect(looksLikeFilter(text)).toBe(false);
  });
});

const KINDS: readonly ExpressionKind[] = [
  'users.search',
  'users.filter',
  'groups.search',
  'groups.filter',
  'apps.filter',
  'zones.filter',
  'logs.filter',
];
