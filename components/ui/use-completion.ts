"use client";

import { type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";

export interface Completion {
  label: string;
  hint: string;
  /** Text that replaces the characters from `from` to `to`. */
  insert: string;
  from: number;
  to: number;
}

/** Function that finds completions at the caret. */
export type Complete = (query: string, caret: number) => Promise<Completion[]>;

interface CompletionInput {
  complete: Complete | undefined;
  /** Undefined while the field has no focus. */
  at: { query: string; caret: number } | undefined;
  onAccept: (completion: Completion) => void;
}

interface CompletionState {
  items: Completion[];
  /** Index of the item that Enter accepts; −1 if Enter applies the query. */
  active: number;
  /** Handles the keys of the list. @returns whether the key was for it. */
  onKey: (event: KeyboardEvent) => boolean;
  close: () => void;
}

/** Delay between the last key press and the request. */
const pauseMs = 120;

/** Manages the suggestions at the caret, and the keys that select among them: ↓ ↑, Enter or Tab accepts, Esc closes. */
export function useCompletion({ complete, at, onAccept }: CompletionInput): CompletionState {
  const [shown, setShown] = useState<{ items: Completion[]; active: number }>({ items: [], active: -1 });
  const { items, active } = shown;
  const close = () => setShown({ items: [], active: -1 });
  const request = useEffectEvent((query: string, caret: number) => complete?.(query, caret) ?? Promise.resolve([]));
  const query = at?.query;
  const caret = at?.caret;

  useEffect(() => {
    if (query === undefined || caret === undefined) return setShown({ items: [], active: -1 });
    let isStale = false;
    const timer = setTimeout(async () => {
      // Typing works without suggestions too: a failure needs no message.
      const items = await request(query, caret).catch(() => []);
      if (!isStale) setShown({ items, active: -1 });
    }, pauseMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [query, caret]);

  function onKey(event: KeyboardEvent): boolean {
    if (items.length === 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = active + step;
      setShown({ items, active: next < -1 ? items.length - 1 : next >= items.length ? -1 : next });
      return true;
    }
    if (event.key === "Escape") {
      close();
      return true;
    }
    const chosen = items[active];
    if (!chosen || (event.key !== "Enter" && event.key !== "Tab")) return false;
    onAccept(chosen);
    return true;
  }
  return { items, active, onKey, close };
}
