// Robust losses ρ(χ²) and their slopes; the twin of ../../optimize/loss.ts.

const HUBER: i32 = 1;
const CAUCHY: i32 = 2;
const GEMAN_MCCLURE: i32 = 3;
const TUKEY: i32 = 4;

// ρ′(χ²) of the last `robustLoss`.
export let lossWeight: f64 = 1;

@inline
export function robustLoss(chi2: f64, kind: i32, scale: f64): f64 {
  const square = scale * scale;
  lossWeight = 1;
  if (kind == HUBER) {
    if (chi2 <= square) return chi2;
    const root = Math.sqrt(chi2);
    lossWeight = scale / root;
    return 2 * scale * root - square;
  }
  if (kind == CAUCHY) {
    lossWeight = square / (square + chi2);
    return square * Math.log1p(chi2 / square);
  }
  if (kind == GEMAN_MCCLURE) {
    const share = square / (square + chi2);
    lossWeight = share * share;
    return share * chi2;
  }
  if (kind == TUKEY) {
    const rest = Math.max(0, 1 - chi2 / square);
    lossWeight = rest * rest;
    return (square / 3) * (1 - rest * rest * rest);
  }
  return chi2;
}
