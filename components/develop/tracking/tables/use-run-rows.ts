"use client";

import { useMemo, useState } from "react";
import { useRefreshWhen } from "#components/shell/use-refresh-when.ts";
import type { GroupedRuns, RunTable, RunTableRow } from "#server/develop/tracking/tables/contract.ts";

interface ShownRuns {
  table: RunTable;
  grouped: GroupedRuns | undefined;
}

/** Returns the rows last shown without an error. */
export function useLastGood(table: RunTable | undefined, grouped: GroupedRuns | undefined): Partial<ShownRuns> {
  const [last, setLast] = useState<Partial<ShownRuns>>({ table, grouped });
  if (table && (table !== last.table || grouped !== last.grouped)) setLast({ table, grouped });
  return table ? { table, grouped } : last;
}

/** Returns rows that are updated in place but neither move nor disappear while shown; new rows wait until requested. */
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

/** Refreshes the page, at most every second, when one of these runs or the experiment has changed. */
export function useRefreshOnChange(rows: readonly RunTableRow[], experimentId: number): void {
  useRefreshWhen(
    ({ topic, id }) =>
      (topic === "run" && rows.some(({ run }) => run.id === id)) ||
      (topic === "experiment" && id === String(experimentId)),
  );
}
