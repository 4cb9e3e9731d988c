"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { PromotionRequest } from "#server/release/promotion/contract.ts";
import { describeDecision, type Verb } from "./request-text.ts";

/** For each decision why the viewer may not take it; undefined where they may. */
export type DecisionRefusals = Record<Verb, string | undefined>;

export interface RequestActions {
  approve: (input: { id: string; reason: string; fromVersion: number | null }) => Promise<ActionState>;
  reject: (input: { id: string; reason: string }) => Promise<ActionState>;
  withdraw: (input: { id: string; reason: string }) => Promise<ActionState>;
}

interface DecideButtonsProps {
  request: PromotionRequest;
  refusals: DecisionRefusals;
  actions: RequestActions;
  actorName: string;
}

const done: Record<Verb, string> = { approve: "approved", reject: "rejected", withdraw: "withdrawn" };
const labels: Record<Verb, string> = { approve: "Approve…", reject: "Reject…", withdraw: "Withdraw…" };

/** Renders approve and reject for others, withdraw for the author; disabled buttons state the reason. */
export function DecideButtons({ request, refusals, actions, actorName }: DecideButtonsProps) {
  const refresh = useRefresh();
  const [verb, setVerb] = useState<Verb>();
  const offered: Verb[] = request.isMine ? ["withdraw", "approve"] : ["reject", "approve"];
  const whys = [...new Set(offered.map((each) => refusals[each]).filter((why) => why !== undefined))];

  async function confirm(reason: string): Promise<string | undefined> {
    if (!verb) return undefined;
    const { id, fromVersion } = request;
    const result =
      verb === "approve" ? await actions.approve({ id, reason, fromVersion }) : await actions[verb]({ id, reason });
    if (!result.ok) return result.error ?? Object.values(result.fieldErrors ?? {})[0] ?? "No decision was saved.";
    toast.done(`The request for v${request.version} was ${done[verb]}.`);
    refresh();
    return undefined;
  }
  return (
    <>
      {offered.map((each) => (
        <Button
          variant={each === "approve" ? "filled" : "default"}
          size="xs"
          disabled={refusals[each] !== undefined}
          onClick={() => setVerb(each)}
          key={each}
        >
          {labels[each]}
        </Button>
      ))}
      {whys.length > 0 && <span className="lw-small lw-muted">{whys.join(" ")}</span>}
      {verb && (
        <ConfirmWithReason
          opened
          onClose={() => setVerb(undefined)}
          actorName={actorName}
          onConfirm={confirm}
          {...describeDecision(verb, request)}
          consequences={[...describeDecision(verb, request).consequences]}
          reasons={[...describeDecision(verb, request).reasons]}
          destructive={verb === "reject"}
        />
      )}
    </>
  );
}
