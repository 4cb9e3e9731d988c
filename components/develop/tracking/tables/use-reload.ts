"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";

/** Refreshes the page after the user's own change, and then shows the current rows, of which some may be gone. */
export function useReload(adopt: () => void): () => void {
  const refresh = useRefresh();
  const [isRead, setRead] = useState(false);
  const show = useEffectEvent(adopt);
  useEffect(() => {
    if (!isRead) return;
    setRead(false);
    show();
  }, [isRead]);
  return () => void refresh().then(() => setRead(true));
}
