/** What χ² of so many degrees of freedom, 1 to 6, stays under in 99 of 100 cases, and in 999 of 1000. */
const BOUND_99 = [6.635, 9.21, 11.345, 13.277, 15.086, 16.812];
const BOUND_999 = [10.828, 13.816, 16.266, 18.467, 20.515, 22.458];

export function bound99(degrees: number): number {
  return BOUND_99[degrees - 1];
}

export function bound999(degrees: number): number {
  return BOUND_999[degrees - 1];
}
