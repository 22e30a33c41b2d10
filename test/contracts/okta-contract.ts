// Okta's published description as a judge of responses (of the sandbox) and of requests (of clients).

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { corrections, extraQuery, isUnusablePattern, type Json, proseFormat } from './okta-overlay.ts';

export interface OktaContract {
  /** Problems with a response; none when it is as published. An operation that is not published is a problem. */
  checkResponse(method: string, pathname: string, status: number, body: unknown): string[];
  /** Problems with a request: its operation, the names and values of its query, its body. */
  checkRequest(method: string, url: string | URL, body?: unknown): string[];
  /** Every OAuth scope that some operation takes. */
  scopes(): string[];
}

interface Operation {
  path: string;
  method: string;
  segments: string[];
  definition: Json;
  parameters: Json[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Null, with one visible line, where the contracts are not at hand; with CI=true that is a failure. */
export function loadOktaContract(document: 'okta-management' | 'okta-oauth' = 'okta-management'): OktaContract | null {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const folder = process.env.CASTELLAN_CONTRACTS ?? `${root}../shared/contracts`;
  const file = `${folder}/${document}.openapi.json`;
  if (!existsSync(file)) {
    if (process.env.CI === 'true') throw new Error(`Okta's contract is not at ${folder}; set CASTELLAN_CONTRACTS`);
    process.stderr.write(`skipped: Okta's contract is not at ${folder} (CASTELLAN_CONTRACTS says where it is)\n`);
    return null;
  }
  return createContract(JSON.parse(readFileSync(file, 'utf8')) as Json);
}

function createContract(document: Json): OktaContract {
  const schemas = (document.components as Json).schemas as Record<string, Json>;
  for (const { schema, apply } of corrections) if (schemas[schema]) apply(schemas[schema]);
  toJsonSchema(schemas);
  const ajv = new Ajv({ strict: false, allErrors: false, discriminator: false, validateFormats: true, logger: false });
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  ajv.addSchema({ $id: 'okta', components: { schemas } });
  const operations = listOperations(document);
  const compiled = new Map<string, ValidateFunction>();

  function validate(name: string, schema: Json, value: unknown): string[] {
    let check = compiled.get(name);
    if (!check) {
      const copy = structuredClone(schema);
      toJsonSchema(copy);
      check = ajv.compile(pointInto(copy) as Json);
      compiled.set(name, check);
    }
    if (check(value)) return [];
    return (check.errors ?? []).map(
      (error) => `${name} ${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  }

  return {
    scopes: () =>
      operations.flatMap(({ definition }) =>
        ((definition.security ?? []) as Json[]).flatMap(({ oauth2 }) => (oauth2 ?? []) as string[]),
      ),
    checkResponse(method, pathname, status, body) {
      const operation = findOperation(operations, method, pathname);
      const name = operation ? `${operation.method} ${operation.path} ${status}` : '';
      if (status >= 400) {
        // The authorization server's errors are of another form; what is not declared is Okta's usual one.
        const declared = resolve(document, (operation?.definition.responses as Json | undefined)?.[status] as Json);
        const schema = declared && schemaOf(declared);
        return validate(schema ? name : 'Error', schema ?? { $ref: '#/components/schemas/Error' }, body);
      }
      if (!operation) return [`${method} ${pathname} is not a published operation`];
      const response = resolve(document, (operation.definition.responses as Json)[String(status)] as Json | undefined);
      if (!response) return [`${name} is not a published status`];
      const schema = schemaOf(response);
      return schema ? validate(name, schema, body) : [];
    },
    checkRequest(method, url, body) {
      const { pathname, searchParams } = new URL(url);
      const operation = findOperation(operations, method, pathname);
      if (!operation) return [`${method} ${pathname} is not a published operation`];
      const name = `${operation.method} ${operation.path}`;
      const problems = checkQuery(operation, name, searchParams, validate);
      const request = resolve(document, operation.definition.requestBody as Json | undefined);
      const schema = request && schemaOf(request);
      if (body === undefined) return request?.required === true ? [...problems, `${name} needs a body`] : problems;
      if (!schema) return [...problems, `${name} takes no body`];
      return [...problems, ...validate(`${name} body`, schema, body)];
    },
  };

  function checkQuery(operation: Operation, name: string, given: URLSearchParams, check: typeof validate): string[] {
    const known = operation.parameters.filter((parameter) => parameter.in === 'query');
    const problems: string[] = [];
    for (const [key, text] of given) {
      const parameter = known.find((candidate) => candidate.name === key);
      if (parameter)
        problems.push(...check(`${name} ?${key}`, (parameter.schema ?? {}) as Json, readValue(parameter, text)));
      else if (!extraQuery[name]?.includes(key)) problems.push(`${name} has no query parameter '${key}'`);
    }
    for (const parameter of known) {
      if (parameter.required === true && !given.has(String(parameter.name)))
        problems.push(`${name} needs '${parameter.name}'`);
    }
    return problems;
  }
}

function readValue(parameter: Json, text: string): unknown {
  const type = (parameter.schema as Json | undefined)?.type;
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return type === 'array' ? text.split(',') : text;
}

function listOperations(document: Json): Operation[] {
  return Object.entries(document.paths as Record<string, Json>).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => {
        const definition = item[method] as Json;
        const parameters = [
          ...((item.parameters as Json[] | undefined) ?? []),
          ...((definition.parameters as Json[] | undefined) ?? []),
        ];
        return {
          path,
          method: method.toUpperCase(),
          segments: path.split('/'),
          definition,
          parameters: parameters.map((parameter) => resolve(document, parameter) as Json),
        };
      }),
  );
}

/** The operation with the most literal segments: 'groups/rules' is not a group. */
function findOperation(operations: readonly Operation[], method: string, pathname: string): Operation | undefined {
  const segments = pathname.split('/');
  const literal = (operation: Operation) => operation.segments.filter((segment) => !segment.startsWith('{')).length;
  return operations
    .filter(
      (operation) =>
        operation.method === method &&
        operation.segments.length === segments.length &&
        operation.segments.every((segment, i) =>
          segment.startsWith('{') ? segments[i] !== '' : segment === segments[i],
        ),
    )
    .toSorted((a, b) => literal(b) - literal(a))[0];
}

function resolve(document: Json, part: Json | undefined): Json | undefined {
  const target = part?.$ref;
  if (typeof target !== 'string') return part;
  return target
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Json)[key], document) as Json;
}

function schemaOf(content: Json): Json | undefined {
  const types = content.content as Json | undefined;
  const type = types?.['application/json'] ?? types?.['application/x-www-form-urlencoded'];
  return (type as Json | undefined)?.schema as Json | undefined;
}

/** OpenAPI 3.0 → JSON Schema: null, a oneOf told apart by a property, patterns and formats ajv has no use for. */
function toJsonSchema(node: unknown): void {
  if (Array.isArray(node)) for (const part of node) toJsonSchema(part);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const schema = node as Json;
  for (const [key, value] of Object.entries(schema)) if (key !== 'enum' && key !== 'example') toJsonSchema(value);
  if (typeof schema.pattern === 'string' && isUnusablePattern(schema.pattern)) delete schema.pattern;
  if (typeof schema.format === 'string' && proseFormat.test(schema.format)) delete schema.format;
  if (schema.nullable === true && typeof schema.type === 'string') schema.type = [schema.type, 'null'];
  if (schema.nullable === true && Array.isArray(schema.enum)) schema.enum = [...schema.enum, null];
  delete schema.nullable;
  const discriminator = schema.discriminator as { propertyName: string; mapping?: Record<string, string> } | undefined;
  if (Array.isArray(schema.oneOf) && discriminator?.mapping) {
    const { propertyName, mapping } = discriminator;
    schema.required = [propertyName];
    schema.properties = { [propertyName]: { enum: Object.keys(mapping) } };
    schema.allOf = Object.entries(mapping).map(([value, $ref]) => ({
      anyOf: [{ not: { properties: { [propertyName]: { const: value } }, required: [propertyName] } }, { $ref }],
    }));
    delete schema.oneOf;
  }
  // A parent refers to its children only where it is used as such: the uses carry the oneOf.
  delete schema.discriminator;
}

/** References go into the one document that ajv knows. */
function pointInto(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(pointInto);
  if (typeof node !== 'object' || node === null) return node;
  const pointed = Object.entries(node).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string' ? `okta${value}` : pointInto(value),
  ]);
  return Object.fromEntries(pointed);
}
