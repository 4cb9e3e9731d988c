import type { RunInfo } from "./contract.ts";
import type { RunRow } from "./lock-run.ts";

/** Converts a run's row to its public form. */
export function toRunInfo({ workspaceId, deletedAt, needsPacking, ...run }: RunRow): RunInfo {
  return { ...run, isDeleted: deletedAt !== null };
}
