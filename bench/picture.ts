/** The growth of `check` and `verify` as an SVG: small multiples, both axes logarithmic, each curve labelled at its end. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { type Axis, curve, exponent, type Grown, isWhole } from "./growth.ts";

/** One colour for an architecture in all panels; safe for the colour-blind (Okabe and Ito 2008) and readable on white. */
const COLOURS: Readonly<Record<string, string>> = {
  "MLP tanh": "#0072b2",
  "MLP softplus": "#b8860b",
  "MLP ReLU": "#009e73",
  RBF: "#d55e00",
  AION: "#9b4d8a",
  "CP tensor": "#333333",
};

const AXES: readonly { readonly axis: Axis; readonly title: string; readonly ticks: readonly number[] }[] = [
  { axis: "depth", title: "depth L (width 3, 2 inputs)", ticks: [1, 2, 3, 4, 5, 6] },
  { axis: "width", title: "width: units h or Gaussians K (2 inputs)", ticks: [1, 2, 4, 8, 16] },
  { axis: "rank", title: "rank r (AION: d = P = 2, CP: order 3)", ticks: [1, 2, 4, 8, 16] },
];

const WORKS = [
  { work: "check", title: "check: from the formula to the verdict" },
  { work: "verify", title: "verify: from the verdict's text to its acceptance" },
] as const;

const TITLE = "Growth of check and verify with depth, width and rank";
/** Pixels; the room at the right of a panel holds its labels. */
const PANEL = { width: 230, height: 190 };
const ROOM = 150;
/** Milliseconds. */
const DOMAIN = [1, 10_000];
const TIMES: Readonly<Record<number, string>> = {
  1: "1 ms",
  10: "10 ms",
  100: "100 ms",
  1000: "1 s",
  10000: "10 s",
};
/** The least distance of two labels, in pixels. */
const GAP = 14;

/**
 * The SVG text.
 *
 * @param bound the milliseconds that a verdict is held to
 */
export async function growthPicture(grown: readonly Grown[], bound: number): Promise<string> {
  const spec: TopLevelSpec = {
    background: "white",
    padding: 14,
    title: {
      text: TITLE,
      subtitle:
        "median processor time, warm, on one core; both axes logarithmic, slopes by least squares; dashed: the bound",
      fontSize: 16,
      subtitleFontSize: 12,
      subtitleColor: "#444",
      offset: 14,
    },
    config: {
      font: "system-ui, sans-serif",
      view: { stroke: null },
      axis: {
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        labelColor: "#444",
        titleColor: "#222",
      },
      title: { anchor: "start", frame: "group", offset: 12, fontSize: 13, color: "#1b1b1b" },
    },
    // Flush bounds leave the labels out of the layout, so that the panels of both rows stand in line.
    bounds: "flush",
    spacing: { row: 92, column: ROOM },
    columns: AXES.length,
    concat: WORKS.flatMap(({ work, title }) =>
      AXES.map((axis, k) => panel(grown, work, axis, k === 0 ? title : "", bound)),
    ),
  };
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  // One title describes the picture: roles of single marks say nothing to who hears it.
  const plain = svg.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, "");
  return `${plain.replace(/^<svg[^>]*>/, (open) => `${open}<title>${TITLE}</title>`)}\n`;
}

type Panel = Extract<TopLevelSpec, { concat: unknown }>["concat"][number];

function panel(
  grown: readonly Grown[],
  work: "check" | "verify",
  { axis, title, ticks }: (typeof AXES)[number],
  heading: string,
  bound: number,
): Panel {
  const curves = grown
    .filter((own) => own.axis === axis)
    .map((own) => ({ own, points: curve(own, work) }))
    .filter(({ points }) => points.length > 0);
  const values = curves.flatMap(({ own, points }) => points.map((point) => ({ ...point, label: own.label })));
  const ends = spread(
    curves.map(({ own, points }) => {
      const fitted = isWhole(own, work) ? exponent(points) : null;
      const slope = fitted === null ? "" : `, slope ${fitted.toFixed(1)}`;
      return { ...points.at(-1)!, label: own.label, text: `${own.label}${slope}` };
    }),
  );
  const undecided = grown.flatMap((own) =>
    own.points.flatMap(({ at, outcome, check }) =>
      own.axis === axis && work === "check" && outcome === "undecided" && at !== null && check !== null
        ? [{ at, time: check, label: own.label }]
        : [],
    ),
  );
  const x = {
    field: "at",
    type: "quantitative" as const,
    scale: { type: "log" as const, domain: [1, ticks.at(-1)!], nice: false },
  };
  const y = {
    field: "time",
    type: "quantitative" as const,
    scale: { type: "log" as const, domain: DOMAIN, clamp: true },
  };
  const color = {
    field: "label",
    type: "nominal" as const,
    legend: null,
    scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
  };
  return {
    ...PANEL,
    title: heading,
    layer: [
      ...(work === "check"
        ? [
            {
              data: { values: [{ time: bound }] },
              mark: { type: "rule" as const, color: "#999", strokeDash: [4, 3] },
              encoding: { y },
            },
          ]
        : []),
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, point: { size: 28, filled: true } },
        encoding: {
          x: { ...x, axis: { title, values: [...ticks], format: "d", grid: false, labelFlush: false } },
          y: {
            ...y,
            axis: {
              title: null,
              values: Object.keys(TIMES).map(Number),
              labels: axis === AXES[0]!.axis,
              labelExpr: `${JSON.stringify(TIMES)}[datum.value]`,
              gridColor: "#e8e8e8",
              domain: false,
              ticks: false,
              labelPadding: 6,
            },
          },
          color,
        },
      },
      {
        data: { values: ends },
        mark: { type: "text", align: "left", dx: 7, fontSize: 11 },
        encoding: { x, y: { ...y, field: "height" }, text: { field: "text" }, color },
      },
      {
        data: { values: undecided },
        mark: { type: "text", text: "× undecided", align: "left", dx: -3, fontSize: 11 },
        encoding: { x, y, color },
      },
      {
        data: { values: curves.length === 0 ? [{}] : [] },
        mark: { type: "text", text: "none accepted", color: "#777", fontSize: 12 },
        encoding: { x: { value: PANEL.width / 2 }, y: { value: PANEL.height / 2 } },
      },
    ],
  };
}

/** Heights for labels, in milliseconds of the axis, that keep their order and stand at least GAP apart. */
function spread<T extends { readonly time: number }>(
  ends: readonly T[],
): (T & { readonly height: number })[] {
  const decades = Math.log10(DOMAIN[1]! / DOMAIN[0]!);
  const gap = (GAP / PANEL.height) * decades;
  let below = Number.NEGATIVE_INFINITY;
  return [...ends]
    .sort((a, b) => a.time - b.time)
    .map((end) => {
      below = Math.max(Math.log10(Math.max(end.time, DOMAIN[0]!)), below + gap);
      return { ...end, height: 10 ** below };
    });
}
