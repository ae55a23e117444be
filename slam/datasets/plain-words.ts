import type { core } from 'zod';

/** What a calibration file has wrong, as whoever wrote it would put it: `cy is missing; it should be a number`. @param file its content */
export function inPlainWords({ issues }: core.$ZodError, file: unknown): string {
  return issues.map((issue) => explain(issue, file)).join('; ');
}

function explain(issue: core.$ZodIssue, file: unknown): string {
  const name = issue.path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
  if (issue.code === 'unrecognized_keys')
    return `${issue.keys.join(', ')} ${issue.keys.length > 1 ? 'are no keys' : 'is no key'} of a camera`;
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown>)[part],
    file,
  );
  const state =
    value === undefined ? 'is missing' : value === null ? 'is empty' : `is ${JSON.stringify(value)}`;
  return `${name || 'the whole'} ${state}; it should be ${expectation(issue)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  array: 'a list',
  tuple: 'a list',
  object: 'keys with values',
};

function expectation(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length > 1 ? `one of ${issue.values.join(', ')}` : String(issue.values[0]);
    case 'too_small':
      if (issue.origin === 'array') return `a list of ${issue.exact ? '' : 'at least '}${issue.minimum}`;
      return issue.inclusive ? `${issue.minimum} or more` : `above ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `a list of ${issue.exact ? '' : 'at most '}${issue.maximum}`;
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}
