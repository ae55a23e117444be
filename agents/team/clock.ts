/** An instant of a teammate's clock on one's own. */
export interface OwnTime {
  /** Seconds. */
  readonly time: number;
  /** Standard deviation, seconds. */
  readonly sigma: number;
}

/** One exchange: this robot sent, the peer heard that and sent, this robot heard. Seconds on the clock of who did it. */
export interface Exchange {
  readonly sentAt: number;
  readonly peerHeardAt: number;
  readonly peerSentAt: number;
  readonly heardAt: number;
}

/** The quickest of a span of time, each way for itself. */
interface Sample {
  readonly time: number;
  /** The peer's clock less one's own is at most and at least this, seconds. */
  readonly upper: number;
  readonly lower: number;
}

/** Seconds from which only the quickest message each way counts, and how many of those spans are remembered. */
const SPAN = 10;
const MOST_SAMPLES = 12;
/** σ of a clock's rate before anything is known, as a share; and of the quickest exchange of all, seconds. */
const RATE_SIGMA = 1e-4;
const LEAST_SIGMA = 1e-3;
/** Seconds; longer round trips, and negative ones, are no exchanges. */
const LONGEST_TRIP = 10;

/**
 * What a teammate's clock shows, from messages that went to and fro (Mills, "Internet time synchronization: the Network Time
 * Protocol", 1991): a message was not heard before it was sent, which bounds the offset from above one way and from below the other,
 * and both ways take as long on average. The quickest message each way counts, slower ones having waited somewhere; a line
 * through the spans is offset and drift. How the two quickest divide their time cannot be known: each is taken to have had between a
 * quarter and three quarters of it.
 */
export class PeerClock {
  private readonly samples: Sample[] = [];
  private quickest = Number.POSITIVE_INFINITY;
  private reference = 0;
  private offset = 0;
  private rate = 0;
  /** Covariance of offset and rate. */
  private variance: readonly [number, number, number] = [0, 0, 0];

  get isKnown(): boolean {
    return this.samples.length > 0;
  }

  note({ sentAt, peerHeardAt, peerSentAt, heardAt }: Exchange): void {
    const roundTrip = heardAt - sentAt - (peerSentAt - peerHeardAt);
    if (!(roundTrip >= 0 && roundTrip < LONGEST_TRIP)) return;
    this.keep({ time: heardAt, upper: peerHeardAt - sentAt, lower: peerSentAt - heardAt });
    this.fit();
  }

  /** @throws RangeError where nothing is known of the clock */
  toOwn(peerTime: number): OwnTime {
    if (!this.isKnown) throw new RangeError('no message has gone to and fro yet');
    const time = (peerTime - this.offset + this.rate * this.reference) / (1 + this.rate);
    const away = time - this.reference;
    const [offset, both, rate] = this.variance;
    const unequal = this.quickest / (4 * Math.sqrt(3));
    return { time, sigma: Math.sqrt(unequal * unequal + offset + 2 * away * both + away * away * rate) };
  }

  /** The latest that the peer's clock can show at a time of one's own, seconds. */
  latestAt(ownTime: number): number {
    const peerTime = ownTime + this.offset + this.rate * (ownTime - this.reference);
    return peerTime + 3 * this.toOwn(peerTime).sigma;
  }

  private keep({ time, upper, lower }: Sample): void {
    const { samples } = this;
    const last = samples.at(-1);
    if (last && Math.floor(last.time / SPAN) === Math.floor(time / SPAN))
      samples[samples.length - 1] = {
        time,
        upper: Math.min(upper, last.upper),
        lower: Math.max(lower, last.lower),
      };
    else samples.push({ time, upper, lower });
    if (samples.length > MOST_SAMPLES) samples.shift();
  }

  /** Weighted least squares of a line, its slope held to a clock's. */
  private fit(): void {
    const { samples } = this;
    this.reference = samples[samples.length - 1].time;
    const trips = samples.map(({ upper, lower }) => Math.max(0, upper - lower));
    this.quickest = Math.min(...trips);
    let [a, b, c] = [0, 0, 1 / (RATE_SIGMA * RATE_SIGMA)];
    let [u, v] = [0, 0];
    const waits = trips.map((trip) => (trip - this.quickest) / (2 * Math.sqrt(3)));
    // How much even the quickest quarter differs says how much chance there is in all of them.
    const chance = [...waits].sort((a, b) => a - b)[Math.ceil((waits.length - 1) / 4)];
    for (const [i, { time, upper, lower }] of samples.entries()) {
      const weight = 1 / (LEAST_SIGMA * LEAST_SIGMA + waits[i] * waits[i] + chance * chance);
      const away = time - this.reference;
      a += weight;
      b += weight * away;
      c += weight * away * away;
      u += (weight * (upper + lower)) / 2;
      v += (weight * away * (upper + lower)) / 2;
    }
    const determinant = a * c - b * b;
    this.offset = (c * u - b * v) / determinant;
    this.rate = (a * v - b * u) / determinant;
    this.variance = [c / determinant, -b / determinant, a / determinant];
  }
}
