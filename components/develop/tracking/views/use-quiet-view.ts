"use client";

import { useState } from "react";
import { useQuietAddress } from "../use-quiet-address.ts";
import { type RunView, runViewHref } from "./run-view.ts";

/** Parts of a view that need no new rows from the server. */
type QuietPart = Pick<RunView, "selected" | "widths" | "hidden" | "charts">;

const none: QuietPart = { selected: [], widths: {}, hidden: [], charts: {} };

/** Holds state that needs no new rows from the server and writes it to the URL. Another view starts with the state of its URL. */
export function useQuietView(requested: RunView, path: string) {
  const from = runViewHref(path, { ...requested, ...none });
  const { selected, widths, hidden, charts } = requested;
  const fresh = { from, quiet: { selected, widths, hidden, charts }, isAll: false };
  const [stored, setStored] = useState(fresh);
  const { write } = useQuietAddress();
  if (stored.from !== from) setStored(fresh);
  const { quiet, isAll } = stored.from === from ? stored : fresh;
  const view: RunView = { ...requested, ...quiet };
  function keep(change: Partial<QuietPart>, isAll = false) {
    setStored({ from, quiet: { ...quiet, ...change }, isAll });
    write(runViewHref(path, { ...view, ...change }));
  }
  return { view, isAll, keep };
}
