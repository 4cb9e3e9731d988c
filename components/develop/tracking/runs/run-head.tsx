"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { useNow } from "#components/ui/now.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { RunFinding } from "#server/develop/tracking/health/contract.ts";
import type { Run, RunRelatives } from "#server/develop/tracking/runs/contract.ts";
import { RunHealthBadge } from "../health/run-health.tsx";
import { useFindings } from "../health/use-findings.ts";
import { runSentence } from "./run-sentence.ts";
import { RunStatusBadge } from "./run-status.tsx";
import { useRun } from "./use-run.ts";

interface RunHeadProps {
  run: Run;
  relatives: RunRelatives;
  /** Key of the headline metric of its experiment. */
  headline: string | undefined;
  failure: string | undefined;
  /** Current and past findings of the run, worst first. */
  findings: RunFinding[];
  actions?: ReactNode;
}

/** Renders the name, state, experiment and outcome of a run; the sentence updates with the run. */
export function RunHead({ run: initial, relatives, headline, failure, findings: known, actions }: RunHeadProps) {
  const { data: run } = useRun(initial);
  const findings = useFindings(initial.id, known);
  const trouble = findings.find(({ until }) => until === null)?.words;
  const now = useNow();
  useRenderOnTurn(`${run.status} ${run.metrics.length > 0}`);
  const user = run.userName || run.tags.find(({ key }) => key === "mlflow.user")?.value;
  const { parent } = relatives;
  return (
    <PageHead
      help="connect-python#track-experiments"
      title={run.name}
      badges={
        <>
          <RunStatusBadge run={run} filled />
          <RunHealthBadge findings={findings} filled />
        </>
      }
      context={
        <>
          <span>
            Started <RelativeTime at={run.startedAt} />
            {user && ` by ${user}`}
          </span>
          {parent && (
            <span>
              from <Link href={`/experiments/${parent.experimentId}/runs/${parent.id}`}>{parent.name}</Link>
            </span>
          )}
          <span>
            <code>{run.id}</code>
            <CopyButton value={run.id} label="Copy run ID" />
          </span>
        </>
      }
      actions={actions}
      sentence={runSentence(run, { headline, failure, trouble, now })}
    />
  );
}

/** Refreshes the page after a change that the server describes in words: the run ended, or its first metric arrived. */
function useRenderOnTurn(state: string): void {
  const refresh = useRefresh();
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    refresh();
  }, [refresh, state]);
}
