import { Command } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { colocalizeCommand } from './commands/colocalize.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { experimentCommand } from './commands/experiment.ts';
import { mapCommand } from './commands/map.ts';
import { optimizeCommand } from './commands/optimize.ts';
import { paperCommand } from './commands/paper.ts';
import { runCommand } from './commands/run.ts';
import { slamCommand } from './commands/slam.ts';
import { trainCommand } from './commands/train.ts';

/** Every command there is. */
export function peerslamProgram(): Command {
  const program = new Command('peerslam')
    .description(
      'A team of robots maps a building by visual SLAM, and a policy decides who maps and who watches whom.',
    )
    .addCommand(runCommand())
    .addCommand(slamCommand())
    .addCommand(mapCommand())
    .addCommand(evaluateCommand())
    .addCommand(optimizeCommand())
    .addCommand(colocalizeCommand())
    .addCommand(trainCommand())
    .addCommand(experimentCommand())
    .addCommand(paperCommand())
    .addCommand(benchCommand());
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}
