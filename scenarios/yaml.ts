import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { InputError } from '../base/errors.ts';
import { explain, type Problem } from './problems.ts';

/** What a YAML file may be. */
export interface FileKind<T> {
  /** What a person calls it. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** The least it must say, for whoever wrote nothing. */
  readonly least: string;
  /** Spells out shorthand before the schema sees it. */
  readonly spellOut?: (content: unknown) => unknown;
}

/**
 * Reads a file of that kind; what it leaves out is filled in.
 * @param where the file, for messages
 * @throws InputError that names line, key, value and what would be right, for every problem, first in the file first
 */
export function parseYaml<T>(text: string, where: string, kind: FileKind<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // One slip of indentation makes a parser complain in several places: the first says where.
  if (document.errors.length > 0) {
    const [{ pos, message }] = document.errors;
    throw new InputError(`${where}:${lines.linePos(pos[0]).line}`, `not YAML: ${message}`);
  }
  if (document.contents === null)
    throw new InputError(where, `is empty; the least ${article(kind.name)} needs is ${kind.least}`);
  const plainContent = plain(document, where);
  const content = kind.spellOut?.(plainContent) ?? plainContent;
  const parsed = kind.schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, content, kind));
  throw inputError(
    where,
    problems.map((problem) => ({ line: lineOf(document, lines, problem), what: problem.what })),
  );
}

function article(name: string): string {
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function plain(document: Document, where: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new InputError(where, `not YAML: ${(error as Error).message}`, { cause: error });
  }
}

function inputError(where: string, problems: readonly { line: number; what: string }[]): InputError {
  const [first, ...others] = [...problems].sort((a, b) => a.line - b.line);
  const rest = others.map(({ line, what }) => `\n${where}:${line}: ${what}`).join('');
  return new InputError(`${where}:${first.line}`, first.what + rest);
}

/** Where a problem's key stands; of a missing key, where the map it belongs in begins. */
function lineOf(document: Document, lines: LineCounter, { path }: Problem): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => (isScalar(key) ? key.value : key) === last);
      if (isPair(pair) && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
