import type { Task, TrackingState } from '../../base/allocation.ts';
import { type Pose, transformPoint } from '../../base/se3.ts';
import type { PeerSighting } from '../../base/sensors.ts';
import { SETTINGS } from './settings.ts';

/** What a teammate last told of itself by radio, team frame: metres and radians. */
export interface Teammate {
  readonly agent: number;
  /** Mission time of the report. */
  readonly time: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly positionSigma: number;
  readonly state: TrackingState;
  /** Where it is going to explore. */
  readonly claim?: readonly [number, number];
  /** What it is about. */
  readonly task?: Task;
}

/** A teammate as the navigator knows it: its latest position, told or seen. */
export interface Contact {
  readonly agent: number;
  x: number;
  y: number;
  sigma: number;
  /** When it was there, and since when it has hardly moved. */
  time: number;
  stillSince: number;
  sightedAt: number;
  claim?: readonly [number, number];
  claimedAt: number;
  anchorX: number;
  anchorY: number;
}

/** Positions older, or vaguer, than this say nothing about who stands in the way. */
const FRESH = 3;
const VAGUE = 1;
/** A sighting outranks reports for this long: it is exact in the robot's own frame, however both have drifted. */
const SIGHTING_LASTS = 2;
const STILL = 0.15;
const NEAR = 4;

/** The teammates, by rising id. */
export class Contacts {
  readonly all: Contact[] = [];

  update(
    teammates: readonly Teammate[],
    sightings: readonly PeerSighting[],
    worldFromBody: Pose,
    time: number,
  ): void {
    for (const mate of teammates) {
      const contact = this.of(mate.agent);
      if (mate.claim) contact.claimedAt = mate.time;
      contact.claim = mate.claim;
      const isPlaced = Number.isFinite(mate.x + mate.y);
      const newer = isPlaced && mate.time > contact.time && time - contact.sightedAt > SIGHTING_LASTS;
      if (newer)
        place(contact, mate.x, mate.y, mate.positionSigma + (mate.state === 'lost' ? VAGUE : 0), mate.time);
    }
    for (const sighting of sightings) {
      const contact = this.of(sighting.peer);
      const position = transformPoint(worldFromBody, sighting.bodyFromPeer);
      contact.sightedAt = time;
      place(contact, position[0], position[1], 0.1, time);
    }
  }

  find(agent: number): Contact | undefined {
    return this.all.find((contact) => contact.agent === agent);
  }

  /** Those whose position is known now. */
  fresh(time: number): Contact[] {
    return this.all.filter((contact) => time - contact.time <= FRESH && contact.sigma <= VAGUE);
  }

  /** x, y pairs of the robots whose position is known now. */
  positions(time: number): number[] {
    return this.fresh(time).flatMap((contact) => [contact.x, contact.y]);
  }

  /** x, y, radius triples of the robots near by. */
  asObstacles(s: { x: number; y: number; time: number; profile: { radius: number } }): number[] {
    return this.fresh(s.time)
      .filter((contact) => square(contact.x - s.x) + square(contact.y - s.y) < NEAR * NEAR)
      .flatMap((contact) => [contact.x, contact.y, s.profile.radius]);
  }

  /** 0…1: how little a place is already somebody else's to explore. */
  interestLeft(x: number, y: number, time: number): number {
    const { claimRange, claimAge } = SETTINGS.explore;
    let left = 1;
    for (const contact of this.all) {
      if (time - contact.time > claimAge) continue;
      const claimed = contact.claim && time - contact.claimedAt <= claimAge;
      const [cx, cy] = claimed ? contact.claim! : [contact.x, contact.y];
      const distance = Math.sqrt(square(x - cx) + square(y - cy));
      const range = claimed ? claimRange : claimRange / 2;
      left *= Math.min(1, 0.1 + (0.9 * distance) / range);
    }
    return left;
  }

  /** Distance (metres) from a point to the nearest place a teammate is going to explore, Infinity where none is. */
  nearestClaim(x: number, y: number, time: number): number {
    let least = Infinity;
    for (const { claim, claimedAt } of this.all) {
      if (!claim || time - claimedAt > SETTINGS.explore.claimAge) continue;
      least = Math.min(least, Math.sqrt(square(x - claim[0]) + square(y - claim[1])));
    }
    return least;
  }

  private of(agent: number): Contact {
    const known = this.find(agent);
    if (known) return known;
    const contact: Contact = {
      agent,
      x: Number.NaN,
      y: Number.NaN,
      sigma: Infinity,
      time: -Infinity,
      stillSince: -Infinity,
      sightedAt: -Infinity,
      claimedAt: -Infinity,
      anchorX: Number.NaN,
      anchorY: Number.NaN,
    };
    this.all.push(contact);
    this.all.sort((a, b) => a.agent - b.agent);
    return contact;
  }
}

function place(contact: Contact, x: number, y: number, sigma: number, time: number): void {
  contact.x = x;
  contact.y = y;
  contact.sigma = sigma;
  contact.time = time;
  if (square(x - contact.anchorX) + square(y - contact.anchorY) < STILL * STILL) return;
  contact.anchorX = x;
  contact.anchorY = y;
  contact.stillSince = time;
}

function square(value: number): number {
  return value * value;
}
