"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { emptyDraft, readDraft, type ShownDraft, type TrainingSetDraft, withStored } from "./draft.ts";

const saveAfterMs = 800;

/**
 * Keeps the draft of a training set in this browser, so that it survives leaving the page.
 * @param start what the page was opened with; without it, the stored draft is continued
 */
export function useStoredDraft(start: TrainingSetDraft | undefined, storageKey: string) {
  const [{ draft, savedAt, other }, setShown] = useState<ShownDraft>({ draft: start ?? emptyDraft });
  const isChanged = useRef(start !== undefined);

  const read = useEffectEvent((key: string) => {
    const stored = readDraft(localStorage.getItem(key));
    if (stored) setShown((before) => withStored(before, stored, start !== undefined));
  });
  // Once: the server sends a new `start` whenever it renders the page again, such as after a refused request.
  useEffect(() => read(storageKey), [storageKey]);

  /** Returns whether it was saved. */
  function save(): boolean {
    if (!isChanged.current || other) return false;
    const now = Date.now();
    localStorage.setItem(storageKey, JSON.stringify({ draft, savedAt: now }));
    setShown((before) => ({ ...before, savedAt: now }));
    return true;
  }
  const saveLater = useEffectEvent(save);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the draft is saved
  useEffect(() => {
    const timer = setTimeout(() => saveLater(), saveAfterMs);
    return () => clearTimeout(timer);
  }, [draft, other]);

  return {
    draft,
    change: (part: Partial<TrainingSetDraft>) => {
      isChanged.current = true;
      setShown((before) => ({ ...before, draft: { ...before.draft, ...part } }));
    },
    savedAt,
    save,
    other,
    continueOther: () => other && setShown(other),
    replaceOther: () => setShown(({ draft }) => ({ draft })),
    discard: () => {
      localStorage.removeItem(storageKey);
      isChanged.current = false;
      setShown({ draft: emptyDraft });
    },
    /** Deletes the stored draft once its training set was created. */
    deleteStored: () => {
      if (!other) localStorage.removeItem(storageKey);
    },
  };
}
