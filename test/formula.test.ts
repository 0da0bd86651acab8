import fc from "fast-check";
import { all, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { LENGTH_LIMIT, NESTING_LIMIT, readFormula } from "../src/architecture/formula.ts";
import { FUNCTIONS } from "../src/architecture/functions.ts";
import { parts, postorder, type Syntax } from "../src/architecture/syntax.ts";
import { failIn } from "../src/architecture/tokens.ts";
import { DescentError } from "../src/errors.ts";
import { isInteger, parseRational, type Rational, rationalText, toNumber } from "../src/exact/rational.ts";
import { primitives } from "../src/primitives/index.ts";

const math = create({ ...all });

function failure(text: string, source?: string): DescentError {
  try {
    readFormula(text, source === undefined ? {} : { source });
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    const { code, place, accepted } = error;
    const lines = text.split(/\r\n|\r|\n/);
    expect([code, place?.source]).toEqual(["input", source ?? "formula"]);
    if (text.length <= LENGTH_LIMIT) expect(place!.text).toBe(lines[place!.line! - 1]);
    expect(place!.column! - 1 + place!.length!).toBeLessThanOrEqual(place!.text!.length + 1);
    expect(place!.length).toBeGreaterThan(0);
    expect(accepted).toBeTruthy();
    return error;
  }
  throw new Error(`no error for ${text.slice(0, 100)}`);
}

/** A formula with few brackets, in mathjs's precedence: sums 1, products 2, signs 3, powers 4, values 5. */
function write(node: Syntax): string {
  const at = (part: Syntax, level: number): string =>
    levelOf(part) < level ? `(${write(part)})` : write(part);
  const list = (nodes: readonly Syntax[]): string => nodes.map(write).join(", ");
  switch (node.kind) {
    case "number":
      return isInteger(node.value) ? rationalText(node.value) : `${toNumber(node.value)}`;
    case "name":
      return node.name;
    case "indexed":
      return `${node.name}[${list(node.indices)}]`;
    case "call":
      return `${node.name}(${list(node.args)})`;
    case "negate":
      return `-${at(node.arg, 3)}`;
    case "binary": {
      const level = levelOf(node);
      if (node.op === "^") return `${at(node.left, 5)}^${at(node.right, 3)}`;
      return `${at(node.left, level)} ${node.op} ${at(node.right, level + 1)}`;
    }
    case "fold": {
      const conditions = (node.except ?? []).map(({ left, right }) => `${write(left)} != ${write(right)}`);
      const rest = conditions.length === 0 ? "" : `, ${conditions.join(" and ")}`;
      return `${node.op}(${list([node.body])}, ${node.index}, ${list([node.lo, node.hi])}${rest})`;
    }
  }
}

function levelOf(node: Syntax): number {
  if (node.kind === "negate") return 3;
  if (node.kind !== "binary") return 5;
  return node.op === "^" ? 4 : node.op === "*" || node.op === "/" ? 2 : 1;
}

/** A tree without its spans. */
const bare = (node: Syntax): unknown =>
  JSON.parse(
    JSON.stringify(node, (key, value) =>
      key === "span" ? undefined : typeof value === "bigint" ? `${value}` : value,
    ),
  );

const span = { line: 1, column: 1, length: 1 };
const name = fc.constantFrom(
  "a",
  "b1",
  "x",
  "i",
  "k",
  "_u",
  "alpha_2",
  "β",
  "Ñ",
  "gamma1",
  "t0",
  "mod_",
  "e",
  "pi",
);
const symbol = name.filter((it) => it !== "e" && it !== "pi");
const literal = fc
  .constantFrom("0", "1", "2", "17", "0.1", "2.5", "0.001")
  .map((text) => parseRational(text));
const number = literal.map((value: Rational): Syntax => ({ kind: "number", value, span }));
const atom = fc.oneof(
  number,
  name.map((it): Syntax => ({ kind: "name", name: it, span })),
);
const functionNames = [...FUNCTIONS].flatMap(([it, { min, max }]) => [
  { it, count: min },
  { it, count: Math.min(max, min + 1) },
]);
const tree = fc.letrec<{ tree: Syntax }>((tie) => {
  const sub = tie("tree");
  const exclusion = fc.record({ left: sub, right: sub });
  return {
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      atom,
      fc
        .tuple(
          fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const, "^" as const),
          sub,
          sub,
        )
        .map(([op, left, right]): Syntax => ({ kind: "binary", op, left, right, span })),
      sub.map((arg): Syntax => ({ kind: "negate", arg, span })),
      fc
        .tuple(symbol, fc.array(sub, { minLength: 1, maxLength: 3 }))
        .map(([it, indices]): Syntax => ({ kind: "indexed", name: it, indices, span })),
      fc
        .constantFrom(...functionNames)
        .chain(({ it, count }) =>
          fc
            .array(sub, { minLength: count, maxLength: count })
            .map((args): Syntax => ({ kind: "call", name: it, args, span })),
        ),
      fc
        .tuple(
          fc.constantFrom("sum" as const, "prod" as const),
          sub,
          symbol,
          sub,
          fc.array(exclusion, { maxLength: 2 }),
        )
        .map(
          ([op, body, index, bound, except]): Syntax => ({
            ...{ kind: "fold", op, body, index, span },
            lo: { kind: "number", value: parseRational("1"), span },
            hi: { kind: "binary", op: "+", left: bound, right: bound, span },
            ...(except.length === 0 ? {} : { except }),
          }),
        ),
    ),
  };
}).tree;

describe("reading", () => {
  it("reads back every tree that was written", () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(bare(readFormula(write(node)))).toEqual(bare(node));
      }),
      { numRuns: 500 },
    );
  });

  it("has mathjs's precedence", () => {
    const run = fc.letrec<{ text: string }>((tie) => ({
      text: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom("a", "b", "c", "2", "0.5", "3."),
        fc
          .tuple(
            tie("text"),
            fc.constantFrom(" + ", "-", "*", " / ", "^", "^-", "*-", "/+", " - -"),
            tie("text"),
          )
          .map(([left, op, right]) => `${left}${op}${right}`),
        tie("text").map((it) => `-${it}`),
        tie("text").map((it) => `(${it})`),
        tie("text").map((it) => `sin(${it})`),
      ),
    })).text;
    const scope = { a: 1.25, b: 0.7, c: -1.1 };
    fc.assert(
      fc.property(run, (text) => {
        const theirs: unknown = math.evaluate(text, { ...scope });
        expect(evaluate(readFormula(text), scope)).toBe(typeof theirs === "number" ? theirs + 0 : Number.NaN);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["-x^2", "-(x^2)"],
    ["2^-1", "2^(-1)"],
    ["a^b^c", "a^(b^c)"],
    ["a^-b^c", "a^(-(b^c))"],
    ["a/b/c", "(a/b)/c"],
    ["a-b+c", "(a-b)+c"],
    ["-a*b", "(-a)*b"],
    ["a*-x^2", "a*(-(x^2))"],
    ["+a + +b", "a+b"],
    ["--a", "-(-a)"],
    ["1/2*x", "(1/2)*x"],
    ["x\n+\r\ny\r*\tz\u00a0", "x+y*z"],
    ["exp (x) + A [1]", "exp(x)+A[1]"],
    ["((x))", "x"],
    ["2.*x", "2*x"],
    [".5e1", "5"],
  ])("reads %j as %j", (text, same) => {
    expect(bare(readFormula(text))).toEqual(bare(readFormula(same)));
  });

  it("keeps literals exact", () => {
    for (const text of [
      "0.1",
      "1e400",
      "0.123456789012345678901234567890",
      "123456789012345678901234567890",
    ]) {
      expect(readFormula(text)).toMatchObject({ kind: "number", value: parseRational(text) });
    }
  });

  it("joins the two spellings of an accented letter", () => {
    expect(bare(readFormula("e\u0301"))).toEqual({ kind: "name", name: "\u00e9" });
  });

  it("gives every piece its place", () => {
    const text = "(a + 2)*-exp(x)\n - sum(A[i, j]*x^2, i, 1, d, i != k)";
    const lines = text.split("\n");
    const slice = ({ span: s }: Syntax): string =>
      lines[s.line - 1]!.slice(s.column - 1, s.column - 1 + s.length);
    expect(postorder(readFormula(text)).map((node) => `${node.kind} ${slice(node)}`)).toMatchInlineSnapshot(`
      [
        "name a",
        "number 2",
        "binary a + 2",
        "name x",
        "call exp(x)",
        "negate -exp(x)",
        "binary (a + 2)*-exp(x)",
        "name i",
        "name j",
        "indexed A[i, j]",
        "name x",
        "number 2",
        "binary x^2",
        "binary A[i, j]*x^2",
        "number 1",
        "name d",
        "name i",
        "name k",
        "fold sum(A[i, j]*x^2, i, 1, d, i != k)",
        "binary (a + 2)*-exp(x)",
      ]
    `);
  });

  it("marks names, literals, calls and indices exactly", () => {
    fc.assert(
      fc.property(tree, (node) => {
        const text = write(node);
        for (const it of postorder(readFormula(text))) {
          const piece = text.slice(it.span.column - 1, it.span.column - 1 + it.span.length);
          if (it.kind === "name") expect(piece).toBe(it.name);
          else expect(bare(readFormula(piece))).toEqual(bare(it));
          for (const part of parts(it)) {
            expect(part.span.column).toBeGreaterThanOrEqual(it.span.column);
            expect(part.span.column + part.span.length).toBeLessThanOrEqual(it.span.column + it.span.length);
          }
        }
      }),
    );
  });

  it("knows the functions of the table of primitives", () => {
    const known = [...FUNCTIONS].filter(([it]) => !["delta", "complex", "re", "im", "conj"].includes(it));
    expect(new Map(known.map(([it, { min, max }]) => [it, [min, max]]))).toEqual(
      new Map(
        [...primitives.values()].filter((row) => !row.operator).map((row) => [row.name, [...row.arity]]),
      ),
    );
  });
});

function evaluate(node: Syntax, scope: Readonly<Record<string, number>>): number {
  switch (node.kind) {
    case "number":
      return toNumber(node.value);
    case "name":
      return scope[node.name]!;
    case "negate":
      return -evaluate(node.arg, scope) + 0;
    case "call":
      return Math.sin(evaluate(node.args[0]!, scope)) + 0;
    case "binary": {
      const [u, v] = [evaluate(node.left, scope), evaluate(node.right, scope)];
      return { "+": u + v, "-": u - v, "*": u * v, "/": u / v, "^": u ** v }[node.op] + 0;
    }
    default:
      throw new Error(node.kind);
  }
}

describe("hostile text", () => {
  it("reads long sums without recursion", () => {
    const terms = (n: number): string => Array.from({ length: n }, (_, k) => `a${k % 10}`).join("+");
    expect(postorder(readFormula(terms(5000)))).toHaveLength(9999);
    expect(postorder(readFormula(terms(33_000)))).toHaveLength(65_999);
    expect(postorder(readFormula(`f${"*x".repeat(20_000)}`.slice(1).replace("*", "")))).toHaveLength(39_999);
    expect(parts(readFormula(`A[${"1,".repeat(40_000)}1]`))).toHaveLength(40_001);
  });

  it("allows nesting up to its limit, of any kind", () => {
    const nested = (open: string, close: string, levels: number): string =>
      `${open.repeat(Math.floor(NESTING_LIMIT / levels))}x${close.repeat(Math.floor(NESTING_LIMIT / levels))}`;
    for (const [open, close, levels] of [
      ["(", ")", 1],
      ["-", "", 1],
      ["x^", "", 1],
      ["x^-", "", 2],
      ["A[", "]", 1],
      ["exp(", ")", 1],
      ["max(1,-(", "))", 3],
      ["sum(1,i,1,2,1!=(", "))", 2],
    ] as const) {
      expect(readFormula(nested(open, close, levels))).toBeDefined();
      const deeper = open.repeat(NESTING_LIMIT + 1) + "x" + close.repeat(NESTING_LIMIT + 1);
      expect(failure(deeper).fault).toBe("the formula is nested too deeply");
    }
    expect(readFormula(Array(NESTING_LIMIT).fill("x^2").join("*"))).toBeDefined();
    expect(
      readFormula(
        Array(NESTING_LIMIT * 2)
          .fill("-(x)")
          .join("+"),
      ),
    ).toBeDefined();
    expect(failure("(".repeat(10_000) + "x" + ")".repeat(10_000)).message).toBe(
      "formula:1:501: the formula is nested too deeply; accepted: up to 500 levels",
    );
  });

  it("refuses text beyond its limit", () => {
    expect(readFormula("x".padEnd(LENGTH_LIMIT))).toMatchObject({ kind: "name" });
    expect(failure("x".padEnd(LENGTH_LIMIT + 1)).message).toBe(
      "formula:1:1: the formula has 100001 characters; accepted: up to 100000",
    );
    expect(failure("1".repeat(LENGTH_LIMIT)).fault).toMatch(/^the number '1+\.\.\.' is too long$/);
    expect(failure("x".repeat(50_000) + "(1)").message.length).toBeLessThan(300);
  });

  it.each([
    'import("fs")',
    'evaluate("1+1")',
    "f(x) = x",
    "parse(x)",
    "createUnit(foo)",
    'cos.constructor("return process")()',
    '[]["constructor"]',
    "x.__proto__",
    '{"a": 1}',
    "`x`",
    "x # comment",
    "a; b",
    "a ? b : c",
    "a ?? b",
    "5 cm",
    "1 to 2",
    "2%",
    "~x",
    "a & b",
    "$x",
    "x\\y",
    "hasOwnProperty(1)",
    "__proto__[1]",
    "toString",
    "prototype",
    "A[1:2]",
    "A[1;2]",
    "\ufeffx",
    "x\u2028+1",
    "x\u200b",
    "\u202ex",
    "\ud800",
    "1\u0000",
    "x\uff11",
    "x!",
    "x'",
    "x.^2",
  ])("refuses %j", (text) => {
    failure(text);
  });

  it("answers any text with a tree that mathjs accepts too, or with an error at a place", () => {
    const word = fc.constantFrom(
      ..."a 2 0.5 exp( A[ sum( ( ) ) ] , + - * / ^ != and i,1,3 \n . ! : é 😀".split(" "),
      " ",
      "\r\n",
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join("");
        let syntax: Syntax;
        try {
          syntax = readFormula(text);
        } catch {
          failure(text);
          return;
        }
        read++;
        expect(syntax.kind).toBeDefined();
        math.parse(text.replaceAll(/\s+/g, " "));
      }),
      { numRuns: 3000, seed: 1 },
    );
    expect(read).toBeGreaterThan(50);
  });
});

describe("messages", () => {
  /** The texts, escaped, with their messages. */
  const messages = (texts: readonly string[]): string => {
    const escaped = (text: string): string =>
      JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return texts
      .map((text) => `${escaped(text)} ${failure(text).message.replace(/^formula:/, "")}`)
      .join("\n");
  };

  it("of empty", () => {
    expect(messages(["", " \n"])).toMatchInlineSnapshot(`
      """ 1:1: the formula is empty; accepted: a formula such as a + b*x
      " \\n" 1:1: the formula is empty; accepted: a formula such as a + b*x"
    `);
  });

  it("of products", () => {
    expect(
      messages("2x  2(x+1)  x y  (a)(b)  A[1]x  x 2  exp(x)exp(y)  1.5.x".split("  ")),
    ).toMatchInlineSnapshot(`
      ""2x" 1:2: an operator is missing between '2' and 'x'; accepted: * for a product
      "2(x+1)" 1:2: an operator is missing between '2' and '('; accepted: * for a product
      "x y" 1:3: an operator is missing between 'x' and 'y'; accepted: * for a product
      "(a)(b)" 1:4: an operator is missing between ')' and '('; accepted: * for a product
      "A[1]x" 1:5: an operator is missing between ']' and 'x'; accepted: * for a product
      "x 2" 1:3: an operator is missing between 'x' and '2'; accepted: * for a product
      "exp(x)exp(y)" 1:7: an operator is missing between ')' and 'exp'; accepted: * for a product
      "1.5.x" 1:1: '1.5.' is not a number; accepted: decimal numbers such as 12, 0.5, 1e-3"
    `);
  });

  it("of values", () => {
    expect(messages("a +  a * / b  ()  (a,  A[]  max(1,)  *a".split("  "))).toMatchInlineSnapshot(`
      ""a +" 1:4: the formula ends where a value is missing; accepted: a number, a name, a call or a bracket
      "a * / b" 1:5: a value is missing before '/'; accepted: a number, a name, a call or a bracket
      "()" 1:2: a value is missing before ')'; accepted: a number, a name, a call or a bracket
      "(a," 1:3: unexpected ','; accepted: commas in calls and indices; a point in numbers
      "A[]" 1:3: a value is missing before ']'; accepted: a number, a name, a call or a bracket
      "max(1,)" 1:7: a value is missing before ')'; accepted: a number, a name, a call or a bracket
      "*a" 1:1: a value is missing before '*'; accepted: a number, a name, a call or a bracket"
    `);
  });

  it("of brackets", () => {
    expect(
      messages("(a  a)  (a]  A[(1]  exp(  ((a)  a, b  (a, b)  [1,2]  A[i][j]  exp(x)[1]".split("  ")),
    ).toMatchInlineSnapshot(`
      ""(a" 1:1: '(' is never closed; accepted: ')'
      "a)" 1:2: ')' without its partner; accepted: as many ( as )
      "(a]" 1:3: unexpected ']'; accepted: ')' first
      "A[(1]" 1:5: unexpected ']'; accepted: ')' first
      "exp(" 1:4: '(' is never closed; accepted: ')'
      "((a)" 1:1: '(' is never closed; accepted: ')'
      "a, b" 1:2: unexpected ','; accepted: commas in calls and indices; a point in numbers
      "(a, b)" 1:3: unexpected ','; accepted: commas in calls and indices; a point in numbers
      "[1,2]" 1:1: '[' does not follow a name; accepted: indices after a name, all in one bracket: A[i,j]
      "A[i][j]" 1:5: '[' does not follow a name; accepted: indices after a name, all in one bracket: A[i,j]
      "exp(x)[1]" 1:7: '[' does not follow a name; accepted: indices after a name, all in one bracket: A[i,j]"
    `);
  });

  it("of numbers", () => {
    expect(messages("0x1F  1.2.3  1e5.5  1_000  1e9999  2e".split("  "))).toMatchInlineSnapshot(`
      ""0x1F" 1:1: '0x1F' is not a number; accepted: decimal numbers such as 12, 0.5, 1e-3
      "1.2.3" 1:1: '1.2.3' is not a number; accepted: decimal numbers such as 12, 0.5, 1e-3
      "1e5.5" 1:1: '1e5.5' is not a number; accepted: decimal numbers such as 12, 0.5, 1e-3
      "1_000" 1:1: '1_000' is not a number; accepted: decimal numbers such as 12, 0.5, 1e-3
      "1e9999" 1:1: the number '1e9999' is too long; accepted: at most 4000 digits and decimal exponents up to 4000
      "2e" 1:2: an operator is missing between '2' and 'e'; accepted: * for a product"
    `);
  });

  it("of names", () => {
    expect(
      messages(
        "__a  constructor  x + valueOf  a mod b  true + 1  Infinity  end  a and b  x\u0302\u0302".split("  "),
      ),
    ).toMatchInlineSnapshot(`
      ""__a" 1:1: '__a' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "constructor" 1:1: 'constructor' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "x + valueOf" 1:5: 'valueOf' may not be a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "a mod b" 1:3: 'mod' is not an operator of formulas; accepted: + - * / ^
      "true + 1" 1:1: 'true' is a word of the formula language, not a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "Infinity" 1:1: 'Infinity' is a word of the formula language, not a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "end" 1:1: 'end' is a word of the formula language, not a name; accepted: names of letters, digits and _ that begin with a letter or a single _
      "a and b" 1:3: 'and' is not an operator of formulas; accepted: + - * / ^
      "x\\u0302\\u0302" 1:1: 'x̂̂' is not a name; accepted: names of letters, digits and _ that begin with a letter or a single _"
    `);
  });

  it("of functions", () => {
    expect(
      messages("exp + 1  exp[1]  sum  x(1)  tahn(x)  Exp(x)  ln(x)  pow(x, 2)  foo(x)  e(1)".split("  ")),
    ).toMatchInlineSnapshot(`
      ""exp + 1" 1:1: the function 'exp' stands without arguments; accepted: exp(…), or another name
      "exp[1]" 1:1: the function 'exp' stands without arguments; accepted: exp(…), or another name
      "sum" 1:1: the function 'sum' stands without arguments; accepted: sum(…), or another name
      "x(1)" 1:1: unknown function 'x'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "tahn(x)" 1:1: unknown function 'tahn', perhaps 'tanh'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "Exp(x)" 1:1: unknown function 'Exp', perhaps 'exp'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "ln(x)" 1:1: unknown function 'ln', perhaps 'log'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "pow(x, 2)" 1:1: unknown function 'pow', perhaps 'x^n'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "foo(x)" 1:1: unknown function 'foo'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices
      "e(1)" 1:1: unknown function 'e'; accepted: functions such as exp, log, sin, tanh, max; * for a product, [ ] for indices"
    `);
  });

  it("of arities", () => {
    expect(
      messages("exp()  exp(1, 2)  max(1)  leaky_relu(x, 1, 2)  atan2(x)  delta(i)".split("  ")),
    ).toMatchInlineSnapshot(`
      ""exp()" 1:1: 'exp' with 0 arguments; accepted: 1 argument
      "exp(1, 2)" 1:1: 'exp' with 2 arguments; accepted: 1 argument
      "max(1)" 1:1: 'max' with 1 argument; accepted: 2 to 64 arguments
      "leaky_relu(x, 1, 2)" 1:1: 'leaky_relu' with 3 arguments; accepted: 1 to 2 arguments
      "atan2(x)" 1:1: 'atan2' with 1 argument; accepted: 2 arguments
      "delta(i)" 1:1: 'delta' with 1 argument; accepted: 2 arguments"
    `);
  });

  it("of constants", () => {
    expect(messages("e[1]  sum(a, pi, 1, 2)".split("  "))).toMatchInlineSnapshot(`
      ""e[1]" 1:1: the constant 'e' has no indices; accepted: another name
      "sum(a, pi, 1, 2)" 1:8: the constant 'pi' as an index; accepted: another name"
    `);
  });

  it("of folds", () => {
    expect(
      messages(
        "sum(x)  sum(i, 1, d)  sum(i, 1, d, x[i])  sum(x, i+1, 1, 2)  sum(x, (i), 1, 2)  sum(x, i, 3, 1)".split(
          "  ",
        ),
      ),
    ).toMatchInlineSnapshot(`
      ""sum(x)" 1:1: too few arguments of 'sum'; accepted: sum(body, i, lo, hi) or sum(body, i, lo, hi, i != k)
      "sum(i, 1, d)" 1:1: too few arguments of 'sum'; accepted: sum(body, i, lo, hi) or sum(body, i, lo, hi, i != k)
      "sum(i, 1, d, x[i])" 1:8: the index of 'sum' is not a name; accepted: sum(body, i, lo, hi) or sum(body, i, lo, hi, i != k)
      "sum(x, i+1, 1, 2)" 1:8: the index of 'sum' is not a name; accepted: sum(body, i, lo, hi) or sum(body, i, lo, hi, i != k)
      "sum(x, (i), 1, 2)" 1:9: the index of 'sum' is not a name; accepted: sum(body, i, lo, hi) or sum(body, i, lo, hi, i != k)
      "sum(x, i, 3, 1)" 1:11: the range 3 to 1 is empty; accepted: a last index that is not below the first"
    `);
    expect(
      messages("sum(x, i, 1, -1)  prod(x, i, 0.5, d)  prod(x, i, 1, 2, i != 1, 3)".split("  ")),
    ).toMatchInlineSnapshot(`
      ""sum(x, i, 1, -1)" 1:11: the range 1 to -1 is empty; accepted: a last index that is not below the first
      "prod(x, i, 0.5, d)" 1:12: the bound 1/2 is not an integer; accepted: integer bounds
      "prod(x, i, 1, 2, i != 1, 3)" 1:24: too many arguments of 'prod'; accepted: prod(body, i, lo, hi) or prod(body, i, lo, hi, i != k)"
    `);
  });

  it("of conditions", () => {
    const last = "i  i < 2  i == 2  i != 1 != 2  i != 1 and k  i != 1 or k  (i != 1)".split("  ");
    expect(messages(last.map((condition) => `sum(x, i, 1, 2, ${condition})`))).toMatchInlineSnapshot(`
      ""sum(x, i, 1, 2, i)" 1:17: a condition without '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "sum(x, i, 1, 2, i < 2)" 1:19: unexpected '<'; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "sum(x, i, 1, 2, i == 2)" 1:19: unexpected '=='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "sum(x, i, 1, 2, i != 1 != 2)" 1:24: unexpected '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "sum(x, i, 1, 2, i != 1 and k)" 1:28: a condition without '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "sum(x, i, 1, 2, i != 1 or k)" 1:24: 'or' is not an operator of formulas; accepted: + - * / ^
      "sum(x, i, 1, 2, (i != 1))" 1:20: unexpected '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod"
    `);
    expect(messages("sum(x, i, 1 != 2, 2)  x != 1".split("  "))).toMatchInlineSnapshot(`
      ""sum(x, i, 1 != 2, 2)" 1:13: unexpected '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "x != 1" 1:3: unexpected '!='; accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod"
    `);
  });

  it("of signs", () => {
    expect(
      messages("a**b  a.*b  a = b  a; b  1:2  a ? b : c  n!  a % b  a.b  x'  {a}  a && b".split("  ")),
    ).toMatchInlineSnapshot(`
      ""a**b" 1:2: unexpected '**'; accepted: ^ for powers
      "a.*b" 1:2: unexpected '.*'; accepted: *, which acts on numbers
      "a = b" 1:3: unexpected '='; accepted: the right-hand side alone
      "a; b" 1:2: unexpected ';'; accepted: one formula
      "1:2" 1:2: unexpected ':'; accepted: sum(body, i, lo, hi) for a range
      "a ? b : c" 1:3: unexpected '?'; accepted: max, min, abs, sign, relu for cases
      "n!" 1:2: unexpected '!'; accepted: gamma(n + 1) for a factorial
      "a % b" 1:3: unexpected '%'; accepted: a - b*floor(a/b) for a remainder
      "a.b" 1:2: unexpected '.'; accepted: decimal points inside numbers and names without points
      "x'" 1:2: unexpected '''; accepted: names without quotes
      "{a}" 1:1: unexpected '{'; accepted: ( ) as brackets
      "a && b" 1:3: unexpected '&'; accepted: numbers, names, + - * / ^ ( ) [ ] and commas"
    `);
  });

  it("of letters", () => {
    expect(
      messages("x − y  x × y  x²  x ≠ y  x 😀  x\u200f  \u0000  a\n\n + €".split("  ")),
    ).toMatchInlineSnapshot(`
      ""x \\u2212 y" 1:3: unexpected '−' (U+2212); accepted: -
      "x \\u00d7 y" 1:3: unexpected '×' (U+00D7); accepted: *
      "x\\u00b2" 1:2: unexpected '²' (U+00B2); accepted: ^2
      "x \\u2260 y" 1:3: unexpected '≠' (U+2260); accepted: conditions such as i != k, joined by and, as the fifth argument of sum or prod
      "x \\ud83d\\ude00" 1:3: unexpected '😀' (U+1F600); accepted: numbers, names, + - * / ^ ( ) [ ] and commas
      "x\\u200f" 1:2: unexpected character U+200F; accepted: numbers, names, + - * / ^ ( ) [ ] and commas
      "\\u0000" 1:1: unexpected character U+0000; accepted: numbers, names, + - * / ^ ( ) [ ] and commas
      "a\\n\\n + \\u20ac" 3:4: unexpected '€' (U+20AC); accepted: numbers, names, + - * / ^ ( ) [ ] and commas"
    `);
  });

  it("underlines the place in its own line, under the name of its source", () => {
    const error = failure("a +\nb*tahn(x)", "model.json");
    expect(error.message).toMatch(/^model\.json:2:3: unknown function 'tahn', perhaps 'tanh'; accepted: /);
    expect(error.underlined()).toBe("  b*tahn(x)\n    ^^^^");
  });

  it("places the errors of later stages", () => {
    const text = "a +\nb";
    const node = postorder(readFormula(text))[1]!;
    expect(failIn(text)(node.span, "unknown size", "d").message).toBe(
      "formula:2:1: unknown size; accepted: d",
    );
  });
});
