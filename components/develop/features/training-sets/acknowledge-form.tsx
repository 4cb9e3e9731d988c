"use client";

import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { AcknowledgeLeaks, TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";
import { keyOfLeak } from "./builder/draft.ts";
import { describeWarning } from "./training-set-text.ts";

interface AcknowledgeFormProps {
  id: string;
  /** Failed checks without a reason. */
  leaks: TrainingSetWarning[];
  acknowledge: (input: AcknowledgeLeaks) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Takes a reason for each failed check; then the dataset version is created. */
export function AcknowledgeForm({ id, leaks, acknowledge, why }: AcknowledgeFormProps) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(acknowledge);
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const [complains, setComplains] = useState(false);
  const reasonOf = (leak: TrainingSetWarning) => reasons[keyOfLeak(leak)]?.trim() ?? "";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setComplains(true);
    if (leaks.some((leak) => reasonOf(leak) === "")) return;
    const given = leaks.map((leak) => {
      const { kind, view, feature, frozenSet } = leak;
      return { kind, view, feature, frozenSet, reason: reasonOf(leak) } as AcknowledgeLeaks["leaks"][number];
    });
    run({ id, leaks: given }, () => {
      toast.done("The dataset version is being created.");
      void refresh();
    });
  }
  return (
    <Panel title="Failed checks" subtitle="each needs a reason before the version is created">
      <form className={dialog.body} onSubmit={submit}>
        <FormProblem state={state} />
        {leaks.map((leak) => {
          const key = keyOfLeak(leak);
          const { title, explanation } = describeWarning(leak);
          return (
            <TextInput
              label={title}
              description={explanation}
              placeholder="Why this is not a leak, or why it is acceptable"
              value={reasons[key] ?? ""}
              onChange={(event) => setReasons({ ...reasons, [key]: event.currentTarget.value })}
              error={complains && reasonOf(leak) === "" ? "Give a reason." : undefined}
              maxLength={2000}
              disabled={why !== undefined}
              key={key}
            />
          );
        })}
        <div className={dialog.buttons}>
          {why && <span className="lw-small lw-quiet">{why}</span>}
          <Button type="submit" disabled={why !== undefined} aria-disabled={busy}>
            {busy ? "Creating…" : "Create dataset version"}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
