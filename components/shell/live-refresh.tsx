"use client";

import { useEffect } from "react";
import { useRefresh } from "./refresh.tsx";
import { useRefreshWhen } from "./use-refresh-when.ts";

interface LiveRefreshProps {
  /** Topics whose events concern this page. */
  topics: string[];
  /** Only events of this thing. */
  id?: string;
  /** Also after this time, while the page can be seen: for numbers that move without an event. */
  everyMs?: number;
}

/** Renders the page's server components anew when something of theirs changed, at most every second. */
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
