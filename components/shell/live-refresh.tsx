"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useLive } from "./live-events.tsx";

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
  const router = useRouter();
  const { listen } = useLive();
  const wanted = topics.join(" ");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      const concerns = event === "missed" || (wanted.split(" ").includes(event.topic) && (!id || event.id === id));
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
  }, [listen, router, wanted, id]);
  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [router, everyMs]);
  return null;
}
