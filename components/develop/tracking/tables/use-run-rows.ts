"use client";

import { useMemo, useState } from "react";
import { useRefreshWhen } from "#components/shell/use-refresh-when.ts";
import type { GroupedRuns, RunTable, RunTableRow } from "#server/develop/tracking/tables/contract.ts";

interface ShownRuns {
  table: RunTable;
  grouped: GroupedRuns | undefined;
}

/** What was last shown without an error. */
export function useLastGood(table: RunTable | undefined, grouped: GroupedRuns | undefined): Partial<ShownRuns> {
  const [last, setLast] = useState<Partial<ShownRuns>>({ table, grouped });
  if (table && (table !== last.table || grouped !== last.grouped)) setLast({ table, grouped });
  return table ? { table, grouped } : last;
}

/** Rows that change in place but never move or go while one looks at them; new ones wait to be asked for. */
export function useSteadyRows(rows: RunTableRow[], view: string) {
  const [stored, setStored] = useState({ view, rows });
  if (stored.view !== view) setStored({ view, rows });
  const shown = stored.view === view ? stored.rows : rows;
  const known = new Set(shown.map(({ run }) => run.id));
  const now = useMemo(() => {
    const newest = new Map(rows.map((row) => [row.run.id, row]));
    return shown.map((row) => newest.get(row.run.id) ?? row);
  }, [shown, rows]);
  return {
    rows: now,
    fresh: rows.filter(({ run }) => !known.has(run.id)).length,
    adopt: () => setStored({ view, rows }),
  };
}

/** Renders the page anew, at most every second, when one of these runs or the experiment changed. */
export function useRefreshOnChange(rows: readonly RunTableRow[], experimentId: number): void {
  useRefreshWhen(
    ({ topic, id }) =>
      (topic === "run" && rows.some(({ run }) => run.id === id)) ||
      (topic === "experiment" && id === String(experimentId)),
  );
}
