import { runStatuses } from "#server/develop/tracking/runs/constants.ts";
import type { SourceFile, SourceRun } from "../source.ts";
import { fingerprintOf } from "./artifact-file.ts";
import type { RunDetails } from "./format.ts";
import type { TableReader } from "./table-reader.ts";

/** Reads a run of an export, from its row and from the other files. */
export async function toRun(
  row: Record<string, unknown>,
  from: { details: RunDetails | undefined; params: TableReader; tags: TableReader; points: TableReader },
  files: SourceFile[],
): Promise<SourceRun> {
  const id = String(row.run_id);
  const [params, tags] = [await pairs(from.params, id), await pairs(from.tags, id)];
  const run = {
    id,
    experimentId: String(row.experiment_id),
    name: String(row.name),
    userName: String(row.user ?? ""),
    status: runStatuses.find((status) => status === row.status) ?? "FINISHED",
    startedAt: Number(row.started),
    endedAt: row.ended == null ? null : Number(row.ended),
    params,
    tags,
    datasets: from.details?.datasets ?? [],
    inputModelIds: from.details?.inputModelIds ?? [],
    outputModels: from.details?.outputModels ?? [],
  };
  return {
    ...run,
    fingerprint: async () => fingerprintOf([run, from.details], files),
    async *points() {
      for await (const rows of from.points.rowsOf(id)) {
        yield rows.map(({ key, step, timestamp, value }) => ({
          key: String(key),
          step: Number(step),
          timestamp: Number(timestamp),
          value: Number(value),
        }));
      }
    },
    async *files() {
      yield* files;
    },
  };
}

async function pairs(table: TableReader, runId: string) {
  const found: { key: string; value: string }[] = [];
  for await (const rows of table.rowsOf(runId)) {
    found.push(...rows.map(({ key, value }) => ({ key: String(key), value: String(value) })));
  }
  return found;
}
