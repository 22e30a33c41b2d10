// The models of Oracle's SDKs as a judge of responses (of the sandbox) and of requests (of clients): identity domains, IAM,
// Object Storage and Audit.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import {
  basePaths,
  bodyModels,
  domainError,
  extraOperations,
  type Json,
  lists,
  looseEnds,
  neededQuery,
  openBodies,
  patchWords,
  queryRules,
  serviceError,
} from './oci-overlay.ts';
import { type Asked, createScimRules, type Models } from './oci-scim-rules.ts';

export interface OciContract {
  /** Problems with a response; none when it is as published. An operation or a field that nobody knows is a problem. */
  checkResponse(method: string, url: string | URL, status: number, body: unknown, sent?: unknown): string[];
  /** Problems with a request: its operation, the names and values of its query, the fields of its body. */
  checkRequest(method: string, url: string | URL, body?: unknown): string[];
  /** The operation that a request is one of: 'GET /20160918/compartments/{compartmentId}'. */
  nameOf(method: string, pathname: string): string | undefined;
}

interface Operation {
  /** The file it is in. */
  service: string;
  method: string;
  path: string;
  pattern: RegExp;
  /** The model's own: 'list_compartments'. */
  name: string;
  query: readonly string[];
  /** A model, 'list[Model]', 'str', 'stream'; null: no body. */
  answer: string | null;
}

const domains = 'oci-identity-domains';

/** Null, with one visible line, where the contracts are not at hand; with CI=true that is a failure. */
export function loadOciContract(): OciContract | null {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const folder = process.env.CASTELLAN_CONTRACTS ?? `${root}../shared/contracts`;
  const services = Object.keys(basePaths);
  if (!services.every((service) => existsSync(`${folder}/${service}.json`))) {
    if (process.env.CI === 'true') throw new Error(`OCI's contract is not at ${folder}; set CASTELLAN_CONTRACTS`);
    process.stderr.write(`skipped: OCI's contract is not at ${folder} (CASTELLAN_CONTRACTS says where it is)\n`);
    return null;
  }
  return createContract(
    new Map(services.map((name) => [name, JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as Json])),
  );
}

function createContract(files: ReadonlyMap<string, Json>): OciContract {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, coerceTypes: false, logger: false });
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  for (const [service, { $defs }] of files) {
    const models = { ...($defs as Models), object: {} };
    for (const grade of ['sent', 'whole', 'sparse'] as const) {
      const graded = Object.entries(models).map(([name, model]) => [
        name,
        gradeModel(`${service}-${grade}`, model, grade),
      ]);
      ajv.addSchema({ $id: `${service}-${grade}`, $defs: Object.fromEntries(graded) });
    }
  }
  const scim = createScimRules((files.get(domains)?.$defs ?? {}) as Models, validate);
  const operations = listOperations(files);
  const compiled = new Map<string, ValidateFunction>();

  function validate(name: string, schema: Json, value: unknown): string[] {
    const key = `${name} ${JSON.stringify(schema)}`;
    let check = compiled.get(key);
    if (!check) {
      check = ajv.compile(schema);
      compiled.set(key, check);
    }
    if (check(value)) return [];
    return (check.errors ?? []).map(
      (error) => `${name} ${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  }

  const find = (method: string, pathname: string) =>
    operations.find((operation) => operation.method === method.toUpperCase() && operation.pattern.test(pathname));
  const nameIt = (operation: Operation) => `${operation.method} ${operation.path}`;

  function checkQuery(operation: Operation, given: URLSearchParams): string[] {
    const name = nameIt(operation);
    const missing = (neededQuery[operation.service]?.[operation.name] ?? []).filter((key) => !given.has(key));
    const wrong = [...new Set(given.keys())].flatMap((key) => {
      if (!operation.query.includes(key)) return [`${name} has no query parameter '${key}'`];
      const schema = queryRules[operation.service]?.[key] ?? { type: 'string', minLength: 1 };
      const values = given.getAll(key);
      if (values.length > 1 && !lists.includes(key)) return [`${name} has '${key}' more than once`];
      const parts = lists.includes(key) ? values.flatMap((value) => value.split(',')) : values;
      return parts.flatMap((part) => validate(`${name} ?${key}`, schema, readText(part, schema)));
    });
    return [...missing.map((key) => `${name} needs '${key}'`), ...wrong];
  }

  function bodyModelOf({ service, method, path, name, answer }: Operation): string | undefined {
    const models = (files.get(service)?.$defs ?? {}) as Models;
    if (service === domains) {
      if (path.endsWith('/.search')) return searchModel(answer ?? '', models);
      return method === 'PATCH' ? 'PatchOp' : method === 'POST' || method === 'PUT' ? (answer ?? undefined) : undefined;
    }
    const model = bodyModels[name] ?? `${name.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())}Details`;
    return model in models ? model : undefined;
  }

  function checkBody(operation: Operation, body: unknown): string[] {
    const name = nameIt(operation);
    if (openBodies.includes(operation.name)) return [];
    const model = bodyModelOf(operation);
    if (model === undefined) return body === undefined ? [] : [`${name} takes no body`];
    if (body === undefined) return [`${name} needs a body`];
    return validate(`${name} body`, { $ref: `${operation.service}-sent#/$defs/${model}` }, body);
  }

  return {
    nameOf(method, pathname) {
      const operation = find(method, pathname);
      return operation && nameIt(operation);
    },
    checkResponse(method, url, status, body, sent) {
      const { pathname, searchParams } = new URL(url, 'http://oci.example');
      const isDomain = pathname.startsWith('/admin/v1/');
      // An answer to HEAD has no body to say it in.
      if (status >= 400) return method === 'HEAD' ? [] : validate('error', isDomain ? domainError : serviceError, body);
      const operation = find(method, pathname);
      if (!operation) return [`${method} ${pathname} is not a known operation`];
      const name = `${nameIt(operation)} response`;
      const { answer, service } = operation;
      if (operation.name === 'get_signing_keys') return validate(name, { required: ['keys'] }, body);
      if (answer === 'stream') return [];
      if (answer === null) return body === undefined || body === '' ? [] : [`${name} has no body`];
      if (answer === 'str') return validate(name, { type: 'string', minLength: 1 }, body);
      const asked = isDomain ? readAsked(method, pathname, searchParams, sent) : undefined;
      const isUsual = !asked?.sets || asked.sets.some((set) => set === 'all' || set === 'default');
      const grade = asked?.attributes || !isUsual ? 'sparse' : 'whole';
      const [, item] = /^list\[(\w+)\]$/.exec(answer) ?? [];
      const ref = { $ref: `${service}-${grade}#/$defs/${item ?? answer}` };
      const problems = validate(name, item ? { type: 'array', items: ref } : ref, body);
      return asked && problems.length === 0 ? scim.checkReturned(name, answer, body, asked) : problems;
    },
    checkRequest(method, url, body) {
      const { pathname, searchParams } = new URL(url, 'http://oci.example');
      const operation = find(method, pathname);
      if (!operation) return [`${method} ${pathname} is not a known operation`];
      const problems = [...checkQuery(operation, searchParams), ...checkBody(operation, body)];
      if (operation.service !== domains || problems.length > 0) return problems;
      const asked = readAsked(method, pathname, searchParams, body);
      return scim.checkAsked(nameIt(operation), operation.answer, asked, method === 'PATCH' ? body : undefined);
    },
  };
}

/** What of a resource is asked for, and by what it is chosen: in the query, or in the body of a search. */
function readAsked(method: string, pathname: string, query: URLSearchParams, body: unknown): Asked {
  const isSearch = pathname.endsWith('/.search');
  const from = (isSearch ? (body ?? {}) : Object.fromEntries(query)) as Record<string, unknown>;
  const listOf = (key: string) => {
    const values = isSearch ? from[key] : query.getAll(key).flatMap((value) => value.split(','));
    return Array.isArray(values) && values.length > 0 ? values.map((value) => String(value).trim()) : undefined;
  };
  const textOf = (key: string) => (typeof from[key] === 'string' ? from[key] : undefined);
  return {
    isRead: method === 'GET' || isSearch,
    attributes: listOf('attributes'),
    sets: listOf('attributeSets'),
    filter: textOf('filter'),
    sortBy: textOf('sortBy'),
  };
}

/** The model of a search is named after the one that it finds, or after its list (PasswordPolicySearchRequest). */
function searchModel(list: string, models: Models): string {
  const single = list.replace(/ies$/, 'y').replace(/s$/, '');
  return [`${single}SearchRequest`, `${list}SearchRequest`].find((name) => name in models) ?? '';
}

function listOperations(files: ReadonlyMap<string, Json>): Operation[] {
  const operations = [...files].flatMap(([service, { paths }]) =>
    [
      ...(paths as [string, string, string, string[], string | null][]),
      ...(service === domains ? extraOperations : []),
    ].map(([method, below, name, query, answer]): Operation => {
      const path = `${basePaths[service]}${below}`;
      const pattern = path
        .replaceAll('.', '\\.')
        .replaceAll('{objectName}', '.+')
        .replace(/\{\w+\}/g, '[^/]+');
      return {
        service,
        method,
        path,
        pattern: new RegExp(`^${pattern}${looseEnds.includes(service) ? '/?' : ''}$`),
        name,
        query,
        answer,
      };
    }),
  );
  // The more is written out the sooner: '.search' is not somebody's id.
  const shapeOf = (path: string) => path.replace(/\{\w+\}/g, '').length;
  return operations.toSorted((a, b) => shapeOf(b.path) - shapeOf(a.path));
}

function readText(text: string, schema: Json): unknown {
  if (schema.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  return schema.type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/**
 * A field that the model has not is a fault. What a request must have is required as published; of an answer, only what is
 * given unasked; of an answer with chosen attributes, nothing.
 */
function gradeModel(document: string, model: Json, grade: 'sent' | 'whole' | 'sparse'): Json {
  const { properties, required, ...rest } = pointTo(model, document) as Json & {
    properties?: Record<string, Json>;
    required?: string[];
  };
  if (!properties) return rest;
  const isList = 'Resources' in properties;
  const isNeeded = (name: string) => {
    if (grade === 'sent' || isList) return true;
    const returned = properties[name]?.['x-returned'] ?? 'default';
    return grade === 'whole' && (returned === 'always' || returned === 'default');
  };
  const op = properties.op as { enum?: string[] } | undefined;
  const open = op?.enum?.includes('REMOVE') ? { ...properties, op: { enum: patchWords } } : properties;
  return {
    ...rest,
    properties: open,
    // Names of extensions are looked at elsewhere: an administrator may add some.
    patternProperties: { '^urn:': {} },
    additionalProperties: false,
    required: (required ?? []).filter(isNeeded),
  };
}

function pointTo(node: unknown, document: string): unknown {
  if (Array.isArray(node)) return node.map((part) => pointTo(part, document));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? `${document}${value}` : pointTo(value, document),
    ]),
  );
}
