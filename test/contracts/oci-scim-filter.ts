// A SCIM filter, read only to see whether it is one and which attributes it names (RFC 7644 §3.4.2.2).

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le'];

/** The attributes of a filter, those in brackets with the name before them: 'emails[type eq "work"]' names 'emails.type'. */
export function readFilter(text: string): { paths: string[] } | { problem: string } {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+|"/g) ?? [];
  const paths: string[] = [];
  let at = 0;
  const refuse = (what: string): never => {
    throw new SyntaxError(`${what} at '${tokens.slice(at, at + 3).join(' ')}'`);
  };
  const word = () => tokens[at]?.toLowerCase();
  function take(wanted: string): void {
    if (word() !== wanted) refuse(`misses '${wanted}'`);
    at++;
  }
  function readAny(before: string): void {
    readAll(before);
    while (word() === 'or') {
      at++;
      readAll(before);
    }
  }
  function readAll(before: string): void {
    readOne(before);
    while (word() === 'and') {
      at++;
      readOne(before);
    }
  }
  function readOne(before: string): void {
    if (word() === 'not') {
      at++;
      if (word() !== '(') refuse("'not' is followed by no bracket");
    }
    if (word() === '(') {
      at++;
      readAny(before);
      take(')');
      return;
    }
    const name = tokens[at] ?? refuse('ends too soon');
    if (!/^[a-z$][\w$.:-]*$/i.test(name)) refuse('has no attribute');
    at++;
    if (word() === '[') {
      at++;
      readAny(`${before}${name}.`);
      take(']');
      return;
    }
    paths.push(before + name);
    const operator = word() ?? refuse('ends too soon');
    at++;
    if (operator === 'pr') return;
    if (!operators.includes(operator)) refuse(`has no operator, but '${operator}'`);
    const value = tokens[at] ?? refuse('ends too soon');
    if (!/^("(?:[^"\\]|\\["\\/bfnrt]|\\u[\da-f]{4})*"|true|false|null|-?\d+(\.\d+)?)$/i.test(value))
      refuse('has a value that is not JSON');
    at++;
  }
  try {
    readAny('');
    if (at < tokens.length) refuse('goes on');
    return { paths };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problem: error.message };
  }
}
