"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RevokeAdjustment } from "#server/watch/slo/adjustments/contract.ts";
import type { RevokeApproval } from "#server/watch/slo/approvals/contract.ts";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import classes from "./adjustments-panel.module.css";

interface AdjustmentsPanelProps {
  slo: Slo;
  revokeAdjustment: (input: RevokeAdjustment) => Promise<ActionState<unknown>>;
  revokeApproval: (input: RevokeApproval) => Promise<ActionState<unknown>>;
  actorName: string;
  why?: string | undefined;
}

type Revoked = { kind: "adjustment" | "approval"; id: string };

/** Renders excluded time ranges and approvals, with author and reason; they can be revoked here, but never deleted. */
export function AdjustmentsPanel({ slo, revokeAdjustment, revokeApproval, actorName, why }: AdjustmentsPanelProps) {
  const refresh = useRefresh();
  const [revoked, setRevoked] = useState<Revoked>();
  const take = (one: Revoked) =>
    why ? null : (
      <Button size="compact-xs" variant="default" onClick={() => setRevoked(one)}>
        Revoke…
      </Button>
    );

  async function confirm(reason: string): Promise<string | undefined> {
    if (!revoked) return undefined;
    const result =
      revoked.kind === "adjustment"
        ? await revokeAdjustment({ sloId: slo.id, adjustmentId: revoked.id, reason })
        : await revokeApproval({ sloId: slo.id, approvalId: revoked.id, reason });
    if (!result.ok) return result.error ?? "The change was not saved.";
    toast.done("Revoked.");
    void refresh();
    return undefined;
  }

  if (slo.adjustments.length + slo.approvals.length === 0) return null;
  return (
    <Panel title="Adjustments and approvals" subtitle="excluded time ranges, approved changes">
      <ul className={classes.list}>
        {slo.adjustments.map((each) => (
          <li key={each.id} data-over={each.revokedAt ? true : undefined}>
            <p>
              <strong>
                <Moment at={each.from} /> to <Moment at={each.to} />
              </strong>{" "}
              excluded by {each.createdBy}: {each.reason}{" "}
              {each.removed && ` (${formatCount(each.removed.total)} events, ${formatCount(each.removed.bad)} bad)`}
            </p>
            {each.revokedAt ? (
              <p className="lw-small lw-quiet">revoked by {each.revokedBy}</p>
            ) : (
              take({ kind: "adjustment", id: each.id })
            )}
          </li>
        ))}
        {slo.approvals.map((each) => (
          <li key={each.id} data-over={each.isRevoked || undefined}>
            <p>
              <strong>Changes approved</strong> by {each.approvedBy} until <Moment at={each.until} />: {each.reason}
            </p>
            {each.isRevoked ? <p className="lw-small lw-quiet">revoked</p> : take({ kind: "approval", id: each.id })}
          </li>
        ))}
      </ul>
      {revoked && (
        <ConfirmWithReason
          opened
          onClose={() => setRevoked(undefined)}
          title={revoked.kind === "adjustment" ? "Include the time range again?" : "Revoke the approval?"}
          consequences={[
            {
              label: "Then",
              value:
                revoked.kind === "adjustment"
                  ? "its events count again; the entry is kept, struck through"
                  : "the remaining error budget applies again",
            },
          ]}
          confirmLabel="Revoke"
          cancelLabel="Cancel"
          actorName={actorName}
          onConfirm={confirm}
        />
      )}
    </Panel>
  );
}
