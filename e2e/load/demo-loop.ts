import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { RetrainingCycleDetails } from "#server/improve/retraining/cycles/contract.ts";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import { formsScanner, tillScanner } from "#server/roles/demo/retraining/retraining-loop.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { type LabelledRow, shareRight, whenBack } from "./demo-loop/labelled-rows.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { startDemo } from "./start-demo.ts";

/** What a viewer of the demo waits for at most. */
const adoptedWithin = 900;
/** After this long without an adoption a run has failed. */
const limitMs = 30 * 60_000;
const lookMs = 2_000;
/** Labelled requests after the adoption, and the time that their labels take. */
const afterMs = 150_000;
const pageSize = 200;

interface Run {
  /** Seconds from the start of the demo's process. */
  times: [what: string, seconds: number][];
  adopted: number;
  before: readonly LabelledRow[];
  worst: readonly LabelledRow[];
  after: readonly LabelledRow[];
  refused: string;
}

/**
 * Starts the demo in an empty folder and only looks on, by REST: a scanner is replaced, quality falls, a policy trains the model again, and the candidate is
 * rolled out; a second policy refuses, since its feed is broken. `-- demo-loop --runs 1` takes a quarter of an hour.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { runs: { type: "string", default: "1" } } });
  const runs = Number(values.runs);
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error("--runs must be a whole number above 0.");
  const rows: Row[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const found = await watchDemo();
    print(found);
    rows.push(...rowsOf(found, runs === 1 ? "" : `run ${number}: `));
  }
  return rows;
}

async function watchDemo(): Promise<Run> {
  await using demo = await startDemo();
  const { url, folder, startedAt } = demo;
  return await lookOn({ url: `${url}/api/v1`, tokenFile: join(folder, "demo-token"), startedAt });
}

interface Watched {
  url: string;
  tokenFile: string;
  startedAt: number;
}

async function lookOn(demo: Watched): Promise<Run> {
  const until = demo.startedAt + limitMs;
  const cyclePath = `retraining-policies/${formsScanner.model}/cycles/1`;
  const cycle = await untilFound(until, async () => {
    const found = await read<RetrainingCycleDetails>(demo, cyclePath);
    return found?.endedAt ? found : undefined;
  });
  if (!cycle) throw new Error("No cycle ended within half an hour.");
  if (cycle.state !== "adopted") throw new Error(`The first cycle is ${cycle.state}: ${cycle.words}`);
  const adoptedAt = Date.parse(`${cycle.endedAt}`);
  const refused = await untilFound(until, async () => {
    const policy = await read<RetrainingPolicyDetails>(demo, `retraining-policies/${tillScanner.model}`);
    return policy?.decision?.holds.find(({ code }) => code === "feed")?.words;
  });
  await pause(Math.max(0, adoptedAt + afterMs - Date.now()));
  const rows = await readLabelled(demo);
  const seconds = (at: string | number | Date) => Math.round((new Date(at).getTime() - demo.startedAt) / 1000);
  const fell = cycle.evidence.find(({ trigger }) => trigger === "slo")?.since ?? 0;
  const before = rows.filter(({ at }) => at < fell);
  const rollout = cycle.steps.find(({ state }) => state === "rolling-out");
  const rolloutAt = new Date(rollout?.at ?? cycle.startedAt).getTime();
  const back = whenBack(rows, { from: rolloutAt, atLeast: shareRight(before).low });
  return {
    times: [
      ["first labelled request", seconds(rows[0]?.at ?? 0)],
      ["drift found", seconds(await firstDrift(demo))],
      ["quality fell (by the SLO)", seconds(fell)],
      ["cycle started", seconds(cycle.startedAt)],
      ...cycle.steps.map(({ state, at }): [string, number] => [stepLabels[state] ?? state, seconds(at)]),
      ["adopted", seconds(adoptedAt)],
      ...(back === undefined ? [] : [["quality back", seconds(back)] as [string, number]]),
    ],
    adopted: seconds(adoptedAt),
    before,
    worst: rows.filter(({ at }) => at >= fell && at < rolloutAt),
    after: rows.filter(({ at }) => at >= adoptedAt),
    refused: refused ?? "",
  };
}

const stepLabels: Record<string, string> = {
  training: "data ready, training",
  evaluating: "trained, comparing",
  gating: "compared, gates",
  "rolling-out": "gates passed, rollout",
};

async function firstDrift(demo: Watched): Promise<Date | number> {
  const found = await read<{ findings: Finding[] }>(demo, `endpoints/${formsScanner.endpoint}/findings?limit=500`);
  const drifts = (found?.findings ?? []).filter(({ watcher }) => watcher === "drift");
  return Math.min(...drifts.map(({ openedAt }) => new Date(openedAt).getTime()));
}

/** Reads all requests with a label, oldest first. */
async function readLabelled(demo: Watched): Promise<LabelledRow[]> {
  const rows: LabelledRow[] = [];
  const query = `label=with&tensors=small&limit=${pageSize}`;
  for (let cursor = ""; ; ) {
    const more = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `endpoints/${formsScanner.endpoint}/predictions?${query}${more}`;
    const page = await read<{ predictions: Prediction[]; next?: string }>(demo, path);
    if (!page) throw new Error("The prediction log could not be read.");
    for (const { at, isCorrect, arm } of page.predictions) {
      if (isCorrect !== null && arm !== "shadow") rows.push({ at: new Date(at).getTime(), isRight: isCorrect });
    }
    if (page.next === undefined) return rows.reverse();
    cursor = page.next;
  }
}

async function untilFound<Result>(until: number, find: () => Promise<Result | undefined>): Promise<Result | undefined> {
  for (; Date.now() < until; await pause(lookMs)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads by REST; undefined while it is not there yet. */
async function read<Result>({ url, tokenFile }: Watched, path: string): Promise<Result | undefined> {
  const token = await readFile(tokenFile, "utf8").catch(() => undefined);
  if (token === undefined) return undefined;
  const headers = { authorization: `Bearer ${token.trim()}` };
  const response = await fetch(`${url}/${path}`, { headers }).catch(() => undefined);
  return response?.ok ? ((await response.json()) as Result) : undefined;
}

function print({ times, before, worst, after, refused }: Run): void {
  for (const [what, seconds] of times) console.log(`${String(seconds).padStart(5)} s  ${what}`);
  const parts: [string, readonly LabelledRow[]][] = [
    ["before", before],
    ["until the rollout", worst],
    ["after", after],
  ];
  for (const [when, rows] of parts) {
    const { share, low, high, count } = shareRight(rows);
    const [value, from, to] = [share, low, high].map((one) => (100 * one).toFixed(1));
    console.log(`Realised quality ${when}: ${value} % (95 %: ${from} to ${to}) of ${count}`);
  }
  console.log(`The other policy: ${refused}`);
  console.log("hands: 0");
}

function rowsOf({ adopted, before, worst, after, refused }: Run, prefix: string): Row[] {
  const quality = (when: string, rows: readonly LabelledRow[]) => {
    const { share, low, high } = shareRight(rows);
    return { name: `${prefix}quality ${when}`, unit: "of 1", leeway: share, interval: [low, high] as const };
  };
  const known = shareRight(before);
  const fallen = shareRight(worst);
  return [
    atMost(adoptedWithin, { name: `${prefix}start to adoption`, unit: "s", leeway: adopted }),
    { ...quality("before", before), peer: undefined, goal: "at least 0.9", ok: known.share >= 0.9 },
    { ...quality("until the rollout", worst), peer: undefined, goal: "below before", ok: fallen.high < known.low },
    {
      ...quality("after", after),
      peer: undefined,
      goal: `at least ${known.low.toFixed(3)}`,
      ok: shareRight(after).share >= known.low,
    },
    atLeast(1, { name: `${prefix}broken feed refused`, unit: "of 1", leeway: refused === "" ? 0 : 1 }),
  ];
}
