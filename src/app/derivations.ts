/** `npm run derive`: the derivations of built-in architectures, written to `derivations/` in every format. */
import { join, resolve } from "node:path";
import { DERIVED } from "../architecture/builtins.ts";
import * as api from "./api.ts";
import { makeFolder, writeFiles } from "./files.ts";

const folder = resolve("derivations");
makeFolder(folder);
const judges = await api.openJudges();
for (const name of DERIVED) {
  const { document, evidence } = api.derive(api.builtinArchitecture(name), judges, { milliseconds: 600_000 });
  const files = api.FORMATS.map((format) => ({
    path: join(folder, `${name}.${format}`),
    content: api.writeDocument(document, format),
  }));
  writeFiles(files);
  process.stdout.write(
    `${name}: ${evidence.replay.exact + evidence.replay.enclosed} identities replayed, ${evidence.replay.open} left open\n`,
  );
}
