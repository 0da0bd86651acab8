/** Data for training: CSV text to columns of doubles, and weights. */
import { DescentError, quoted } from "../errors.ts";

/** The longest CSV text, in UTF-16 units. */
export const CSV_LIMIT = 200_000_000;

export interface Data {
  /** One column for each input, in the order asked for. */
  readonly inputs: readonly Float64Array[];
  readonly y: Float64Array;
  /** Weights, finite and not negative, one of them positive. */
  readonly w?: Float64Array;
  readonly rows: number;
}

export interface DataSpec {
  /** What the text is called in errors: the file's path. */
  readonly source: string;
  /** Column names, such as `x` or `x[1]`. */
  readonly inputs: readonly string[];
  readonly target: string;
  /** Whether a column `w` holds weights; by default yes. An input `w` is an input in any case. */
  readonly weights?: boolean;
}

interface Field {
  readonly text: string;
  /** Offset in the text, and length there with its quotes. */
  readonly at: number;
  readonly length: number;
}

interface Row {
  readonly fields: readonly Field[];
  readonly line: number;
  readonly start: number;
}

type Fail = (row: Row, field: Field | undefined, fault: string, accepted: string) => DescentError;

const LINE_END = /\r\n|\r|\n/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NUMBERS = "numbers such as 12, 0.5, 1e-3";

/**
 * Reads CSV (RFC 4180; a byte order mark, any line ends, blank lines and blanks around fields are allowed) whose first
 * line names the columns. Columns that are not asked for are ignored. Cells become the nearest doubles.
 * Throws a `DescentError` with code `input` and the place for everything that is not such data.
 *
 * @example
 * [...readCsv("x,y\n1,2\n3,4\n", { source: "a.csv", inputs: ["x"], target: "y" }).y]; // [2, 4]
 */
export function readCsv(text: string, spec: DataSpec): Data {
  if (text.length > CSV_LIMIT) {
    const fault = `the data have ${text.length} characters`;
    throw new DescentError("input", fault, {
      place: { source: spec.source },
      accepted: `up to ${CSV_LIMIT}`,
    });
  }
  const fail: Fail = (row, field, fault, accepted) => {
    const { at, length } = field ?? { at: row.start, length: 1 };
    const before = text.slice(row.start, at).split(LINE_END);
    const indent = before.at(-1)!.length;
    const shown = text.slice(at - indent, at - indent + 10_000).split(LINE_END, 1)[0]!;
    const line = row.line + before.length - 1;
    const place = { source: spec.source, line, column: indent + 1, text: shown, length: Math.max(1, length) };
    return new DescentError("input", fault, { place, accepted });
  };
  const rows = readRows(text, fail);
  const first = rows.next();
  if (first.done) {
    throw new DescentError("input", "the data are empty", {
      place: { source: spec.source, line: 1, column: 1, text: "", length: 1 },
      accepted: `a first line that names the columns: ${[...spec.inputs, spec.target].join(",")}`,
    });
  }
  const header = first.value;
  const names = header.fields.map((field) => columnKey(field.text));
  const seen = new Set<string>();
  names.forEach((name, k) => {
    if (seen.has(name))
      throw fail(header, header.fields[k], `two columns ${quoted(name)}`, "each column once");
    if (name !== "") seen.add(name);
  });
  const wanted = [...spec.inputs, spec.target];
  const missing = wanted.filter((name) => !names.includes(columnKey(name)));
  if (missing.length > 0) {
    const fault = `no ${missing.length === 1 ? "column" : "columns"} ${listed(missing)} among ${listed(names)}`;

    throw fail(header, undefined, fault, `a first line that names the columns: ${csvLine(wanted)}`);
  }
  const weighted = spec.weights !== false && !spec.inputs.includes("w") && names.includes("w");
  const columns = (weighted ? [...wanted, "w"] : wanted).map((name) => {
    const at = names.indexOf(columnKey(name));
    return { name, at, values: [] as number[] };
  });
  for (const row of rows) {
    const [has, due] = [row.fields.length, names.length];
    if (has !== due) {
      const fault = `${has} ${has === 1 ? "field" : "fields"} in this row`;
      throw fail(row, row.fields[due], fault, `${due}, as in the header`);
    }
    for (const { name, at, values } of columns) {
      const field = row.fields[at]!;
      const value = NUMBER.test(field.text) ? Number(field.text) : Number.NaN;
      const negative = weighted && name === "w" && value < 0;
      if (!Number.isFinite(value) || negative) throw fail(row, field, ...cellFault(field.text, name, value));
      values.push(value);
    }
  }
  const [y, w] = columns.slice(spec.inputs.length).map(({ values }) => Float64Array.from(values));
  const inputs = columns.slice(0, spec.inputs.length).map(({ values }) => Float64Array.from(values));
  if (y!.length === 0) {
    throw fail(header, undefined, "no row follows the header", "one row of numbers for each datum");
  }
  if (w?.every((weight) => weight === 0)) {
    const field = header.fields[names.indexOf("w")];
    throw fail(header, field, "all weights are 0", "a positive weight in the column 'w'");
  }
  return { inputs, y: y!, ...(w === undefined ? {} : { w }), rows: y!.length };
}

/**
 * Throws a `DescentError` with code `input` where fewer rows carry weight than there are parameters.
 *
 * @example
 * requireRows(readCsv("x,y\n1,2\n", { source: "a.csv", inputs: ["x"], target: "y" }), 1, "a.csv"); // undefined
 */
export function requireRows(data: Data, parameters: number, source: string): void {
  const rows = data.w?.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0) ?? data.rows;
  if (rows >= parameters) return;
  const what = `${rows} ${rows === 1 ? "row" : "rows"}${data.w === undefined ? "" : " of positive weight"}`;
  throw new DescentError("input", `${what} for ${parameters} parameters`, {
    place: { source },
    accepted: `at least ${parameters} rows`,
  });
}

/** Fault, and what is accepted, of a cell that holds no number for its column. */
function cellFault(text: string, name: string, value: number): [string, string] {
  const column = `in the column ${quoted(name)}`;
  if (text === "") return [`an empty cell ${column}`, NUMBERS];
  if (value < 0 && Number.isFinite(value)) return ["a negative weight", "weights from 0 on"];
  if (Number.isNaN(value)) return [`${quoted(text)} ${column} is not a number`, NUMBERS];
  return [`${quoted(text)} ${column} is too large`, "numbers up to 1.797e308"];
}

/** Blanks do not count inside the brackets of an indexed name. */
const columnKey = (name: string): string => (name.includes("[") ? name.replace(/\s+/g, "") : name);

const listed = (names: readonly string[]): string => names.slice(0, 20).map(quoted).join(", ");

const csvLine = (names: readonly string[]): string =>
  names.map((name) => (name.includes(",") ? `"${name}"` : name)).join(",");

/** The rows that are not blank. Lines are counted in the text, those inside quotes too. */
function* readRows(text: string, fail: Fail): Generator<Row, void> {
  const blanks = /[ \t]*/y;
  const unquoted = /[^,\r\n]*/y;
  const take = (pattern: RegExp, at: number): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)![0];
  };
  let line = 1;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; ) {
    const fields: Field[] = [];
    const row: Row = { fields, line, start: at };
    for (; ; at++) {
      at += take(blanks, at).length;
      const inQuotes = text[at] === '"';
      const raw = inQuotes ? takeQuoted(text, at) : take(unquoted, at);
      if (raw === undefined) {
        throw fail(row, { text: "", at, length: 1 }, "a quote that is never closed", "quotes in pairs");
      }
      const content = (inQuotes ? raw.slice(1, -1).replaceAll('""', '"') : raw).trim();
      fields.push({ text: content, at, length: raw.trimEnd().length });
      if (inQuotes) line += raw.split(LINE_END).length - 1;
      at += raw.length;
      at += take(blanks, at).length;
      if (text[at] !== ",") break;
    }
    const end = text.slice(at, at + 2);
    if (end !== "" && end[0] !== "\r" && end[0] !== "\n") {
      const accepted = 'a comma or the end of the line; "" for a quote inside quotes';
      throw fail(row, { text: "", at, length: 1 }, "text after a closing quote", accepted);
    }
    at += end === "\r\n" ? 2 : 1;
    line++;
    if (fields.length > 1 || fields[0]!.length > 0) yield row;
  }
}

/** The quoted field that begins at `at`, with its quotes. */
function takeQuoted(text: string, at: number): string | undefined {
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return end < 0 ? undefined : text.slice(at, end + 1);
}
