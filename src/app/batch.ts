/** `check --batch`: verdicts on a list of architectures, one bad entry not stopping the rest. */
import { DescentError, placeText } from "../errors.ts";
import * as api from "./api.ts";

export type BatchAnswer =
  | ({ readonly id: unknown } & api.Verdict)
  | {
      readonly id: unknown;
      readonly error: { readonly code: string; readonly message: string; readonly at: string | null };
    };

/**
 * The verdicts on a list of `{"id", "model", "inputs", "sizes", "loss"}`, in its order; an entry may hold whatever an
 * architecture file may. Limits are those of each entry.
 *
 * @param source what the list is called in errors
 * @throws DescentError `input` where the text is no JSON list
 */
export function checkBatch(
  text: string,
  source: string,
  judge: api.ZeroJudge,
  limits: api.Limits,
): BatchAnswer[] {
  const fail = (fault: string): DescentError =>
    new DescentError("input", fault, {
      place: { source },
      accepted: 'a JSON list such as [{"id": 1, "model": "a*exp(-k*x)"}]',
    });
  let list: unknown;
  try {
    list = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw fail(`not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list)) throw fail("not a list");
  return list.map((entry: unknown, k): BatchAnswer => {
    const whole = typeof entry === "object" && entry !== null && !Array.isArray(entry);
    const { id = null, ...file } = whole ? (entry as Record<string, unknown>) : {};
    try {
      if (!whole)
        throw new DescentError("input", "the entry is no object", { place: { source, path: `${k}` } });
      const given = api.readArchitectureFile(
        JSON.stringify(file),
        `${source}:${typeof id === "string" || typeof id === "number" ? id : k}`,
      );
      return { id, ...api.check(api.architecture(given), judge, limits) };
    } catch (error) {
      return { id, error: entryError(error) };
    }
  });
}

function entryError(error: unknown): { code: string; message: string; at: string | null } {
  if (!(error instanceof DescentError)) {
    return { code: "internal", message: error instanceof Error ? error.message : String(error), at: null };
  }
  const accepted = error.accepted === undefined ? "" : `; accepted: ${error.accepted}`;
  return {
    code: error.code,
    message: `${error.fault}${accepted}`,
    at: error.place === undefined ? null : placeText(error.place),
  };
}
