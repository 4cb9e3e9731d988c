"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { readJson } from "#components/ui/wire.ts";
import type { OwnShift } from "#server/respond/oncall/schedules/contract.ts";
import { TurnTime } from "../ui/turn-time.tsx";

interface OnCallUntilProps {
  /** As the page read it. */
  initial: { until: string | null } | null;
  /** Content shown while the user is not on call. */
  children: ReactNode;
}

/** Renders "On call until 08:00" under the viewer's name while they are on call; updates live. */
export function OnCallUntil({ initial, children }: OnCallUntilProps) {
  const { data: shift } = useQuery<{ until: string | null } | null>({
    queryKey: ["oncall", "list", "own"],
    queryFn: async ({ signal }) => (await readJson<{ shift: OwnShift | null }>("/api/v1/viewer/shift", signal)).shift,
    // Shifts start and end without an event.
    refetchInterval: 60_000,
    initialData: initial,
  });
  if (!shift) return children;
  if (!shift.until) return "On call";
  return (
    <>
      On call until <TurnTime at={shift.until} />
    </>
  );
}
