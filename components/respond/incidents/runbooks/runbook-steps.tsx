"use client";

import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import { type ActionState, unreachable } from "#components/ui/action-state.ts";
import { Markdown } from "#components/ui/markdown.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { plainMarkdown } from "#server/base/text/plain-markdown.ts";
import type { RenderedRunbook, RenderedStep, TickStep } from "#server/respond/incidents/runbooks/contract.ts";
import classes from "./runbooks.module.css";

interface RunbookStepsProps {
  runbook: RenderedRunbook;
  tick: (input: TickStep) => Promise<ActionState<unknown>>;
  untick: (input: TickStep) => Promise<ActionState<unknown>>;
  /** Called after a tick was saved; by default the page is refreshed. */
  onChange?: () => void;
  /** Reason why the user may not tick steps. */
  why?: string | undefined;
}

/** Shows a runbook in progress: each tick is recorded on the timeline, and automatic ticks are marked as such. */
export function RunbookSteps({ runbook, tick, untick, onChange, why }: RunbookStepsProps) {
  const refresh = useRefresh();
  // Optimistic ticks, until the runbook is reloaded with them.
  const [requested, setRequested] = useState({ of: runbook, steps: new Map<string, boolean>() });
  const steps = requested.of === runbook ? requested.steps : new Map<string, boolean>();
  const { id: runbookId, subjectId } = runbook;
  async function toggle(step: string, isDone: boolean) {
    if (!subjectId || why) return;
    setRequested({ of: runbook, steps: new Map(steps).set(step, isDone) });
    const result: ActionState = await (isDone ? tick : untick)({ runbookId, subjectId, step }).catch(() => unreachable);
    if (!result.ok) {
      toast.failed(isDone ? "Could not complete the step." : "Could not undo the step.", result.error);
      setRequested({ of: runbook, steps: new Map(steps) });
    }
    if (onChange) onChange();
    else void refresh();
  }
  return (
    <div className={classes.runbook} data-prose>
      {runbook.parts.map((part, index) =>
        part.kind === "text" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: texts have no other name, and stay where they are
          <Markdown key={index}>{part.markdown}</Markdown>
        ) : (
          <ul className={classes.steps} key={part.steps[0]?.step}>
            {part.steps.map((step) => (
              <Step
                step={step}
                isDone={steps.get(step.step) ?? step.tick !== null}
                isFixed={!subjectId || why !== undefined}
                onToggle={toggle}
                key={step.step}
              />
            ))}
          </ul>
        ),
      )}
      {why && <p className="lw-small lw-quiet">Completing steps {why}.</p>}
    </div>
  );
}

interface StepProps {
  step: RenderedStep;
  isDone: boolean;
  isFixed: boolean;
  onToggle: (step: string, isDone: boolean) => void;
}

function Step({ step: { step, text, tick, isAutomatic }, isDone, isFixed, onToggle }: StepProps) {
  return (
    <li className={classes.step}>
      <Checkbox
        aria-label={plainMarkdown(text)}
        checked={isDone}
        disabled={isFixed}
        onChange={(event) => onToggle(step, event.currentTarget.checked)}
      />
      <div className={classes.words} data-done={isDone || undefined}>
        <Markdown>{text}</Markdown>
        {tick && isDone ? (
          <span className="lw-small lw-quiet">
            {tick.by}, <RelativeTime at={tick.at} />
          </span>
        ) : (
          isAutomatic && <span className="lw-small lw-quiet">Completed automatically</span>
        )}
      </div>
    </li>
  );
}
