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
  const [asked, setAsked] = useState<"switch" | "archive">();
  const router = useRouter();
  const refresh = useRefresh();
  const { id: ruleId, name, isEnabled } = rule;
  async function confirm(reason: string) {
    const act = asked === "archive" ? archive : isEnabled ? disable : enable;
    const { ok, error } = await act({ ruleId, reason });
    if (!ok) return error ?? "The change was not saved.";
    if (asked === "archive") router.push("/alerts/rules");
    else void refresh();
    return undefined;
  }
  const verb = asked === "archive" ? "Archive" : isEnabled ? "Disable" : "Enable";
  const firing = isEnabled || asked === "archive" ? "resolve immediately" : "may start at the next evaluation";
  return (
    <>
      <Button variant="default" onClick={() => setAsked("archive")}>
        Archive…
      </Button>
      <Button variant="default" onClick={() => setAsked("switch")}>
        {isEnabled ? "Disable…" : "Enable…"}
      </Button>
      <ConfirmWithReason
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`${verb} the rule ${name}?`}
        consequences={[
          { label: "Its alerts", value: firing },
          { label: "Its history and verdicts", value: "stay" },
        ]}
        reasons={asked === "archive" ? ["Noise", "Replaced", "No longer needed"] : ["Noise", "Planned work"]}
        confirmLabel={verb}
        cancelLabel="Cancel"
        destructive={asked === "archive"}
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
