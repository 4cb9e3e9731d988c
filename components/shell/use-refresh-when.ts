"use client";

import { useEffect, useEffectEvent } from "react";
import { type LiveEvent, useLive } from "./live-events.tsx";
import { useRefresh } from "./refresh.tsx";

type Change = Exclude<LiveEvent, "missed">;

/** Refreshes the page's server components, at most every second, after a relevant change or a gap in the stream. */
export function useRefreshWhen(concerns: (change: Change) => boolean): void {
  const refresh = useRefresh();
  const { listen } = useLive();
  const isOurs = useEffectEvent(concerns);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      if (event !== "missed" && !isOurs(event)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh();
      }, 1000);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, refresh]);
}
