"use client";

import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useQueryHolder } from "#components/ui/query-holder.tsx";

/** Change reported by the events route; "missed" if events may have been lost, so that anything may have changed. */
export type LiveEvent = { topic: string; id: string } | "missed";

interface LiveState {
  status: "connecting" | "live" | "stopped";
  /** Epoch milliseconds of the last sign of life; undefined before the first. */
  lastAt: number | undefined;
  /** Time at which the stream stopped. */
  stoppedAt: number | undefined;
}

interface Live extends LiveState {
  /**
   * Subscribes to all events, and immediately delivers those of the last seconds, because the page was rendered before it could subscribe.
   * @returns function that unsubscribes.
   */
  listen: (listener: (event: LiveEvent) => void) => () => void;
}

const LiveContext = createContext<Live | undefined>(undefined);
const retryMs = 5000;
/** Longer than a page takes from being rendered to listening. */
const rememberMs = 15_000;
const maxCached = 200;

/**
 * Keeps one event stream per tab. Each event makes react-query refetch the keys that start with `[topic, id]`
 * and `[topic, "list"]`; after a pause everything is refetched, because events may have been missed.
 */
export function LiveEvents({ url = "/api/v1/events", children }: { url?: string; children: ReactNode }) {
  const queries = useQueryHolder();
  const listeners = useRef(new Set<(event: LiveEvent) => void>());
  const recent = useRef<{ at: number; event: LiveEvent }[]>([]);
  const [state, setState] = useState<LiveState>({ status: "connecting", lastAt: undefined, stoppedAt: undefined });

  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;

    const alive = () => setState({ status: "live", lastAt: Date.now(), stoppedAt: undefined });
    function emit(event: LiveEvent) {
      alive();
      if (event === "missed") void queries.client?.invalidateQueries();
      else {
        void queries.client?.invalidateQueries({ queryKey: [event.topic, event.id] });
        void queries.client?.invalidateQueries({ queryKey: [event.topic, "list"] });
      }
      recent.current = [...fresh(recent.current), { at: Date.now(), event }].slice(-maxCached);
      for (const listener of listeners.current) listener(event);
    }
    function connect() {
      source = new EventSource(url);
      // Changes before the connection were missed: since the page was rendered, or since the stream broke.
      source.onopen = () => emit("missed");
      source.addEventListener("change", (message: MessageEvent<string>) => emit(JSON.parse(message.data)));
      source.addEventListener("missed", () => emit("missed"));
      source.addEventListener("ping", alive);
      source.onerror = () => {
        setState((before) => ({
          status: "stopped",
          lastAt: before.lastAt,
          stoppedAt: before.stoppedAt ?? Date.now(),
        }));
        // The browser reconnects automatically after a broken connection, but not after a rejected one.
        if (source?.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMs);
      };
    }
    connect();
    return () => {
      clearTimeout(retry);
      source?.close();
    };
  }, [url, queries]);

  const [listen] = useState(() => (listener: (event: LiveEvent) => void) => {
    listeners.current.add(listener);
    for (const { event } of fresh(recent.current)) listener(event);
    return () => {
      listeners.current.delete(listener);
    };
  });
  return <LiveContext value={{ ...state, listen }}>{children}</LiveContext>;
}

function fresh<ChangeMessage extends { at: number }>(messages: ChangeMessage[]): ChangeMessage[] {
  return messages.filter(({ at }) => at > Date.now() - rememberMs);
}

/** Returns the state of the event stream. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs the console layout around it.");
  return live;
}
