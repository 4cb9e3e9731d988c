import { globSync } from "node:fs";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { readExports } from "./read-exports.ts";
import type { FuzzMessage, Problem } from "./run-fuzz.ts";
import { mayBeNaN, positiveArguments, specialArguments, takesFinite, uncalled } from "./special-arguments.ts";

const files = globSync("server/stats/**/*.ts")
  .filter((file) => !/(\.test|testing|golden-data)\.ts$/.test(file))
  .map((file) => resolve(file));
const { functions, classes } = readExports(files);

/** Calls of a function in each mode. */
const calls = 6;
/** A call that takes longer does not return; on a busy machine the slowest takes a second. */
const timeoutMs = 30_000;

/** Calls all functions in a worker, and ends it at a call that does not return. */
function fuzz(): Promise<Problem[]> {
  const problems: Problem[] = [];
  return new Promise((done, fail) => {
    const worker = new Worker(new URL("./run-fuzz.ts", import.meta.url), { workerData: { files, from: 0, calls } });
    let timer = setTimeout(() => {}, 0);
    const finish = () => {
      clearTimeout(timer);
      void worker.terminate();
      done(problems);
    };
    const expectNext = (name: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        problems.push({ name, mode: "not finite", problem: "does not return", given: "" });
        finish();
      }, timeoutMs);
    };
    worker.on("message", (message: FuzzMessage) => {
      if (message.kind === "begins") expectNext(functions[message.index]?.name ?? "");
      else if (message.kind === "problem") problems.push(message.problem);
      else finish();
    });
    worker.on("error", fail);
  });
}

test("returns from every exported function of stats with extremes, without NaN and with no other error than ArgumentError", async () => {
  expect(functions.length).toBeGreaterThan(200);
  const problems = await fuzz();
  expect(problems.map(({ name, mode, problem, given }) => `${name} (${mode}) ${problem}: ${given}`)).toEqual([]);
});

test("calls only functions that exist in a way of their own, and leaves no class without a function that uses it", () => {
  const names = new Set(functions.map(({ name }) => name));
  const own = [...Object.keys(specialArguments), ...Object.keys(uncalled)];
  const listed = [...own, ...mayBeNaN, ...positiveArguments, ...takesFinite];
  expect(listed.filter((name) => !names.has(name))).toEqual([]);
  expect(classes.toSorted()).toEqual(["ArgumentError", "GridGate", "RestartGate"]);
});
