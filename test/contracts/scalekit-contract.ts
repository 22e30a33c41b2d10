// Scalekit's descriptions as a judge of responses (of the sandbox) and of requests (of clients): its public OpenAPI document where
// that has the operation, and what its protobuf descriptors say of each.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import {
  extraQuery,
  extraStatuses,
  fieldRules,
  forgottenInQuery,
  forgottenWords,
  type Json,
  misplacedRequired,
  neededQuery,
  pageSizes,
  wellKnown,
} from './scalekit-overlay.ts';

export interface ScalekitContract {
  /** Problems with a response; none when it is as published. An operation or a field that nobody knows is a problem. */
  checkResponse(method: string, pathname: string, status: number, body: unknown): string[];
  /** Problems with a request: its operation, the names and values of its query, the fields of its body. */
  checkRequest(method: string, url: string | URL, body?: unknown): string[];
  /** The operation that a request is one of: 'GET /api/v1/users/{id}'. */
  nameOf(method: string, pathname: string): string | undefined;
}

interface Operation {
  method: string;
  path: string;
  pattern: RegExp;
  /** Parameters of the path. */
  params: string[];
  /** Field of the request message that the body is; '*' all of it; absent: no body. */
  bodyField: string | undefined;
  request: string;
  response: string;
  published: Json | undefined;
}

/** Null, with one visible line, where the contracts are not at hand; with CI=true that is a failure. */
export function loadScalekitContract(): ScalekitContract | null {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const folder = process.env.CASTELLAN_CONTRACTS ?? `${root}../shared/contracts`;
  const files = ['scalekit-derived.json', 'scalekit-public.openapi.json'].map((name) => `${folder}/${name}`);
  if (!files.every((file) => existsSync(file))) {
    if (process.env.CI === 'true') throw new Error(`Scalekit's contract is not at ${folder}; set CASTELLAN_CONTRACTS`);
    process.stderr.write(`skipped: Scalekit's contract is not at ${folder} (CASTELLAN_CONTRACTS says where it is)\n`);
    return null;
  }
  const [derived, published] = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Json);
  return createContract(derived as Json, published as Json);
}

function createContract(derived: Json, published: Json): ScalekitContract {
  const schemas = (published.components as Json).schemas as Record<string, { enum?: string[] }>;
  for (const [name, word] of Object.entries(forgottenWords)) schemas[name]?.enum?.push(word);
  const messages = { ...(derived.$defs as Record<string, Json>), ...wellKnown };
  for (const { message, field, schema } of fieldRules) {
    const { properties } = messages[`scalekit.v1.${message}`] as { properties: Json };
    if (!(field in properties)) throw new Error(`the overlay has a rule for ${message}.${field}, which there is not`);
    properties[field] = { allOf: [properties[field], schema] };
  }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  ajv.addSchema({ $id: 'derived', $defs: Object.fromEntries(Object.entries(messages).map(close)) });
  ajv.addSchema({ $id: 'public', components: published.components });
  const operations = listOperations(derived, published);
  const compiled = new Map<string, ValidateFunction>();

  function validate(name: string, schema: Json, value: unknown): string[] {
    let check = compiled.get(name);
    if (!check) {
      check = ajv.compile(schema);
      compiled.set(name, check);
    }
    if (check(value)) return [];
    return (check.errors ?? []).map(
      (error) => `${name} ${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  }

  const find = (method: string, pathname: string) =>
    operations.find((operation) => operation.method === method.toUpperCase() && operation.pattern.test(pathname));
  const messageOf = (name: string): Json => ({ $ref: `derived#/$defs/${name}` });

  function checkQuery(operation: Operation, name: string, given: URLSearchParams): string[] {
    const known = queryOf(operation, messages, published);
    const missing = (neededQuery[name] ?? []).filter((key) => !given.has(key)).map((key) => `${name} needs '${key}'`);
    const wrong = [...new Set(given.keys())].flatMap((key) => {
      if (extraQuery[name]?.includes(key)) return [];
      const schemas = known.get(key);
      if (!schemas) return [`${name} has no query parameter '${key}'`];
      return schemas.flatMap((schema, n) => {
        const values = given.getAll(key).map((text) => readText(text, schema, messages));
        const value = isList(schema, messages) ? values : values.at(-1);
        if (value === forgottenInQuery[`${name} ?${key}`]) return [];
        return validate(`${name} ?${key}${n > 0 ? ' as published' : ''}`, pointInto(schema) as Json, value);
      });
    });
    return [...missing, ...wrong];
  }

  function checkPageSize(name: string, given: URLSearchParams): string[] {
    const limits = pageSizes[name];
    const text = given.get('page_size');
    if (!limits || text === null) return [];
    const [least, most] = limits;
    return Number(text) >= least && Number(text) <= most ? [] : [`${name} ?page_size must be ${least} to ${most}`];
  }

  function checkBody(operation: Operation, name: string, body: unknown): string[] {
    const { bodyField, request, published: definition } = operation;
    if (bodyField === undefined) {
      // The gateway reads no body here; an empty object does no harm.
      return body === undefined || JSON.stringify(body) === '{}' ? [] : [`${name} takes no body`];
    }
    if (body === undefined) return [`${name} needs a body`];
    const message = messages[request] as Json;
    const field = (message.properties as Json | undefined)?.[bodyField] as Json | undefined;
    const schema = bodyField === '*' ? messageOf(request) : (pointInto(field) as Json);
    const said = schemaOf(definition?.requestBody as Json | undefined);
    const open = said && misplacedRequired.includes(name) ? { $ref: said.$ref } : said;
    return [
      ...validate(`${name} body`, schema, body),
      ...(open ? validate(`${name} published body`, pointIntoPublic(open) as Json, body) : []),
    ];
  }

  return {
    nameOf(method, pathname) {
      const operation = find(method, pathname);
      return operation && `${operation.method} ${operation.path}`;
    },
    checkResponse(method, pathname, status, body) {
      if (status >= 400) return validate('error', errorSchema, body);
      const operation = find(method, pathname);
      if (!operation) return [`${method} ${pathname} is not a known operation`];
      const name = `${operation.method} ${operation.path}`;
      const problems = validate(`${name} response`, messageOf(operation.response), body);
      const responses = operation.published?.responses as Json | undefined;
      if (!responses) return problems;
      if (!responses[status] && !extraStatuses[name]?.includes(status))
        return [...problems, `${name} ${status} is not a published status`];
      const open = schemaOf(responses[status] as Json | undefined);
      if (open) problems.push(...validate(`${name} ${status}`, pointIntoPublic(open) as Json, body));
      return problems;
    },
    checkRequest(method, url, body) {
      const { pathname, searchParams } = new URL(url);
      const operation = find(method, pathname);
      if (!operation) return [`${method} ${pathname} is not a known operation`];
      const name = `${operation.method} ${operation.path}`;
      return [
        ...checkQuery(operation, name, searchParams),
        ...checkPageSize(name, searchParams),
        ...checkBody(operation, name, body),
      ];
    },
  };
}

/** Of a gRPC gateway: google.rpc.Status, with Scalekit's details. */
const errorSchema: Json = {
  type: 'object',
  required: ['code', 'message', 'details'],
  additionalProperties: false,
  properties: {
    code: { type: 'integer', minimum: 1, maximum: 16 },
    message: { type: 'string', minLength: 1 },
    details: {
      type: 'array',
      items: {
        required: ['@type', 'error_code'],
        properties: { '@type': { const: 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo' } },
        allOf: [{ $ref: 'public#/components/schemas/errdetailsErrorInfo' }],
      },
    },
  },
};

function listOperations(derived: Json, published: Json): Operation[] {
  const paths = published.paths as Record<string, Json>;
  const publishedAs = new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, definition]) => [
        `${method.toUpperCase()} ${shapeOf(path)}`,
        definition as Json,
      ]),
    ),
  );
  const operations = (derived.ops as string[][]).flatMap(([, , rules = '', request = '', response = '']) =>
    rules.split(' ALSO ').map((rule): Operation => {
      const [method = '', path = '', body] = rule.split(' ');
      return {
        method,
        path,
        pattern: new RegExp(`^${shapeOf(path).replaceAll('.', '\\.').replaceAll('{}', '[^/:]+')}$`),
        params: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
        bodyField: body?.replace('body=', ''),
        request,
        response,
        published: publishedAs.get(`${method} ${shapeOf(path)}`),
      };
    }),
  );
  // The more is written out the sooner: 'users/me' is not a user.
  return operations.toSorted(
    (a, b) => shapeOf(b.path).replaceAll('{}', '').length - shapeOf(a.path).replaceAll('{}', '').length,
  );
}

const shapeOf = (path: string) => path.replace(/\{\w+\}/g, '{}');

/** Whatever of the request message is neither in the path nor in the body, parts of messages with a dot; and what is published. */
function queryOf(operation: Operation, messages: Record<string, Json>, published: Json): Map<string, Json[]> {
  const known = new Map<string, Json[]>();
  const { properties = {} } = messages[operation.request] as { properties?: Record<string, Json> };
  if (operation.bodyField !== '*') {
    for (const [name, schema] of Object.entries(properties)) {
      if (operation.params.includes(name) || name === operation.bodyField) continue;
      const { properties: parts } = resolve(schema, messages) as { properties?: Record<string, Json> };
      if (!parts) known.set(name, [schema]);
      else for (const [part, of] of Object.entries(parts)) known.set(`${name}.${part}`, [of]);
    }
  }
  for (const each of (operation.published?.parameters ?? []) as Json[]) {
    const { in: place, name, schema } = resolvePublic(each, published);
    if (place === 'query') known.set(String(name), [...(known.get(String(name)) ?? []), (schema ?? {}) as Json]);
  }
  return known;
}

function readText(text: string, schema: Json, messages: Record<string, Json>): unknown {
  const { type, items } = resolve(schema, messages) as { type?: string; items?: Json };
  const of = type === 'array' && items ? (resolve(items, messages).type as string | undefined) : type;
  if (of === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  return of === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

const isList = (schema: Json, messages: Record<string, Json>) => resolve(schema, messages).type === 'array';

function resolve(schema: Json, messages: Record<string, Json>): Json {
  // A field with a rule of the overlay.
  if (Array.isArray(schema.allOf)) return resolve(schema.allOf[0] as Json, messages);
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  return name === undefined ? schema : (messages[name] ?? {});
}

function resolvePublic(part: Json, document: Json): Json {
  if (typeof part.$ref !== 'string') return part;
  return part.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Json)[key], document) as Json;
}

function schemaOf(content: Json | undefined): Json | undefined {
  const types = content?.content as Json | undefined;
  return (types?.['application/json'] as Json | undefined)?.schema as Json | undefined;
}

/** The gateway drops a field that it does not know without a word: here it is a fault. No enum may say nothing. */
function close([name, schema]: [string, Json]): [string, unknown] {
  const closed = pointInto(schema) as Json;
  if (Array.isArray(closed.enum))
    return [name, { ...closed, enum: closed.enum.filter((word) => !/UNSPECIFIED|^INVALID$/.test(String(word))) }];
  return [name, closed.properties ? { ...closed, additionalProperties: false } : closed];
}

const pointInto = (node: unknown) => pointTo(node, (ref) => `derived${ref}`);
const pointIntoPublic = (node: unknown) => pointTo(node, (ref) => `public${ref}`);

function pointTo(node: unknown, rename: (ref: string) => string): unknown {
  if (Array.isArray(node)) return node.map((part) => pointTo(part, rename));
  if (typeof node !== 'object' || node === null) return node;
  const pointed = Object.entries(node).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string' && value.startsWith('#') ? rename(value) : pointTo(value, rename),
  ]);
  return Object.fromEntries(pointed);
}
