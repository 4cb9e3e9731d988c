"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useLive } from "#components/shell/live-events.tsx";
import type { RunTable, RunTableRow } from "#server/tracking/contract.ts";

/** What was last shown without an error. */
export function useLastGood(table: RunTable | undefined): RunTable | undefined {
  const [last, setLast] = useState(table);
  if (table && table !== last) setLast(table);
  return table ?? last;
}

/** Rows that change in place but never move or go while one looks at them; new ones wait to be asked for. */
export function useSteadyRows(rows: RunTableRow[], view: string) {
  const [kept, setKept] = useState({ view, rows });
  if (kept.view !== view) setKept({ view, rows });
  const newest = new Map(rows.map((row) => [row.run.id, row]));
  const shown = kept.view === view ? kept.rows : rows;
  const known = new Set(shown.map(({ run }) => run.id));
  return {
    rows: shown.map((row) => newest.get(row.run.id) ?? row),
    fresh: rows.filter(({ run }) => !known.has(run.id)).length,
    adopt: () => setKept({ view, rows }),
  };
}

/** Renders the page anew, at most every second, when one of these runs or the experiment changed. */
export function useRefreshOnChange(rows: readonly RunTableRow[], experimentId: number): void {
  const router = useRouter();
  const { listen } = useLive();
  const ids = rows.map(({ run }) => run.id).join(" ");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      const concerns =
        event === "missed" ||
        (event.topic === "run" && ids.includes(event.id)) ||
        (event.topic === "experiment" && event.id === String(experimentId));
      if (!concerns) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        router.refresh();
      }, 1000);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, router, ids, experimentId]);
}
