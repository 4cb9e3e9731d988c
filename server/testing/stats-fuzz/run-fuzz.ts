import { parentPort, workerData } from "node:worker_threads";
import { type Mode, makeArguments, UncoveredType } from "./make-arguments.ts";
import { readExports } from "./read-exports.ts";
import { mayBeNaN, takesFinite, uncalled } from "./special-arguments.ts";

/** What went wrong in a call. */
export interface Problem {
  name: string;
  mode: Mode;
  problem: string;
  given: string;
}

/** A message to the test: a function begins, something went wrong, or all are done. */
export type FuzzMessage = { kind: "begins"; index: number } | { kind: "problem"; problem: Problem } | { kind: "done" };

const modes: readonly Mode[] = ["ordinary", "extreme", "not finite"];

/** Calls every exported function from one on, in a worker, so that the test can end a call that never returns. */
async function run({ files, from, calls }: { files: string[]; from: number; calls: number }): Promise<void> {
  const sources = readExports(files);
  for (const [index, exported] of sources.functions.entries()) {
    if (index < from || exported.name in uncalled) continue;
    post({ kind: "begins", index });
    const called = (await import(exported.file))[exported.name] as (...given: unknown[]) => unknown;
    for (const mode of modes) {
      if (mode === "not finite" && takesFinite.has(exported.name)) continue;
      for (let call = 0; call < calls; call += 1) {
        const at = { name: exported.name, mode };
        try {
          const given = makeArguments(sources, exported, { mode, seed: 7 * call + 1 });
          const problem = problemOf(called, given, mode !== "not finite" && !mayBeNaN.has(exported.name));
          if (problem) post({ kind: "problem", problem: { ...at, problem, given: shown(given) } });
        } catch (error) {
          if (!(error instanceof UncoveredType)) throw error;
          post({ kind: "problem", problem: { ...at, problem: `has no maker: ${error.message}`, given: "" } });
        }
      }
    }
  }
  post({ kind: "done" });
}

/** Calls the function. NaN is a result only of numbers that are not finite themselves. @returns what is wrong; undefined if nothing is */
function problemOf(called: (...given: unknown[]) => unknown, given: unknown[], isNumber: boolean): string | undefined {
  try {
    const result = called(...given);
    return isNumber && hasNaN(result) ? "returns NaN" : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "ArgumentError") return undefined;
    return `throws ${error}`;
  }
}

function hasNaN(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (typeof value !== "object" || value === null || depth > 6) return false;
  if (value instanceof Map) return [...value.values()].some((one) => hasNaN(one, depth + 1));
  if (ArrayBuffer.isView(value)) return (value as Float64Array).some?.((one) => Number.isNaN(one)) ?? false;
  return Object.values(value).some((one) => hasNaN(one, depth + 1));
}

function shown(given: unknown[]): string {
  const text = JSON.stringify(given, (_, value) => {
    if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
    if (value instanceof Map) return [...value];
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
  return text.slice(0, 300);
}

function post(message: FuzzMessage): void {
  parentPort?.postMessage(message);
}

await run(workerData);
