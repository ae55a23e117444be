const BINS = 30;
/** Bins kept: the fullest, and two more if they are not far behind (as ORB-SLAM2 has it). */
const KEPT = 3;
const WORTH_KEEPING = 0.1;

/**
 * The camera rolls by one angle between two images, so true matches turn by about the same: a vote over the
 * turns of all matches tells the odd ones out.
 */
export class OrientationVote {
  private readonly votes = new Int32Array(BINS);
  private readonly kept = new Uint8Array(BINS);

  clear(): void {
    this.votes.fill(0);
  }

  /** @param turn radians, any number of whole turns off */
  add(turn: number): void {
    this.votes[binOf(turn)]++;
  }

  /** To be called once all votes are in. */
  decide(): void {
    const { votes, kept } = this;
    const ranked = [...votes.keys()].sort((a, b) => votes[b] - votes[a] || a - b).slice(0, KEPT);
    kept.fill(0);
    for (const bin of ranked) if (votes[bin] > WORTH_KEEPING * votes[ranked[0]]) kept[bin] = 1;
  }

  agrees(turn: number): boolean {
    return this.kept[binOf(turn)] === 1;
  }
}

function binOf(turn: number): number {
  const turns = turn / (2 * Math.PI);
  return Math.floor((turns - Math.floor(turns)) * BINS) % BINS;
}
