"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import type { AlertRule, SwitchAlertRule } from "#server/respond/rules/contract.ts";

type Act = (input: SwitchAlertRule) => Promise<ActionState<unknown>>;

interface RuleActionsProps {
  rule: AlertRule;
  actorName: string;
  enable: Act;
  disable: Act;
  archive: Act;
}

/** Switches a rule on or off, or ends it, with a reason. */
export function RuleActions({ rule, actorName, enable, disable, archive }: RuleActionsProps) {
  const [confirming, setConfirming] = useState<"switch" | "archive">();
  const router = useRouter();
  const refresh = useRefresh();
  const { id: ruleId, name, isEnabled } = rule;
  async function confirm(reason: string) {
    const act = confirming === "archive" ? archive : isEnabled ? disable : enable;
    const { ok, error } = await act({ ruleId, reason });
    if (!ok) return error ?? "The change was not saved.";
    if (confirming === "archive") router.push("/alerts/rules");
    else void refresh();
    return undefined;
  }
  const verb = confirming === "archive" ? "Archive" : isEnabled ? "Disable" : "Enable";
  const firing = isEnabled || confirming === "archive" ? "resolve immediately" : "may start at the next evaluation";
  return (
    <>
      <Button variant="default" onClick={() => setConfirming("archive")}>
        Archive…
      </Button>
      <Button variant="default" onClick={() => setConfirming("switch")}>
        {isEnabled ? "Disable…" : "Enable…"}
      </Button>
      <ConfirmWithReason
        opened={confirming !== undefined}
        onClose={() => setConfirming(undefined)}
        title={`${verb} the rule ${name}?`}
        consequences={[
          { label: "Its alerts", value: firing },
          { label: "Its history and feedback", value: "stay" },
        ]}
        reasons={confirming === "archive" ? ["Noise", "Replaced", "No longer needed"] : ["Noise", "Planned work"]}
        confirmLabel={verb}
        cancelLabel="Cancel"
        destructive={confirming === "archive"}
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
