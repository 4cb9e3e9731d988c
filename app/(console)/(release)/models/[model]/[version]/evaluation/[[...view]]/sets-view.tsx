import { denialReason } from "#app/_lib/denial-reason.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { CreateSet } from "#components/release/evaluation/create-set.tsx";
import { SetsTable } from "#components/release/evaluation/sets-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Context } from "#server/base/context.ts";
import { listReadVersions } from "#server/develop/datasets/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { EvaluationSet } from "#server/release/evaluation/contract.ts";
import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import { createEvaluationSetAction, retireEvaluationSetAction } from "./actions.ts";

interface SetsViewProps {
  ctx: Context;
  version: VersionKey;
  sets: readonly EvaluationSet[];
}

/** Renders all evaluation sets, and freezes new ones. */
export async function SetsView({ ctx, version, sets }: SetsViewProps) {
  const [datasets, { inputs }] = await Promise.all([listReadVersions(ctx), adviseReference(ctx, version)]);
  const canRetire = denialReason(ctx.actor.role, "retireEvaluationSet") === undefined;
  return (
    <Panel
      title="Evaluation sets"
      subtitle="frozen rows with labels, for all models"
      right={
        <CreateSet
          datasets={datasets}
          inputs={inputs}
          create={createEvaluationSetAction.bind(null, version)}
          why={denialReason(ctx.actor.role, "createEvaluationSet")}
        />
      }
      flush
    >
      <SetsTable
        sets={sets}
        hrefs={Object.fromEntries(sets.map((set) => [set.id, evaluationHref(version, "overview", { set })]))}
        actorName={ctx.actor.name}
        retire={canRetire ? retireEvaluationSetAction : undefined}
      />
    </Panel>
  );
}
