"use client";

import { Checkbox } from "@mantine/core";
import { LazyMarkdown, loadMarkdown } from "#components/ui/lazy-markdown.tsx";
import { Link } from "#components/ui/link.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { RenderedRunbook } from "#server/respond/incidents/runbooks/contract.ts";
import classes from "./act.module.css";
import steps from "./runbook-section.module.css";

type Rendered = Wire<RenderedRunbook>;

/** Reads the runbook of the selected line, rendered for it. */
export function useRunbook(of: { id: string; subjectId: string } | null | undefined) {
  return useQuery({
    queryKey: ["incident", "list", "runbook", of?.id, of?.subjectId],
    queryFn: async () => {
      const path = `/api/v1/runbooks/${of?.id}/rendered?subject=${of?.subjectId}`;
      const [runbook] = await Promise.all([readJson<RenderedRunbook>(path), loadMarkdown()]);
      return runbook;
    },
    enabled: Boolean(of),
  });
}

/** Returns the steps of a runbook in their order. */
export function stepsOf(runbook: Rendered | undefined) {
  return runbook?.parts.flatMap((part) => (part.kind === "steps" ? part.steps : [])) ?? [];
}

interface RunbookSectionProps {
  runbook: Rendered | undefined;
  error: Error | null;
  hasRunbook: boolean;
  /** Reason why the user may not tick steps. */
  why: string | undefined;
  onTick: (step: string, isDone: boolean) => void;
}

/** Renders steps with check boxes that write to the timeline; the next one is marked, and key X ticks it. */
export function RunbookSection({ runbook, error, hasRunbook, why, onTick }: RunbookSectionProps) {
  if (!hasRunbook) {
    return (
      <section className={classes.section} aria-label="Runbook">
        <h2 className={classes.title}>Runbook</h2>
        <p className="lw-small lw-quiet">
          No runbook attached. <Link href="/incidents/runbooks">Runbooks</Link> can be attached to SLOs and alert rules.
        </p>
      </section>
    );
  }
  const all = stepsOf(runbook);
  const next = all.find(({ tick }) => tick === null);
  return (
    <section className={classes.section} aria-label="Runbook">
      <div className={classes.runbookHead}>
        <h2 className={classes.title}>
          {runbook ? <Link href={`/incidents/runbooks/${runbook.id}`}>Runbook: {runbook.name}</Link> : "Runbook"}
        </h2>
        {runbook && (
          <span className="lw-small lw-quiet lw-number">
            {runbook.done} of {runbook.total}
          </span>
        )}
      </div>
      {error && <p className="lw-small">Could not load the runbook: {error.message}</p>}
      <div className={classes.progress} aria-hidden="true">
        {all.map(({ step, tick }) => (
          <span data-done={tick !== null || undefined} key={step} />
        ))}
      </div>
      <ol className={steps.steps}>
        {all.map(({ step, text, tick, isAutomatic }) => (
          <li key={step} data-next={step === next?.step || undefined} data-done={tick !== null || undefined}>
            <Checkbox
              size="xs"
              checked={tick !== null}
              disabled={why !== undefined}
              onChange={(event) => onTick(step, event.currentTarget.checked)}
              label={<LazyMarkdown>{text}</LazyMarkdown>}
              description={
                tick ? (
                  <>
                    by {tick.by}, <RelativeTime at={tick.at} />
                  </>
                ) : isAutomatic ? (
                  "Completed automatically"
                ) : step === next?.step ? (
                  "next step (X)"
                ) : undefined
              }
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
