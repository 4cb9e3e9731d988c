"use client";

import { Button } from "@mantine/core";
import { verdictLabels } from "#components/alerting/alerts/alert-text.tsx";
import classes from "#components/alerting/alerts/alerts.module.css";
import { useFreeKey } from "#components/alerting/alerts/use-free-key.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type Verdict, verdicts } from "#server/alerting/alerts/contract.ts";
import type { SubmitFeedback } from "#server/respond/alert-quality/contract.ts";

interface VerdictKeysProps {
  groupId: string;
  verdict: Verdict | null;
  give: (input: SubmitFeedback) => Promise<ActionState<unknown>>;
  /** Reason why the user may not give feedback. */
  why?: string | undefined;
}

/** Records the feedback on a group with one of the keys 1 to 4. */
export function VerdictKeys({ groupId, verdict, give, why }: VerdictKeysProps) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(give);
  const say = (said: Verdict) =>
    run({ groupId, verdict: said }, () => {
      toast.done(`Feedback saved: ${verdictLabels[said].word.toLowerCase()}.`);
      void refresh();
    });
  useFreeKey((key) => {
    const said = verdicts[Number(key) - 1];
    if (said && !why) say(said);
  });
  return (
    <div>
      <p className="lw-muted">Was this alert useful? The precision of its rule is calculated from this feedback.</p>
      {why && <p className="lw-small lw-quiet">Giving feedback {why}.</p>}
      <fieldset className={classes.verdicts} aria-label="Feedback" style={{ border: 0, padding: 0 }}>
        {verdicts.map((one, index) => (
          <Button
            variant={verdict === one ? "filled" : "default"}
            size="xs"
            key={one}
            disabled={why !== undefined}
            aria-disabled={busy}
            aria-pressed={verdict === one}
            title={verdictLabels[one].hint}
            onClick={() => say(one)}
            rightSection={<Keys keys={[String(index + 1)]} />}
          >
            {verdictLabels[one].word}
          </Button>
        ))}
      </fieldset>
      {state.error && <p role="alert">{state.error}</p>}
    </div>
  );
}
