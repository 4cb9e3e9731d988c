"use client";

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { GateKey, WaiveGate as WaiveInput } from "#server/develop/registry/gates/contract.ts";

interface WaiveGateProps {
  gateKey: GateKey;
  gate: { name: string; title: string; words: string };
  actorName: string;
  /** The day that is offered as the end, as "2026-06-01". */
  suggestedEnd: string;
  waive: (input: WaiveInput) => Promise<ActionState>;
  /** Reason why it is disabled: "needs the role operator". */
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
    if (!end) return refused({ fieldErrors: { until: "Select an end date." } });
    const result = await waive({ ...gateKey, gate: gate.name, reason, until: new Date(`${end}T23:59:59Z`) });
    if (!result.ok) return refused(result);
    toast.done(`${gate.title} waived for v${version} until ${end}.`);
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
        evidence={`Not passed: ${gate.words}.`}
        consequences={[
          { label: "Request", value: `can be approved as ${alias}, as if the gate had passed` },
          { label: "Shown", value: "as a waiver with your name, on this page and in every promotion request" },
          { label: "Expires", value: "automatically after the date below; then the gate blocks promotion again" },
          { label: "Undo", value: "reject the promotion request; a waiver cannot be revoked before it expires" },
        ]}
        reasons={["Known and acceptable", "Verified elsewhere"]}
        confirmLabel="Waive gate"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      >
        <TextInput
          type="date"
          label="Until (end of day)"
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          error={complaints.until}
        />
      </ConfirmWithReason>
    </>
  );
}
