import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

/** One thing wrong with a file. */
export interface Problem {
  /** Keys and indices from the top of the file. */
  readonly path: readonly (string | number)[];
  /** Which key, its value, and what would be right. */
  readonly what: string;
}

/** What an issue of Zod means to whoever wrote the file. @param file the file's content @param kind what it should be */
export function explain(
  issue: z.core.$ZodIssue,
  file: unknown,
  kind: { readonly name: string; readonly schema: z.ZodType },
): Problem[] {
  const path = issue.path as (string | number)[];
  const schema = schemaAt(path, file, jsonSchemaOf(kind.schema));
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema?.properties ?? {});
    return issue.keys.map((key) => ({ path: [...path, key], what: unknownKey(key, path, known) }));
  }
  const value = valueAt(path, file);
  const should =
    issue.code === 'custom' ? `it ${issue.message}` : `it should be ${expectation(schema, issue.message)}`;
  const about = schema?.description ? ` (${schema.description})` : '';
  const name = path.length === 0 ? `the ${kind.name}` : keyPath(path);
  const state = value === undefined ? 'is missing' : value === null ? 'is empty' : `is ${printed(value)}`;
  return [{ path, what: `${name} ${state}; ${should}${meant(value, schema)}${about}` }];
}

/** `team.robots[2].start` */
export function keyPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
}

function unknownKey(key: string, path: readonly (string | number)[], known: readonly string[]): string {
  const inside = path.length === 0 ? '' : ` in ${keyPath(path)}`;
  const near = nearest(key, known);
  const hint = near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
  return `unknown key "${key}"${inside}; ${hint}`;
}

/** ` did you mean …?` of a word that is nearly one of those allowed. */
function meant(value: unknown, schema: JsonSchema | undefined): string {
  if (typeof value !== 'string' || !schema) return '';
  const near = nearest(value, choices(schema));
  return near ? `, did you mean "${near}"?` : '';
}

/** The word a typo of at most a third of its letters (and no fewer than two) may stand for. */
function nearest(word: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const near = closest(word.toLowerCase(), words as string[]);
  return distance(word.toLowerCase(), near.toLowerCase()) <= Math.max(2, near.length / 3) ? near : undefined;
}

function expectation(schema: JsonSchema | undefined, fallback: string): string {
  if (!schema) return fallback;
  const words = choices(schema);
  if (words.length > 0) return words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
  switch (schema.type) {
    case 'number':
    case 'integer':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${range(schema)}`;
    case 'string':
      return schema.minLength ? 'text, and not empty' : 'text';
    case 'array':
      return list(schema);
    default:
      return `keys with values${schema.properties ? `: ${Object.keys(schema.properties).join(', ')}` : ''}`;
  }
}

function list({ items, minItems }: JsonSchema): string {
  if (Array.isArray(items)) return `a list of ${items.length} numbers`;
  return minItems ? `a list of at least ${minItems}` : 'a list';
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  // Zod bounds whole numbers by what a double holds exactly; nobody needs to hear of it.
  const upper = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const lower = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  if (lower !== undefined && upper !== undefined) return ` from ${lower} to ${upper}`;
  const parts: string[] = [];
  if (exclusiveMinimum !== undefined) parts.push(` above ${exclusiveMinimum}`);
  if (lower !== undefined) parts.push(`, ${lower} or more`);
  if (upper !== undefined) parts.push(`, at most ${upper}`);
  return parts.join('');
}

function choices(schema: JsonSchema): string[] {
  return (schema.const === undefined ? (schema.enum ?? []) : [schema.const]).map(String);
}

/** The schema of a place in the file. */
function schemaAt(
  path: readonly (string | number)[],
  file: unknown,
  top: JsonSchema,
): JsonSchema | undefined {
  let schema: JsonSchema | undefined = top;
  let value = file;
  for (const part of path) {
    schema = typeof part === 'number' ? itemOf(schema, part) : schema.properties?.[part];
    if (!schema) return undefined;
    value = valueAt([part], value);
    schema = chosen(schema, value);
  }
  return schema;
}

function itemOf({ items }: JsonSchema, index: number): JsonSchema | undefined {
  return Array.isArray(items) ? items[index] : (items as JsonSchema | undefined);
}

/** Of alternatives the one whose `kind` the file names; where it names none, what they have in common: a kind. */
function chosen(schema: JsonSchema, value: unknown): JsonSchema {
  if (!schema.oneOf) return schema;
  const kindOf = (option: JsonSchema) => choices(option.properties?.kind ?? {});
  const kind = String(valueAt(['kind'], value));
  const { description } = schema;
  return (
    schema.oneOf.find((option) => kindOf(option).includes(kind)) ?? {
      description,
      properties: { kind: { description, enum: schema.oneOf.flatMap(kindOf) } },
    }
  );
}

function valueAt(path: readonly (string | number)[], value: unknown): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}

function printed(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
