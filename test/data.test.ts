import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DescentError } from "../src/errors.ts";
import { CSV_LIMIT, type DataSpec, readCsv, requireRows } from "../src/solve/data.ts";

const spec = (inputs: string[] = ["x"], more: Partial<DataSpec> = {}): DataSpec => ({
  source: "d.csv",
  inputs,
  target: "y",
  ...more,
});

function failure(run: () => unknown): DescentError {
  try {
    run();
  } catch (error) {
    if (error instanceof DescentError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const message = (text: string, inputs?: string[], more?: Partial<DataSpec>): string => {
  const error = failure(() => readCsv(text, spec(inputs, more)));
  expect(error.code).toBe("input");
  expect(error.accepted).toBeTruthy();
  return error.message;
};

describe("reading", () => {
  it("takes columns by name, in the order asked for, and ignores the rest", () => {
    const data = readCsv("y,note,x2,x1\n1,a b,2,3\n4,,5,6", spec(["x1", "x2"]));
    expect(data).toEqual({
      inputs: [Float64Array.of(3, 6), Float64Array.of(2, 5)],
      y: Float64Array.of(1, 4),
      rows: 2,
    });
  });

  it.each([
    ["line ends of Windows", "x,y\r\n1,2\r\n"],
    ["old line ends", "x,y\r1,2\r"],
    ["a byte order mark", "\ufeffx,y\n1,2"],
    ["blank lines", "\n  \nx,y\n\n1,2\n \t\n\n"],
    ["blanks around fields", ' x ,\t"y" \n 1 , " 2 "\n'],
    ["quotes", '"x","y"\n"1","2"'],
    ["other spellings", "x,y\n+1.,.2e1\n"],
    ["line breaks inside quotes", 'x,"a\nnote",y\n1,"b\r\n""c"", d",2'],
  ])("allows %s", (_, text) => {
    const data = readCsv(text, spec());
    expect([data.inputs[0]![0], data.y[0], data.rows]).toEqual([1, 2, 1]);
  });

  it("knows indexed names, quoted where they hold a comma", () => {
    const data = readCsv('"x[1, 2]",x[3],y\n1,2,3', spec(["x[3]", "x[1,2]"]));
    expect(data.inputs).toEqual([Float64Array.of(2), Float64Array.of(1)]);
  });

  it("takes weights from w, unless w is an input or weights are not wanted", () => {
    const text = "x,w,y\n1,0,2\n1,0.5,2";
    expect(readCsv(text, spec()).w).toEqual(Float64Array.of(0, 0.5));
    expect(readCsv(text, spec(["x", "w"]))).not.toHaveProperty("w");
    expect(readCsv(text, spec(["x"], { weights: false }))).not.toHaveProperty("w");
    expect(readCsv("w,y\n-1,2", spec(["w"])).inputs[0]).toEqual(Float64Array.of(-1));
  });

  it("returns every double that was written", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(double, double), { minLength: 1 }), fc.boolean(), (rows, inQuotes) => {
        const cell = (v: number): string => (inQuotes ? `"${v}"` : `${v}`);
        const text = ["x,y", ...rows.map((row) => row.map(cell).join(","))].join("\n");
        const data = readCsv(text, spec());
        expect(Array.from(data.inputs[0]!)).toEqual(rows.map(([x]) => x + 0));
        expect(Array.from(data.y)).toEqual(rows.map(([, y]) => y + 0));
      }),
    );
  });

  it("answers any text with data or with an error at a place", () => {
    const text = fc.array(
      fc.constantFrom("x", "y", "w", ",", '"', "\n", "\r", " ", "1", "-", ".", "\0", "é"),
    );
    fc.assert(
      fc.property(text, (characters) => {
        const content = `x,y${characters.join("")}`;
        try {
          expect(readCsv(content, spec()).rows).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof DescentError)) throw error;
          expect([error.code, error.place?.source]).toEqual(["input", "d.csv"]);
          const line = content.split(/\r\n|\r|\n/)[error.place!.line! - 1] ?? "";
          expect(error.place!.text).toBe(line);
          expect(error.place!.column).toBeLessThanOrEqual(line.length + 1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("reads a hundred thousand rows at once", () => {
    const rows = Array.from({ length: 100_000 }, (_, k) => `${k},${k / 8},z`);
    expect(readCsv(`x,y,note\n${rows.join("\n")}`, spec()).y[99_999]).toBe(99_999 / 8);
  });
});

describe("refusals", () => {
  it.each([
    ["", "d.csv:1:1: the data are empty; accepted: a first line that names the columns: x,y"],
    [" \n\n", "d.csv:1:1: the data are empty; accepted: a first line that names the columns: x,y"],
    ["x,y\n", "d.csv:1:1: no row follows the header; accepted: one row of numbers for each datum"],
    [
      "1,2\n3,4",
      "d.csv:1:1: no columns 'x', 'y' among '1', '2'; accepted: a first line that names the columns: x,y",
    ],
    [
      "a;y\n1;2",
      "d.csv:1:1: no columns 'x', 'y' among 'a;y'; accepted: a first line that names the columns: x,y",
    ],
    ["x,y, x\n1,2,3", "d.csv:1:6: two columns 'x'; accepted: each column once"],
    ["x,y\n1,2\n\n3\n", "d.csv:4:1: 1 field in this row; accepted: 2, as in the header"],
    ["x,y\n1,2,3\n", "d.csv:2:5: 3 fields in this row; accepted: 2, as in the header"],
    [
      "x,y\n1, two\n",
      "d.csv:2:4: 'two' in the column 'y' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    ],
    ["x,y\n1,\n", "d.csv:2:3: an empty cell in the column 'y'; accepted: numbers such as 12, 0.5, 1e-3"],
    [
      "x,y\nNaN,1",
      "d.csv:2:1: 'NaN' in the column 'x' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    ],
    [
      "x,y\n-Infinity,1",
      "d.csv:2:1: '-Infinity' in the column 'x' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    ],
    [
      "x,y\n0x10,1",
      "d.csv:2:1: '0x10' in the column 'x' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    ],
    ["x,y\n1e999,1", "d.csv:2:1: '1e999' in the column 'x' is too large; accepted: numbers up to 1.797e308"],
    [
      "x,y\n-1e999,1",
      "d.csv:2:1: '-1e999' in the column 'x' is too large; accepted: numbers up to 1.797e308",
    ],
    [
      "x,y\n\0,1",
      "d.csv:2:1: '\\u0000' in the column 'x' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    ],
    ['x,y\n"1,2\n', "d.csv:2:1: a quote that is never closed; accepted: quotes in pairs"],
    [
      'x,y\n"1"2,3\n',
      'd.csv:2:4: text after a closing quote; accepted: a comma or the end of the line; "" for a quote inside quotes',
    ],
    ["x,y,w\n1,2,1\n1,2,-1", "d.csv:3:5: a negative weight; accepted: weights from 0 on"],
    ["x,y,w\n1,2,0\n1,2,0", "d.csv:1:5: all weights are 0; accepted: a positive weight in the column 'w'"],
  ])("%j", (text, expected) => {
    expect(message(text)).toBe(expected);
  });

  it("counts lines inside quotes and underlines the cell", () => {
    const error = failure(() => readCsv('x,note,y\n1,"a\nb", q\n', spec()));
    expect(error.message).toBe(
      "d.csv:3:5: 'q' in the column 'y' is not a number; accepted: numbers such as 12, 0.5, 1e-3",
    );
    expect(error.underlined()).toBe('  b", q\n      ^');
  });

  it("shows how names with commas are written", () => {
    expect(message("x[1,2],y\n1,2,3", ["x[1,2]"])).toBe(
      "d.csv:1:1: no column 'x[1,2]' among 'x[1', '2]', 'y'; accepted: a first line that names the columns: \"x[1,2]\",y",
    );
  });

  it("refuses more text than the limit", () => {
    expect(message("1".repeat(CSV_LIMIT + 1))).toBe(
      "d.csv: the data have 200000001 characters; accepted: up to 200000000",
    );
  });
});

describe("rows for parameters", () => {
  it("counts the rows that carry weight", () => {
    const plain = readCsv("x,y\n1,2\n3,4", spec());
    const weighted = readCsv("x,y,w\n1,2,0\n3,4,1", spec());
    expect(() => requireRows(plain, 2, "d.csv")).not.toThrow();
    expect(() => requireRows(weighted, 1, "d.csv")).not.toThrow();
    expect(failure(() => requireRows(plain, 3, "d.csv")).message).toBe(
      "d.csv: 2 rows for 3 parameters; accepted: at least 3 rows",
    );
    expect(failure(() => requireRows(weighted, 2, "d.csv")).message).toBe(
      "d.csv: 1 row of positive weight for 2 parameters; accepted: at least 2 rows",
    );
  });
});
