import { setTimeout as pause } from "node:timers/promises";
import { writePng } from "#server/improve/labelling/sources/write-png.ts";
import type { EvaluationSet } from "#server/release/evaluation/contract.ts";
import { type DemoTarget, send } from "../client.ts";
import { releases } from "../next-release.ts";
import { digitsModel } from "../promotion.ts";
import type { Sample } from "../recording.ts";
import { ensureDataset } from "../upload-flights.ts";

/** Name of the dataset and of the evaluation set. */
const name = "digits-holdout";

const robustnessRows = 100;
/** Sums of the pixels from which a digit is medium, and thick; one of the faulty versions fails on thick ones. */
const inkLimits = [17, 22] as const;

/**
 * Uploads the digits that no version learned from, freezes them as an evaluation set, and evaluates every version on it. May be repeated: the same
 * rows are the same set, and a version is evaluated on it once.
 */
export async function ensureEvaluations(target: DemoTarget, samples: readonly Sample[]): Promise<EvaluationSet> {
  const api = `${target.url}/api/v1`;
  const digest = await ensureDataset(target, {
    name,
    fileName: `${name}.csv`,
    note: "Digits that no version learned from",
    body: Buffer.from(holdoutTable(samples)),
  });
  const created = await send<EvaluationSet>(target, "POST", `${api}/evaluation-sets`, {
    name,
    definition: {
      dataset: { name, digest },
      task: { kind: "classification", label: "digit" },
      segments: [{ column: "ink" }],
    },
    note: "Digits that no version learned from",
  });
  const set = await untilReady(target, created.id);
  const { versions } = await send<{ versions: { version: number; inspection: string }[] }>(
    target,
    "GET",
    `${api}/models/${digitsModel}/versions`,
  );
  for (const { version, inspection } of versions.toReversed()) {
    if (inspection !== "servable") continue;
    await send(target, "POST", `${api}/evaluations`, { setId: set.id, name: digitsModel, version });
  }
  return set;
}

/** Waits until the rows of a set are read: only then versions are evaluated on it. */
export async function untilReady(target: DemoTarget, id: string): Promise<EvaluationSet> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const set = await send<EvaluationSet>(target, "GET", `${target.url}/api/v1/evaluation-sets/${id}`);
    if (set.state === "ready") return set;
    if (set.state === "failed")
      throw new Error(`The evaluation set "${set.name}" was not read: ${set.problem?.message}`);
    await pause(500);
  }
  throw new Error("The evaluation set was not read within two minutes. Is the worker role running?");
}

/** Measures how much accuracy the champion and its int8 copy retain under corruption. Enough rows to tell kinds apart in half a minute. */
export async function ensureRobustness(target: DemoTarget, setId: string): Promise<void> {
  for (const version of [releases.float32, releases.int8]) {
    await send(target, "POST", `${target.url}/api/v1/robustness-runs`, {
      setId,
      name: digitsModel,
      version,
      rows: robustnessRows,
    });
  }
}

/** Returns the digits as CSV: the picture that the pipeline of every version takes, the amount of ink, and the digit. */
export function holdoutTable(samples: readonly Sample[]): string {
  const rows = samples.map(({ inputs, label }) => {
    const pixels = (inputs[0]?.data ?? []).map(Number);
    return [pictureOf(pixels).toString("base64"), inkOf(pixels), label].join(",");
  });
  return `${["picture,ink,digit", ...rows].join("\n")}\n`;
}

function inkOf(pixels: readonly number[]): "thin" | "medium" | "thick" {
  const ink = pixels.reduce((sum, pixel) => sum + pixel, 0);
  if (ink < inkLimits[0]) return "thin";
  return ink < inkLimits[1] ? "medium" : "thick";
}

/** Draws pixels from 0 to 1 as a grey PNG, so that decoding it returns them to 1 in 255. */
function pictureOf(pixels: readonly number[]): Buffer {
  const side = Math.sqrt(pixels.length);
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...pixels.slice(y * side, (y + 1) * side).map((pixel) => Math.round(pixel * 255)),
  ]);
  return writePng(side, side, 1, Buffer.from(rows.flat()));
}
