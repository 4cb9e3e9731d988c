"use client";

import type { ReactNode } from "react";
import { readJson } from "#components/ui/wire.ts";
import type { OwnShift } from "#server/respond/oncall/schedules/contract.ts";
import { TurnTime } from "../ui/turn-time.tsx";
import { useKeptFresh } from "./use-kept-fresh.ts";

interface OnCallUntilProps {
  /** As the page read it. */
  initial: { until: string | null } | null;
  /** Content shown while the user is not on call. */
  children: ReactNode;
}

/** Shifts start and end without an event. */
const everyMs = 60_000;

async function readShift(signal: AbortSignal): Promise<OnCallUntilProps["initial"]> {
  return (await readJson<{ shift: OwnShift | null }>("/api/v1/viewer/shift", signal)).shift;
}

/** Renders "On call until 08:00" under the viewer's name while they are on call; updates live. */
export function OnCallUntil({ initial, children }: OnCallUntilProps) {
  const shift = useKeptFresh({ topic: "oncall", initial, load: readShift, everyMs });
  if (!shift) return children;
  if (!shift.until) return "On call";
  return (
    <>
      On call until <TurnTime at={shift.until} />
    </>
  );
}
