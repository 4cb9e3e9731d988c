"use client";

import { useEffect } from "react";
import { useRefresh } from "./refresh.tsx";
import { useRefreshWhen } from "./use-refresh-when.ts";

interface LiveRefreshProps {
  /** Topics whose events affect this page. */
  topics: string[];
  /** Only events of this thing. */
  id?: string;
  /** Additional refresh interval while the page is visible, for numbers that change without an event. */
  everyMs?: number;
}

/** Refreshes the page's server components after a relevant change, at most every second. */
export function LiveRefresh({ topics, id, everyMs }: LiveRefreshProps) {
  const refresh = useRefresh();
  useRefreshWhen((change) => topics.includes(change.topic) && (!id || change.id === id));
  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [refresh, everyMs]);
  return null;
}
