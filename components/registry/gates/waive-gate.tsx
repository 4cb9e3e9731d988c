"use client";

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { GateKey, WaiveGate as WaiveInput } from "#server/registry/gates/contract.ts";

interface WaiveGateProps {
  gateKey: GateKey;
  gate: { name: string; title: string; words: string };
  actorName: string;
  /** The day that is offered as the end, as "2026-06-01". */
  suggestedEnd: string;
  waive: (input: WaiveInput) => Promise<ActionState>;
  /** Why it is switched off: "needs the role operator". */
  why?: string | undefined;
}

/** Accepts a gate that did not pass: by name, with a reason, until a day. */
export function WaiveGate({ gateKey, gate, actorName, suggestedEnd, waive, why }: WaiveGateProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [end, setEnd] = useState(suggestedEnd);
  const { complaints, refused, reset } = useComplaints((field) => field === "until");
  const { name, version, alias } = gateKey;

  function close() {
    setOpened(false);
    reset();
  }

  async function confirm(reason: string): Promise<string | false | undefined> {
    if (!end) return refused({ fieldErrors: { until: "Say until which day." } });
    const answer = await waive({ ...gateKey, gate: gate.name, reason, until: new Date(`${end}T23:59:59Z`) });
    if (!answer.ok) return refused(answer);
    toast.done(`${gate.title} is waived for v${version} until ${end}.`);
    refresh();
    return undefined;
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
        aria-label={`Waive ${gate.title}…`}
      >
        Waive…
      </Button>
      {why && <span className="lw-small lw-quiet"> {why}</span>}
      <ConfirmWithReason
        opened={opened}
        onClose={close}
        title={`Waive ${gate.title} for ${name} v${version}?`}
        evidence={`It did not pass: ${gate.words}.`}
        consequences={[
          { label: "Request", value: `may be approved to become ${alias}, as if the gate had passed` },
          { label: "Shown", value: "as a waiver with your name, on this page and in every request" },
          { label: "Ends", value: "by itself after the day below; then the gate is in the way again" },
          { label: "To undo", value: "reject the request; a waiver is not taken back before its day" },
        ]}
        reasons={["Known and harmless", "Measured elsewhere"]}
        confirmLabel="Waive the gate"
        keepLabel="Keep it in the way"
        actorName={actorName}
        onConfirm={confirm}
      >
        <TextInput
          type="date"
          label="Until the end of"
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          error={complaints.until}
        />
      </ConfirmWithReason>
    </>
  );
}
