import type { EdgeKind, TeamEdge } from '../../slam/team/types.ts';
import { ByteReader, ByteWriter } from '../radio/bytes.ts';
import type { AnswerEntry, Entry, MatchEntry, NodeEntry, SightingEntry } from './entries.ts';
import { readCovariance, readPose, writeCovariance, writePose } from './geometry-codec.ts';
import { readPlace, writePlace } from './place-codec.ts';

/** Entries as bytes: one byte for the kind, then its fields in order. What decodes is finite and well formed. */
const KINDS: readonly Entry['kind'][] = ['node', 'sighting', 'answer', 'place', 'match'];
const EDGE_KINDS: readonly EdgeKind[] = ['wheels', 'vision', 'loop'];
const MOST_EDGES = 255;

/** @throws RangeError where a covariance is not positive definite, or a number has no place in the bytes */
export function encodeEntry(entry: Entry): Uint8Array {
  const out = new ByteWriter();
  out.u8(KINDS.indexOf(entry.kind));
  switch (entry.kind) {
    case 'node':
      writeNode(out, entry);
      break;
    case 'sighting':
      writeSighting(out, entry);
      break;
    case 'answer':
      out.count(entry.observer);
      out.count(entry.sighting);
      out.count(entry.node);
      break;
    case 'place':
      out.count(entry.node);
      writePlace(out, entry.place);
      break;
    case 'match':
      writeMatch(out, entry);
  }
  return out.finish();
}

/**
 * @param owner whose ledger the entry is from
 * @throws RangeError where the bytes are no entry
 */
export function decodeEntry(bytes: Uint8Array, owner: number): Entry {
  const reader = new ByteReader(bytes);
  const entry = readEntry(reader, owner);
  reader.end();
  return entry;
}

function readEntry(bytes: ByteReader, owner: number): Entry {
  const code = bytes.u8();
  switch (KINDS[code]) {
    case 'node':
      return readNode(bytes, owner);
    case 'sighting':
      return readSighting(bytes);
    case 'answer':
      return readAnswer(bytes);
    case 'place':
      return { kind: 'place', node: bytes.count(), place: readPlace(bytes) };
    case 'match':
      return readMatch(bytes);
    default:
      throw new RangeError(`${code} is no kind of entry`);
  }
}

function writeNode(out: ByteWriter, { node, edges }: NodeEntry): void {
  out.count(node.index);
  out.f64(node.time);
  out.count(node.keyframe + 1);
  writePose(out, node.worldFromBody);
  if (edges.length > MOST_EDGES) throw new RangeError(`a node tells of ${MOST_EDGES} edges at most`);
  out.u8(edges.length);
  for (const { kind, from, fromFromTo, covariance } of edges) {
    out.u8(EDGE_KINDS.indexOf(kind));
    out.difference(node.index - from.index);
    writePose(out, fromFromTo);
    writeCovariance(out, covariance);
  }
}

function readNode(bytes: ByteReader, agent: number): NodeEntry {
  const index = bytes.count();
  const time = bytes.f64();
  const keyframe = bytes.count() - 1;
  const worldFromBody = readPose(bytes);
  const edges = Array.from({ length: bytes.u8() }, (): TeamEdge => {
    const code = bytes.u8();
    const kind = EDGE_KINDS[code];
    if (!kind) throw new RangeError(`${code} is no kind of edge between nodes of one robot`);
    const back = bytes.difference();
    if (back === 0 || back > index)
      throw new RangeError(`an edge ties node ${index} to node ${index - back}`);
    const [from, to] = [
      { agent, index: index - back },
      { agent, index },
    ];
    return { kind, from, to, fromFromTo: readPose(bytes), covariance: readCovariance(bytes) };
  });
  return { kind: 'node', node: { agent, index, time, keyframe, worldFromBody }, edges };
}

function writeSighting(out: ByteWriter, entry: SightingEntry): void {
  out.count(entry.node);
  out.count(entry.peer);
  out.f64(entry.time);
  writePose(out, entry.bodyFromPeer);
  writeCovariance(out, entry.covariance);
}

function readSighting(bytes: ByteReader): SightingEntry {
  const [node, peer, time] = [bytes.count(), bytes.count(), bytes.f64()];
  return {
    kind: 'sighting',
    node,
    peer,
    time,
    bodyFromPeer: readPose(bytes),
    covariance: readCovariance(bytes),
  };
}

function readAnswer(bytes: ByteReader): AnswerEntry {
  const [observer, sighting, node] = [bytes.count(), bytes.count(), bytes.count()];
  return { kind: 'answer', observer, sighting, node };
}

function writeMatch(out: ByteWriter, { node, other, fromFromTo, covariance }: MatchEntry): void {
  out.count(node);
  out.count(other.agent);
  out.count(other.index);
  writePose(out, fromFromTo);
  writeCovariance(out, covariance);
}

function readMatch(bytes: ByteReader): MatchEntry {
  const node = bytes.count();
  const other = { agent: bytes.count(), index: bytes.count() };
  return { kind: 'match', node, other, fromFromTo: readPose(bytes), covariance: readCovariance(bytes) };
}
