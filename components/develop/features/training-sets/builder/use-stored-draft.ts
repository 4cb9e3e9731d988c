"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { emptyDraft, readDraft, type StoredDraft, type TrainingSetDraft } from "./draft.ts";

interface ShownDraft {
  draft: TrainingSetDraft;
  /** In milliseconds since 1970. */
  savedAt?: number;
  /** A stored draft that is not this one, until the user decides which of them stays. */
  other?: StoredDraft;
}

const saveAfterMs = 800;

/**
 * Keeps the draft of a training set in this browser, so that it survives leaving the page.
 * @param start what the page was opened with; without it, the stored draft is continued
 */
export function useStoredDraft(start: TrainingSetDraft | undefined, storageKey: string) {
  const [{ draft, savedAt, other }, setShown] = useState<ShownDraft>({ draft: start ?? emptyDraft });
  const isChanged = useRef(start !== undefined);

  useEffect(() => {
    const stored = readDraft(localStorage.getItem(storageKey));
    if (stored) setShown((before) => (start ? { ...before, other: stored } : stored));
  }, [start, storageKey]);

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
