#!/usr/bin/env node
import { CommanderError } from 'commander';
import { InputError } from '../base/errors.ts';
import { leaveWhenInterrupted } from './interrupt.ts';

const FAILED = 1;
const BAD_INPUT = 2;

// Loading the commands takes long enough for a Ctrl-C.
const loaded = leaveWhenInterrupted();
const { peerslamProgram } = await import('./program.ts');
loaded();

try {
  await peerslamProgram().parseAsync();
} catch (error) {
  process.exitCode = statusOf(error as Error);
}

/** Commander has already said what was wrong with the usage; the rest is said here. */
function statusOf(error: Error): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
  if (error instanceof InputError) {
    process.stderr.write(`error: ${error.message}\n`);
    return BAD_INPUT;
  }
  process.stderr.write(`${error.stack}\n`);
  return FAILED;
}
