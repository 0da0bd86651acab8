/** Files: read with a place in the error, written whole or not at all. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescentError } from "../errors.ts";

/** The largest file that is read, in bytes. */
const READ_LIMIT = 512 * 1024 * 1024;

/** The text of a file. Throws `input` with the path where it cannot be read. */
export function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > READ_LIMIT) throw new Error(`${size} bytes are more than ${READ_LIMIT}`);
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new DescentError("input", `cannot be read: ${reason(error)}`, {
      place: { source: path },
      accepted: "the path of a file that exists",
    });
  }
}

/** Writes all files or none: each to a temporary file beside its place first, then renamed. Their folders must exist. */
export function writeFiles(files: readonly { readonly path: string; readonly content: string }[]): void {
  const pending: { from: string; to: string }[] = [];
  try {
    for (const { path, content } of files) {
      const from = join(dirname(path), `.${process.pid}-${pending.length}.tmp`);
      pending.push({ from, to: path });
      writeFileSync(from, content);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${path} is a folder`);
    }
    for (const { from, to } of pending) renameSync(from, to);
  } catch (error) {
    for (const { from } of pending) rmSync(from, { force: true });
    throw new DescentError("input", `cannot be written: ${reason(error)}`, {
      place: { source: files[pending.length - 1]?.path ?? files[0]?.path ?? "output" },
      accepted: "a folder that exists and can be written to",
    });
  }
}

/** Creates a folder and its parents, one by one: a recursive call never returns on some file systems. */
export function makeFolder(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    const parent = dirname(path);
    if (parent !== path) makeFolder(parent);
    mkdirSync(path);
  } catch (error) {
    if (error instanceof DescentError) throw error;
    throw new DescentError("input", `cannot be written: ${reason(error)}`, {
      place: { source: path },
      accepted: "a folder that can be created or written to",
    });
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Record<string, string> = {
    ENOENT: "no such file or folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EEXIST: "a file of that name is in the way",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is a file",
    EROFS: "the file system is read-only",
    ENAMETOOLONG: "the name is too long",
  };
  return (
    (code !== undefined ? words[code] : undefined) ?? (error instanceof Error ? error.message : String(error))
  );
}
