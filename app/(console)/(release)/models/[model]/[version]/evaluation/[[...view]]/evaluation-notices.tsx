import { denialReason } from "#app/_lib/denial-reason.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { failedSentence } from "#components/release/evaluation/evaluation-text.ts";
import { Notice } from "#components/release/evaluation/notice.tsx";
import { CancelEvaluation, RunEvaluation } from "#components/release/evaluation/run-buttons.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { EvaluationRun } from "#server/release/evaluation/contract.ts";
import { cancelEvaluationAction, runEvaluationAction } from "./actions.ts";
import type { EvaluationPageData } from "./read-page.ts";

interface EvaluationNoticesProps {
  ctx: Context;
  data: EvaluationPageData;
  version: VersionKey;
}

/** Renders what limits the numbers of the page: a worn set, shared training rows, a changed version, a champion without a result. */
export function EvaluationNotices({ ctx, data, version }: EvaluationNoticesProps) {
  const { set, run, base, baseRun } = data;
  if (!set) return null;
  const setsHref = evaluationHref(version, "sets", { set, base });
  const why = denialReason(ctx.actor.role, "requestEvaluation") ?? (set.retiredAt ? "the set is retired" : undefined);
  const runButton = (number: number, label: string) => (
    <RunEvaluation
      version={`v${number}`}
      label={label}
      run={runEvaluationAction.bind(null, { setId: set.id, name: version.name, version: number })}
      why={why}
    />
  );
  const failed = run?.result && failedSentence(run.result.failed, run.result.evaluated);
  return (
    <>
      {set.retiredAt && (
        <Notice state="no-data">
          The set was retired by {set.retiredBy}: {set.retirementReason}
        </Notice>
      )}
      {set.usage.words && (
        <Notice state="watch" action={<Link href={setsHref}>Sets</Link>}>
          {set.usage.words}
        </Notice>
      )}
      <Leakage version={version.version} run={run} />
      <Leakage version={base} run={baseRun} />
      {run?.result && run.isStale && (
        <Notice state="watch" action={runButton(version.version, "Run again")}>
          The file or pipeline of v{version.version} changed after this evaluation.
        </Notice>
      )}
      {failed && (
        <Notice state="watch">
          {failed} {run?.result?.failures[0]?.message}
        </Notice>
      )}
      {set.facts && base !== undefined && run?.result && !baseRun?.result && (
        <Notice
          state="no-data"
          action={
            baseRun && isInProgress(baseRun) ? (
              <CancelEvaluation
                version={`v${base}`}
                cancel={cancelEvaluationAction.bind(null, baseRun.id)}
                why={denialReason(ctx.actor.role, "cancelEvaluation")}
              />
            ) : (
              runButton(base, "Run")
            )
          }
        >
          {baseRun && isInProgress(baseRun)
            ? `v${base} is being evaluated on this set: ${formatCountOf(baseRun.rowsDone, baseRun.rowsTotal)} rows.`
            : baseRun?.problem
              ? `The evaluation of v${base} on this set failed: ${baseRun.problem}`
              : `v${base} has not been evaluated on this set.`}
        </Notice>
      )}
      {set.facts?.notes.map((note) => (
        <Notice state="no-data" key={note}>
          {note}
        </Notice>
      ))}
      {run?.result?.notes.map((note) => (
        <Notice state="no-data" key={note}>
          {note}
        </Notice>
      ))}
    </>
  );
}

function isInProgress({ state }: EvaluationRun): boolean {
  return state === "waiting" || state === "running";
}

/** Rows of the set that were in training make a version look better than it is. */
function Leakage({ version, run }: { version: number | undefined; run: EvaluationRun | undefined }) {
  if (!run?.leakage || run.leakage.sharedRows === 0) return null;
  return (
    <Notice state="missed">
      Metrics of v{version} are too optimistic: {run.leakage.words}
    </Notice>
  );
}
