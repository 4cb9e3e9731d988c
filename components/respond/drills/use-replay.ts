"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { GameDayPlan, Replay } from "#server/respond/drills/contract.ts";
import { missingIn } from "./field-problems.ts";
import { type PlanDraft, readPlanDraft } from "./plan-draft.ts";

const pauseMs = 600;

/** Stands in while none is written: the replay does not read the hypothesis. */
const anyHypothesis = "On-call is notified within its time.";

/** Returns what the plan in the form would do, some moments after it was changed; undefined while it is not complete. */
export function useReplay(
  draft: PlanDraft,
  replay: (plan: GameDayPlan) => Promise<ActionState<Replay>>,
): Replay | undefined {
  const [replayed, setReplayed] = useState<{ key: string; replay: Replay | undefined }>();
  const isComplete = Object.keys(missingIn(draft)).length === 0;
  const plan = { ...readPlanDraft(draft), hypothesis: anyHypothesis };
  const key = isComplete ? JSON.stringify(plan) : "";
  const ask = useEffectEvent(async (asked: string, isOld: () => boolean) => {
    const result = await replay(plan).catch(() => undefined);
    if (!isOld()) setReplayed({ key: asked, replay: result?.ok ? result.data : undefined });
  });
  useEffect(() => {
    if (key === "") return;
    let isOld = false;
    const timer = setTimeout(() => void ask(key, () => isOld), pauseMs);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [key]);
  // The last answer stays while the next one is computed.
  return key === "" ? undefined : replayed?.replay;
}
