import type { RunInfo } from "./contract.ts";
import type { RunRow } from "./lock-run.ts";

/** A run's own row as the outside sees it. */
export function toRunInfo({ workspaceId, deletedAt, needsPacking, ...run }: RunRow): RunInfo {
  return { ...run, isDeleted: deletedAt !== null };
}
