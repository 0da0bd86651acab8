#!/usr/bin/env node
import { runCli } from "./cli.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that closed the pipe has had enough; anything else is told in one line.
  if (error.code === "EPIPE") return;
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exitCode = 2;
});
process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
});
