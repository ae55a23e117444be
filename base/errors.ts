/** Bad usage or bad input: shown to a person as it is, without a stack; the command line exits with 2. */
export class InputError extends Error {
  /** The file (or option) the problem is in. */
  readonly where: string;

  /**
   * @param where file, option or message the problem is in, e.g. `scenarios/office.yaml`
   * @param what what is wrong and what would be right, e.g. `robots[2].cameraRateHz is −5; it must be positive`
   */
  constructor(where: string, what: string, options?: ErrorOptions) {
    super(`${where}: ${what}`, options);
    this.name = 'InputError';
    this.where = where;
  }
}
