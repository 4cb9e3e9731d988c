"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Replay, ReplaySlo } from "#server/watch/slo/replay/contract.ts";
import { ReplayReportView } from "./replay-report.tsx";

interface ReplayPanelProps {
  slo: string;
  replay: (input: ReplaySlo) => Promise<ActionState<Replay>>;
}

const spans = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
];

/** Shows which alerts the rules of a saved SLO would have sent over a past range. */
export function ReplayPanel({ slo, replay }: ReplayPanelProps) {
  const [days, setDays] = useState("30");
  const { state, busy, run } = useAction(replay);
  return (
    <Panel
      title="Replay"
      subtitle="runs its alert rules on recorded data"
      right={
        <>
          <Segmented label="Time range to replay" value={days} onChange={setDays} options={spans} />
          <Button size="xs" variant="default" aria-disabled={busy} onClick={() => run({ slo, days: Number(days) })}>
            {busy ? "Replaying…" : "Replay"}
          </Button>
        </>
      }
    >
      {state.ok && state.data ? (
        <ReplayReportView report={state.data.report} warnings={state.data.warnings} />
      ) : (
        <p className="lw-muted" role={state.error ? "alert" : undefined}>
          {state.error ?? Object.values(state.fieldErrors ?? {})[0] ?? "How often would it have woken someone up?"}
        </p>
      )}
    </Panel>
  );
}
