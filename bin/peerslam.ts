#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { InputError } from '../base/errors.ts';
import { benchCommand } from './commands/bench.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { mapCommand } from './commands/map.ts';
import { optimizeCommand } from './commands/optimize.ts';
import { runCommand } from './commands/run.ts';
import { slamCommand } from './commands/slam.ts';

const FAILED = 1;
const BAD_INPUT = 2;

const program = new Command('peerslam')
  .description(
    'A team of robots maps a building by visual SLAM, and a policy decides who maps and who watches whom.',
  )
  .addCommand(runCommand())
  .addCommand(slamCommand())
  .addCommand(mapCommand())
  .addCommand(evaluateCommand())
  .addCommand(optimizeCommand())
  .addCommand(benchCommand());

for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
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
