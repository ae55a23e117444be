import type { Loss } from '../../slam/optimize/loss.ts';

/** ρ(χ²). */
export function lossOf(chi2: number, loss: Loss | undefined): number {
  if (!loss) return chi2;
  const square = loss.scale * loss.scale;
  switch (loss.kind) {
    case 'huber':
      return chi2 <= square ? chi2 : 2 * loss.scale * Math.sqrt(chi2) - square;
    case 'cauchy':
      return square * Math.log1p(chi2 / square);
    case 'geman-mcclure':
      return (square * chi2) / (square + chi2);
    case 'tukey': {
      const rest = Math.max(0, 1 - chi2 / square);
      return (square / 3) * (1 - rest * rest * rest);
    }
  }
}

/** ρ′(χ²): the share of its information an error keeps. */
export function weightOf(chi2: number, loss: Loss | undefined): number {
  if (!loss) return 1;
  const square = loss.scale * loss.scale;
  switch (loss.kind) {
    case 'huber':
      return chi2 <= square ? 1 : loss.scale / Math.sqrt(chi2);
    case 'cauchy':
      return square / (square + chi2);
    case 'geman-mcclure': {
      const share = square / (square + chi2);
      return share * share;
    }
    case 'tukey': {
      const rest = Math.max(0, 1 - chi2 / square);
      return rest * rest;
    }
  }
}
