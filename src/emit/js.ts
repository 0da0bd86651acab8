/** The JavaScript target: one function a program, over typed arrays. */
import { DescentError } from "../errors.ts";
import type { PrimitiveTable } from "../primitives/primitive.ts";
import type { ArrayName, Index, Program, Statement, Value } from "./program.ts";

/**
 * The text of `function NAME(theta, …, data) { … }`, where `data` is `{inputs, y, w, rows}`. It holds no name of the
 * architecture: temporaries are `t1`, counters `i1`, scratch arrays `s1`.
 */
export function jsFunction(program: Program, primitives: PrimitiveTable): string {
  const lines: string[] = [];
  const put = (depth: number, text: string): void => void lines.push("  ".repeat(depth) + text);

  const value = (v: Value): string => {
    switch (v.kind) {
      case "number":
        return v.value < 0 || Object.is(v.value, -0) ? `(${v.value})` : `${v.value}`;
      case "local":
        return `t${v.id}`;
      case "load":
        return `${arrayName(v.array)}[${index(v.index)}]`;
      case "input":
        return `inputs[${index(v.index)}][n]`;
      case "datum":
        return v.which === "y" ? "y[n]" : "(w === null ? 1 : w[n])";
      case "index":
        return `(${index(v.value)})`;
      case "test":
        return `(${index(v.value)} ${v.test === "equal" ? "===" : "!=="} 0 ? 1 : 0)`;
      case "operation":
        return `(${value(v.args[0])} ${v.op} ${value(v.args[1])})`;
      case "less":
        return `(${value(v.left)} < ${value(v.right)} ? ${value(v.yes)} : ${value(v.no)})`;
      case "call": {
        const code = primitives.get(v.name)?.code.js;
        if (code === null || code === undefined || !("native" in code)) {
          throw new DescentError("internal", `the program calls '${v.name}', which has no native JavaScript`);
        }
        return `${code.native}(${v.args.map(value).join(", ")})`;
      }
    }
  };

  const statement = (s: Statement, depth: number): void => {
    switch (s.kind) {
      case "let":
        put(depth, `${s.mutable ? "let" : "const"} t${s.local} = ${value(s.value)};`);
        break;
      case "set":
        put(depth, `t${s.local} = ${value(s.value)};`);
        break;
      case "store": {
        const row = s.rowBlock === undefined ? "" : s.rowBlock === 1 ? "n + " : `n * ${s.rowBlock} + `;
        put(depth, `${arrayName(s.array)}[${row}${index(s.index)}] ${s.add ? "+=" : "="} ${value(s.value)};`);
        break;
      }
      case "loop": {
        const i = `i${s.loop}`;
        put(depth, `for (let ${i} = ${index(s.lo)}; ${i} <= ${index(s.hi)}; ${i}++) {`);
        for (const inner of s.body) statement(inner, depth + 1);
        put(depth, "}");
        break;
      }
      case "when":
        put(depth, `if (${index(s.value)} ${s.test === "equal" ? "===" : "!=="} 0) {`);
        for (const inner of s.body) statement(inner, depth + 1);
        put(depth, "}");
        break;
      case "rows":
        put(depth, "for (let n = 0; n < rows; n++) {");
        for (const inner of s.body) statement(inner, depth + 1);
        put(depth, "}");
        break;
    }
  };

  put(0, `function ${program.name}(${[...program.arrays.map(arrayName), "data"].join(", ")}) {`);
  put(1, "const { inputs, y, w, rows } = data;");
  program.scratch.forEach((length, k) => {
    put(1, `const s${k} = new Float64Array(${length});`);
  });
  for (const array of program.arrays)
    if (accumulates(program.body, array)) put(1, `${arrayName(array)}.fill(0);`);
  for (const s of program.body) statement(s, 1);
  if (program.result !== undefined) put(1, `return ${value(program.result)};`);
  put(0, "}");
  return lines.join("\n");
}

const arrayName = (array: ArrayName): string => (typeof array === "string" ? array : `s${array.scratch}`);

function index(a: Index): string {
  const parts = a.terms.map(([loop, c]) =>
    c === 1 ? `i${loop}` : c === -1 ? `-i${loop}` : `${c} * i${loop}`,
  );
  if (a.constant !== 0 || parts.length === 0) parts.push(`${a.constant}`);
  return parts.join(" + ").replaceAll("+ -", "- ");
}

function accumulates(body: readonly Statement[], array: ArrayName): boolean {
  return body.some((s) =>
    s.kind === "store" ? s.array === array && s.add : "body" in s && accumulates(s.body, array),
  );
}
