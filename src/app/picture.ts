/** A fit as an SVG: data and model above, residuals below. */

export interface FitPicture {
  readonly title: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Model minus data, one entry a datum. */
  readonly residual: ArrayLike<number>;
  /** Axis labels, with units. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly residualLabel: string;
}

const WIDTH = 960;
const HEIGHT = 600;
const LEFT = 76;
const RIGHT = 24;
const TOP = 52;
const UPPER = 330;
const GAP = 36;
const LOWER = 110;

/** The SVG text; points in the order of x are joined to the model's line. */
export function fitPicture(given: FitPicture): string {
  const n = given.x.length;
  const order = Array.from({ length: n }, (_, k) => k).sort((a, b) => given.x[a]! - given.x[b]!);
  const model = order.map((k) => given.y[k]! + given.residual[k]!);
  const xs = scale(
    order.map((k) => given.x[k]!),
    LEFT,
    WIDTH - RIGHT,
  );
  const ys = scale([...order.map((k) => given.y[k]!), ...model], TOP + UPPER, TOP);
  const spread = Math.max(...order.map((k) => Math.abs(given.residual[k]!)), Number.MIN_VALUE);
  const below = TOP + UPPER + GAP;
  const rs = scale([-spread, spread], below + LOWER, below);
  const points = order
    .map((k) => `<circle cx="${xs.at(given.x[k]!)}" cy="${ys.at(given.y[k]!)}" r="1.7"/>`)
    .join("");
  const line = order
    .map((k, j) => `${j === 0 ? "M" : "L"}${xs.at(given.x[k]!)},${ys.at(model[j]!)}`)
    .join("");
  const bars = order
    .map((k) => {
      const at = xs.at(given.x[k]!);
      return `M${at},${rs.at(0)}V${rs.at(-given.residual[k]!)}`;
    })
    .join("");
  const bottom = below + LOWER;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${xmlText(given.title)}">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="28" font-size="17" font-weight="600" fill="#1b1b1b">${xmlText(given.title)}</text>
<g stroke="#e4e4e4">${grid(ys, rs)}</g>
<g fill="#8b98a5">${points}</g>
<path d="${line}" fill="none" stroke="#b3261e" stroke-width="1.3"/>
<path d="${bars}" fill="none" stroke="#3c5a78" stroke-width="1"/>
<g stroke="#555"><path d="M${LEFT},${bottom}H${WIDTH - RIGHT}" fill="none"/><path d="M${LEFT},${rs.at(0)}H${WIDTH - RIGHT}" fill="none"/></g>
<g fill="#444">
${xs.ticks.map((v) => `<text x="${xs.at(v)}" y="${bottom + 19}" text-anchor="middle">${label(v)}</text>`).join("")}
${[...ys.ticks.map((v) => [v, ys.at(v)] as const), ...rs.ticks.map((v) => [v, rs.at(v)] as const)]
  .map(([v, at]) => `<text x="${LEFT - 9}" y="${at}" dy="0.35em" text-anchor="end">${label(v)}</text>`)
  .join("")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${xmlText(given.xLabel)}</text>
<text transform="translate(20 ${TOP + UPPER / 2}) rotate(-90)" text-anchor="middle">${xmlText(given.yLabel)}</text>
<text transform="translate(20 ${below + LOWER / 2}) rotate(-90)" text-anchor="middle">${xmlText(given.residualLabel)}</text>
<g transform="translate(${LEFT + 14} ${TOP + 16})"><circle cx="9" cy="0" r="2.6" fill="#8b98a5"/><text x="26" dy="0.35em">data</text><path d="M0,20H18" stroke="#b3261e" stroke-width="2"/><text x="26" y="20" dy="0.35em">model</text></g>
</g>
</svg>
`;
}

interface Scale {
  at(value: number): string;
  readonly ticks: readonly number[];
}

/** A linear scale over the values, with a margin of 4 %, and about six round ticks. */
function scale(values: readonly number[], from: number, to: number): Scale {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) [lo, hi] = [Math.min(lo, v), Math.max(hi, v)];
  if (!(hi > lo)) [lo, hi] = Number.isFinite(lo) ? [lo - 1, lo + 1] : [0, 1];
  const margin = (hi - lo) * 0.04;
  [lo, hi] = [lo - margin, hi + margin];
  const rough = (hi - lo) / (Math.abs(to - from) > 200 ? 7 : 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const ticks: number[] = [];
  for (let k = Math.ceil(lo / step); k * step <= hi; k++) ticks.push(k * step);
  return { at: (v) => (from + ((v - lo) / (hi - lo)) * (to - from)).toFixed(1), ticks };
}

const grid = (ys: Scale, rs: Scale): string =>
  [...ys.ticks.map(ys.at), ...rs.ticks.map(rs.at)]
    .map((at) => `<path d="M${LEFT},${at}H${WIDTH - RIGHT}"/>`)
    .join("");

const label = (v: number): string => `${Number(v.toPrecision(6))}`.replace("-", "\u2212");

const xmlText = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
