/** Times of repeated work, in one process, warm. */

const middle = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

export { middle };

/** The median time of a run by the clock on the wall, in milliseconds, after warm-up. */
export function median(work: () => void, runs = 15): number {
  for (let k = 0; k < 3; k++) work();
  return middle(
    Array.from({ length: runs }, () => {
      const begun = performance.now();
      work();
      return performance.now() - begun;
    }),
  );
}

/**
 * Processor time in milliseconds since the process began, over all of its threads, the collector's and the compiler's
 * among them: what the work takes on one core, whatever else the machine does.
 */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * The median processor time of each work in milliseconds. The works take turns, so that none is measured by code that
 * only it has warmed; the first round is not counted, but for a work that takes more than `patience` in it.
 *
 * @param rounds the most that are counted
 * @param patience milliseconds; a work that has taken as much is measured no further
 */
export function medians(works: readonly (() => void)[], rounds = 7, patience = 2500): number[] {
  const times: number[][] = works.map(() => []);
  const spent = works.map(() => 0);
  for (let round = 0; round <= rounds; round++) {
    works.forEach((work, k) => {
      if (round > 0 && spent[k]! > patience) return;
      const begun = processorTime();
      work();
      const time = processorTime() - begun;
      spent[k]! += time;
      if (round > 0 || time > patience) times[k]!.push(time);
    });
  }
  return times.map(middle);
}

/** The largest memory that the process has held, in MiB. */
export const peakMemory = (): number => process.resourceUsage().maxRSS / 1024;
