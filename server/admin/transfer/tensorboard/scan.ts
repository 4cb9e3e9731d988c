import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import type { RunStatus } from "#server/develop/tracking/runs/contract.ts";
import { readEvent, type TensorBoardEvent } from "./event.ts";
import type { EventFile } from "./event-files.ts";
import { recordsOf } from "./records.ts";

const pointsPerPortion = 10_000;

/** Result of the first pass over a run's files. */
export interface Scan {
  startedAt: number;
  endedAt: number | null;
  status: RunStatus;
  params: KeyValue[];
  problems: string[];
}

/** Reads the files of a run to the end, for what must be known before its points are: times, params, outcome. */
export async function scan(files: readonly EventFile[]): Promise<Scan> {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  let outcome: TensorBoardEvent["outcome"];
  const params = new Map<string, string>();
  const others = new Set<string>();
  const problems: string[] = [];
  for (const file of files) {
    for await (const event of eventsOf(file, (problem) => problems.push(problem))) {
      first = Math.min(first, event.at);
      last = Math.max(last, event.at);
      outcome = event.outcome ?? outcome;
      for (const { key, value } of event.params) params.set(keyOf(key), value);
      for (const tag of event.others) others.add(tag);
    }
  }
  if (others.size > 0) problems.push(leftOut([...others].sort()));
  return {
    startedAt: Number.isFinite(first) ? first : 0,
    endedAt: Number.isFinite(first) ? last : null,
    status: outcome ?? "FINISHED",
    params: [...params].map(([key, value]) => ({ key, value })),
    problems,
  };
}

function leftOut(tags: string[]): string {
  const shown = tags.slice(0, 5).join(", ");
  const more = tags.length > 5 ? ` and ${tags.length - 5} more` : "";
  return `Only scalars are imported. Skipped: ${shown}${more}.`;
}

/** Yields the scalars of a run's files, in chunks. A tag with characters that metrics may not have is renamed, which is reported. */
export async function* pointsOf(
  files: readonly EventFile[],
  report: (problem: string) => void,
): AsyncGenerator<Point[]> {
  let portion: Point[] = [];
  for (const file of files) {
    for await (const { at, step, scalars } of eventsOf(file, () => undefined)) {
      for (const { tag, value } of scalars) {
        const key = keyOf(tag);
        if (key !== tag) report(`The tag “${tag}” was imported as “${key}”.`);
        portion.push({ key, value, step, timestamp: at });
      }
      if (portion.length < pointsPerPortion) continue;
      yield portion;
      portion = [];
    }
  }
  if (portion.length > 0) yield portion;
}

async function* eventsOf(file: EventFile, report: (problem: string) => void): AsyncGenerator<TensorBoardEvent> {
  const records = recordsOf(await file.open());
  for (;;) {
    const next = await records.next();
    if (next.done) {
      if (next.value === "cut-off") report(`${file.name} ends in the middle of a record; it was still being written.`);
      if (next.value === "damaged") report(`${file.name} is corrupt and was read only up to that point.`);
      return;
    }
    const event = readEvent(next.value);
    if (event) yield event;
    else report(`${file.name} contains records that are not events.`);
  }
}

/** Converts a tag to a key of a metric or param. */
function keyOf(tag: string): string {
  const key = tag.replaceAll(/[^\p{L}\p{N}_/.\- :]/gu, "_");
  const segments = key.split("/").filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  return segments.join("/") || "scalar";
}
