import type { StoredRows } from "./stored-rows.ts";

type Row = Record<string, unknown>;

const message = "Interrupted because its version was deleted.";

/** What becomes of rows of work that was waiting or running when its version was deleted, by table. */
const ends: Record<string, (row: Row, at: string) => Row> = {
  load_tests: (row, at) => ({ ...row, state: "cancelled", message, ended_at: at, runner: null, leased_until: null }),
  evaluation_runs: (row, at) => ({
    ...row,
    state: "cancelled",
    problem: message,
    finished_at: at,
    runner: null,
    leased_until: null,
  }),
  reference_profiles: (row, at) => ({ ...row, state: "failed", problem: { message }, finished_at: at }),
};

/** Ends work in stored rows that nobody does any more: restored as it was, a load test would start again. */
export function endInterrupted(kept: readonly StoredRows[], now: Date): StoredRows[] {
  return kept.map(({ table, rows }) => {
    const end = ends[table];
    if (!end) return { table, rows };
    const isInterrupted = ({ state }: Row) => state === "waiting" || state === "running";
    const ended = rows.map((row) => (isInterrupted(row) ? end(row, now.toISOString()) : row));
    return { table, rows: table === "evaluation_runs" ? ended.map(withoutParts) : ended };
  });
}

/** The trash keeps no parts of evaluations: requested again, one that is not done starts at its first row. */
function withoutParts(row: Row): Row {
  return row.state === "done" ? row : { ...row, rows_done: 0 };
}
