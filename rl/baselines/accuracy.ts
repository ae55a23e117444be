/** What lies farther off than this does not count as accurate, metres. */
const ACCURATE = 0.1;

/**
 * About the share of what a robot maps that comes to lie where it belongs, when its position has this variance, m²: a rational stand-in for
 * Rayleigh's 1 − exp(−r²/2σ²), right for the small and for the large.
 */
export function accuracy(variance: number): number {
  const square = ACCURATE * ACCURATE;
  return square / (square + 2 * variance);
}
