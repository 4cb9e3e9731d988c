"use client";

import { useEffect, useState } from "react";
import { useLive } from "./live-events.tsx";

interface KeptFresh<Value> {
  /** Topic of the events after which it is read again. */
  topic: string;
  /** As the page read it; undefined to read it at once. */
  initial: Value | undefined;
  /** Stays the same function. */
  load: (signal: AbortSignal) => Promise<Value>;
  /** Read also at this interval, in milliseconds, while somebody sees the page. */
  everyMs?: number | undefined;
  /** Nothing is read while it is false. */
  isOn?: boolean;
}

const retryMs = 1000;

/**
 * Returns a value of the frame around pages, read again after events. The frame does without the library by which pages read, so that pages that
 * read nothing do not load it. The last value stays where reading fails twice.
 */
export function useKeptFresh<Value>({ topic, initial, load, everyMs, isOn = true }: KeptFresh<Value>) {
  const { listen } = useLive();
  const [value, setValue] = useState(initial);
  const isMissing = initial === undefined;
  useEffect(() => {
    if (!isOn) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    let isStale = false;
    async function read(attempts = 2): Promise<void> {
      // An event in between may have come after what is being read.
      isStale = isReading;
      if (isReading) return;
      clearTimeout(retry);
      isReading = true;
      try {
        const next = await load(signal);
        if (!signal.aborted) setValue(next);
      } catch {
        if (attempts > 1 && !signal.aborted) retry = setTimeout(() => void read(attempts - 1), retryMs);
      }
      isReading = false;
      if (isStale && !signal.aborted) void read();
    }
    const stop = listen((event) => {
      if (event === "missed" || event.topic === topic) void read();
    });
    const timer =
      everyMs === undefined
        ? undefined
        : setInterval(() => document.visibilityState === "visible" && void read(), everyMs);
    if (isMissing) void read();
    return () => {
      stop();
      clearInterval(timer);
      clearTimeout(retry);
      stopping.abort();
    };
  }, [listen, topic, load, everyMs, isOn, isMissing]);
  return value;
}
