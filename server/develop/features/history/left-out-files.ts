import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { featureFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { historyColumns, keyColumn } from "./history-columns.ts";
import type { EventRange, ReadView } from "./read-history.ts";
import { stageColumns } from "./stage-columns.ts";
import { whileListed } from "./while-listed.ts";

/** A file that was not read, because it has no row in the range of event times that was asked for. */
export interface LeftOutFile {
  file: typeof featureFiles.$inferSelect;
  /** Whether its transactions are of a cluster from which this one was restored. All of its rows count. */
  isRestored: boolean;
}

/** Orders files by their distance from a range of event times, the nearest first. */
export function byDistance(range: EventRange | undefined): (a: LeftOutFile, b: LeftOutFile) => number {
  const distance = ({ file: { minEventAt, maxEventAt } }: LeftOutFile) =>
    Math.max((range?.fromUs ?? maxEventAt) - maxEventAt, minEventAt - (range?.toUs ?? minEventAt));
  return (a, b) => distance(a) - distance(b);
}

/** What is read of left out files. */
export interface LeftOutQuestion {
  version: ViewVersion;
  /** Whether times and the order of writing are read, or the keys alone. */
  hasTimes: boolean;
  horizon: string;
  /** So many bytes are copied at most, after which no further file is. */
  maxBytes?: number;
  /** Asks about the rows of one file: a query in parentheses. @returns whether to go on */
  visit(relation: string): Promise<boolean>;
}

/**
 * Reads keys, and times if they are wanted, of the rows in files that were left out, one file after the other, the nearest first. Values are
 * not copied.
 * @throws DomainError "unavailable" if one is rewritten meanwhile
 */
export async function visitLeftOut(
  ctx: Context,
  { view, leftOut }: Pick<ReadView, "view" | "leftOut">,
  { version, hasTimes, horizon, maxBytes = Number.POSITIVE_INFINITY, visit }: LeftOutQuestion,
  { engine, folder, artifacts }: { engine: OfflineEngine; folder: string; artifacts: ArtifactStore },
): Promise<void> {
  const keys = version.entities.map(({ joinKey }) => joinKey);
  const times = hasTimes ? historyColumns : (["transaction"] as const);
  let copied = 0;
  for (const { file, isRestored } of leftOut) {
    const of = view.versions.get(file.version);
    if (!of || !haveSameKeys(of, version)) continue;
    if (copied >= maxBytes) return;
    const path = join(folder, `${file.id}.keys.parquet`);
    const columns = [...keys.map((key) => `k:${key}`), ...times];
    copied += await whileListed(ctx, [file.id], () => stageColumns(engine, artifacts, file, path, columns));
    const counts = isRestored ? "TRUE" : `transaction < ${BigInt(horizon)}`;
    const selected = [...keys.map(keyColumn), ...times].join(", ");
    const goesOn = await visit(`(SELECT ${selected} FROM read_parquet(${literal(path)}) WHERE ${counts})`);
    await rm(path, { force: true });
    if (!goesOn) return;
  }
}
