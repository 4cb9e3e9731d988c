import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { EvaluationsPanel } from "#components/release/evaluation/evaluations-panel.tsx";
import { Link } from "#components/ui/link.tsx";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { listEvaluations } from "#server/release/evaluation/runs/run-queries.ts";

const maxShown = 5;

/** Renders the latest evaluations of a version. */
export async function EvaluationSection({ ctx, version }: { ctx: Context; version: VersionKey }) {
  const runs = await listEvaluations(ctx, { ...version, limit: maxShown });
  return (
    <EvaluationsPanel
      runs={runs}
      hrefs={Object.fromEntries(runs.map(({ id, set }) => [id, evaluationHref(version, "overview", { set })]))}
      action={<Link href={evaluationHref(version)}>{runs.length > 0 ? "Evaluation" : "Evaluate"}</Link>}
    />
  );
}
