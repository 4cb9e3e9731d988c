"use client";

import { useEffect, useState } from "react";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { Session } from "./session.ts";
import { requestWork } from "./work.ts";

/** Alike items that can be labelled at once. */
export interface Alike {
  groupKey: string;
  /** Number of them, the one on screen included. */
  waiting: number;
  /** What the first labels of the group are. */
  label: LabelValue;
}

/** Returns the items like the one on screen, once they can be labelled at once; undefined before. @param path address of the page's route */
export function useAlike(path: string, { held, recent }: Session): Alike | undefined {
  const groupKey = held[0]?.task.groupKey ?? null;
  const taskId = held[0]?.task.id;
  // Only what the server has counts.
  const stored = recent.filter(({ task, isStored }) => isStored && task.groupKey === groupKey).length;
  const [alike, setAlike] = useState<Alike>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each item and each stored answer may change it
  useEffect(() => {
    let isLate = false;
    if (groupKey === null) return;
    // What is known of the group stays until the answer comes: an offer that blinks takes no key.
    requestWork<"alike">(path, { kind: "alike", groupKey })
      .then(({ label, waiting }) => {
        if (!isLate) setAlike(label && waiting > 1 ? { groupKey, waiting, label } : undefined);
      })
      // Offline: the item is labelled singly.
      .catch(() => undefined);
    return () => {
      isLate = true;
    };
  }, [path, groupKey, taskId, stored]);
  return alike?.groupKey === groupKey ? alike : undefined;
}
