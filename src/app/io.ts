/** What the commands need of the process. */
export interface Io {
  out(text: string): void;
  error(text: string): void;
  /** Whether a person at a terminal reads stderr. */
  readonly terminal: boolean;
}
