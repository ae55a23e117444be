import type { Decision, Task } from '../../base/allocation.ts';
import type { Reader, Writer } from './wire.ts';

const TASK_KINDS = ['map', 'observe'] as const;
const VALUED_TASK_BYTES = 9;

export function writeTask(writer: Writer, task: Task): void {
  writer.u8(TASK_KINDS.indexOf(task.kind));
  if (task.kind === 'observe') writer.i32(task.peer);
}

export function readTask(reader: Reader, field: string): Task {
  const kind = reader.choice(`${field}.kind`, TASK_KINDS);
  return kind === 'observe' ? { kind, peer: reader.i32(`${field}.peer`) } : { kind };
}

export function writeDecision(writer: Writer, decision: Decision): void {
  writeTask(writer, decision.task);
  writer.u8(decision.values ? 1 : 0);
  if (!decision.values) return;
  writer.u32(decision.values.length);
  for (const { task, value } of decision.values) {
    writeTask(writer, task);
    writer.f64(value);
  }
}

export function readDecision(reader: Reader): Decision {
  const task = readTask(reader, 'decision.task');
  if (reader.u8('whether a decision has values') !== 1) return { task };
  const count = reader.count('decision.values', VALUED_TASK_BYTES);
  const values = Array.from({ length: count }, () => ({
    task: readTask(reader, 'decision.values.task'),
    value: reader.f64('decision.values.value'),
  }));
  return { task, values };
}
