// Attributes of the identity domain's resources and their characteristics (RFC 7643 §7 and Oracle's own), written one to a line.

export type AttributeType = 'string' | 'boolean' | 'integer' | 'complex';
export type Returned = 'always' | 'default' | 'request' | 'never';
export type Mutability = 'readWrite' | 'readOnly' | 'immutable' | 'writeOnly';

export interface Attribute {
  /** Of an extension: its URN. */
  name: string;
  type: AttributeType;
  isMany: boolean;
  returned: Returned;
  mutability: Mutability;
  isRequired: boolean;
  /** Oracle's idcsSearchable: whether filters and sorting may name it. */
  isSearchable: boolean;
  isExact: boolean;
  uniqueness: 'none' | 'server' | 'global';
  /** The only values there are. */
  words: readonly string[] | undefined;
  parts: readonly Attribute[];
}

const types: readonly string[] = ['boolean', 'integer'];
const line = /^( *)([^\s*:]\S*?)(\*)?((?: +[a-zA-Z]+)*)(?: += +(.+))?$/;

/**
 * Lines of `name[*] [characteristics] [= words]`; parts of a complex attribute stand below it, two spaces further in. What is not
 * said has its default: a string, one value, read and written, returned by default. The name of an extension is its URN.
 */
export function attributesOf(text: string): readonly Attribute[] {
  const top: Attribute[] = [];
  const open: { indent: number; parts: Attribute[] }[] = [{ indent: -1, parts: top }];
  for (const written of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, space = '', name = '', many, said = '', words] = line.exec(written) ?? [];
    if (name === '') throw new TypeError(`attributes: '${written.trim()}' is not written as one`);
    while ((open.at(-1)?.indent ?? -1) >= space.length) open.pop();
    const parts: Attribute[] = [];
    open.at(-1)?.parts.push(readOne(name, many === '*', said.trim().split(/ +/), words?.split(' '), parts));
    open.push({ indent: space.length, parts });
  }
  return top;
}

function readOne(
  name: string,
  isMany: boolean,
  said: readonly string[],
  words: readonly string[] | undefined,
  parts: readonly Attribute[],
): Attribute {
  const has = (word: string) => said.includes(word);
  const one = <T extends string>(usual: T, ...others: readonly T[]): T => others.find(has) ?? usual;
  return {
    name,
    get type(): AttributeType {
      return parts.length > 0 || has('complex')
        ? 'complex'
        : ((said.find((word) => types.includes(word)) ?? 'string') as AttributeType);
    },
    isMany,
    returned: one<Returned>('default', 'always', 'request', 'never'),
    mutability: one<Mutability>('readWrite', 'readOnly', 'immutable', 'writeOnly'),
    isRequired: has('required'),
    isSearchable: has('search'),
    isExact: has('exact'),
    uniqueness: has('global') ? 'global' : has('unique') ? 'server' : 'none',
    words,
    parts,
  };
}

/** RFC 7643 §2.1: names of attributes are the same in capitals and small letters. */
export function findPart(parts: readonly Attribute[], name: string): Attribute | undefined {
  const wanted = name.toLowerCase();
  return parts.find((part) => part.name.toLowerCase() === wanted);
}
