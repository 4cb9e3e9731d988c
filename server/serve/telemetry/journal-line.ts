import { z } from "zod";
import { parsedJson } from "#server/base/parsed-json.ts";
import { arms } from "../windows/contract.ts";
import type { CountKey } from "../windows/count-key.ts";
import type { CountLimits } from "./limits.ts";
import type { Observation, WindowCounts } from "./window-counts.ts";

/** A line of a window's journal. Indices are text: they are only compared. */
type JournalLine =
  | { kind: "counts"; counts: Partial<WindowCounts> & CountKey }
  | { kind: "key"; index: string; key: CountKey; machine: string | undefined }
  | { kind: "limits"; index: string; limits: CountLimits | undefined }
  | { kind: "request"; index: string; observation: Observation }
  | { kind: "sampled"; index: string };

const Key = z.object({
  workspaceId: z.string(),
  endpointId: z.string(),
  versionId: z.string(),
  arm: z.enum(arms),
  /** Journals of a release that did not record the provider have none. */
  provider: z.string().default("none"),
});

const count = z.number().min(0);
const countsBy = z.record(z.string(), z.number());
const LimitCountsBy = z.record(z.string(), z.tuple([count, count]));

const Machine = z.object({ machine: z.string().optional() });

/** What a release did not count yet is absent. */
const Counts = Key.extend(
  Machine.extend({
    requests: count,
    rows: count,
    failures: countsBy,
    latencySumMs: z.number(),
    queueSumMs: z.number(),
    computeSumMs: z.number(),
    deviceSumMs: z.number(),
    latencyBuckets: countsBy,
    violations: countsBy,
    cacheHits: count,
    coalesced: count,
    sampled: count,
    cascade: countsBy,
    indicators: z.object({
      latency: LimitCountsBy.optional(),
      age: LimitCountsBy.optional(),
      tasks: countsBy.optional(),
    }),
  }).partial().shape,
);

const Limits = z.object({ latencyMs: z.array(z.number()), featureAgeMs: z.array(z.number()) }).nullable();

/** Properties that few requests have. */
const Rare = z.object({
  violations: z.array(z.string()).optional(),
  sharedBy: z.enum(["cache", "coalesced"]).optional(),
  featureAgeMs: z.number().optional(),
  isTask: z.boolean().optional(),
  cascade: countsBy.optional(),
});

/** Returns what a line says; undefined for anything else: two halves of lines, bytes that a machine without power left. */
export function parseLine(line: string): JournalLine | undefined {
  if (line.startsWith("a ")) {
    const counts = Counts.safeParse(parsedJson(line.slice(2)));
    return counts.success ? { kind: "counts", counts: counts.data as Partial<WindowCounts> & CountKey } : undefined;
  }
  const [letter, index, rest] = splitTwice(line);
  if (letter === "s" && rest === "") return { kind: "sampled", index };
  if (letter === "r") {
    const observation = parseObservation(rest);
    return observation && { kind: "request", index, observation };
  }
  if (letter === "k") {
    const named = Key.extend(Machine.shape).safeParse(parsedJson(rest));
    if (!named.success) return undefined;
    const { machine, ...key } = named.data;
    return { kind: "key", index, key, machine };
  }
  const limits = letter === "l" ? Limits.safeParse(parsedJson(rest)) : undefined;
  return limits?.success ? { kind: "limits", index, limits: limits.data ?? undefined } : undefined;
}

/** Numbers of a request: status, rows, and milliseconds; older journals have no device time. */
const [minNumbers, maxNumbers] = [5, 6];

/** Parses the numbers of a request, followed by rare properties in JSON: a violated contract, a response without the model, a cascade. */
function parseObservation(text: string): Observation | undefined {
  const start = text.indexOf("{");
  const numbers = (start < 0 ? text : text.slice(0, start)).trimEnd().split(" ").map(parseNumber);
  if (numbers.length < minNumbers || numbers.length > maxNumbers || numbers.includes(undefined)) return undefined;
  const [status, rows, latencyMs, queueMs, computeMs, deviceMs = 0] = numbers as number[];
  const rare = start < 0 ? undefined : Rare.safeParse(parsedJson(text.slice(start)));
  if (rare && !rare.success) return undefined;
  const plain = { status, rows, latencyMs, queueMs, computeMs, deviceMs } as Observation;
  return { ...plain, ...(rare?.data as Partial<Observation> | undefined) };
}

/** Undefined for "", "1.2.3" and "NaN". */
function parseNumber(text: string): number | undefined {
  const number = Number(text);
  return text === "" || !Number.isFinite(number) ? undefined : number;
}

/** Splits "k 3 {…}" into "k", "3" and "{…}"; the last part may contain spaces, or be empty. */
function splitTwice(line: string): [string, string, string] {
  const space = line.indexOf(" ", 2);
  if (line[1] !== " ") return ["", "", ""];
  return space < 0
    ? [line.slice(0, 1), line.slice(2), ""]
    : [line.slice(0, 1), line.slice(2, space), line.slice(space + 1)];
}
