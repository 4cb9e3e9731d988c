import { denialReason } from "#app/_lib/denial-reason.ts";
import { LeakageForm } from "#components/develop/datasets/leakage-form.tsx";
import { LeakageList } from "#components/develop/datasets/leakage-list.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";
import { listLeakageChecks } from "#server/develop/datasets/leakage/queries.ts";
import { listReadVersions } from "#server/develop/datasets/queries.ts";
import { requestLeakageAction } from "../actions.ts";

/** Renders the form for checks for rows that are in two splits, and their results. */
export async function LeakageTab(props: { ctx: Context; name: string; version: DatasetVersion | null }) {
  const { ctx, name, version } = props;
  const why = denialReason(ctx.actor.role, "requestLeakageCheck");
  const checks = await listLeakageChecks(ctx, name);
  const columns = version?.profile?.map(({ name, levels }) => ({
    name,
    levels: levels?.map(({ value }) => value) ?? [],
  }));
  return (
    <>
      {version && columns ? (
        <LeakageForm
          name={name}
          digest={version.digest}
          columns={columns}
          versions={await listReadVersions(ctx)}
          request={requestLeakageAction}
          why={why}
        />
      ) : (
        <Panel title="Does the training set contain test rows?" flush>
          <EmptyState title="The rows of this version were not uploaded">
            Runs logged this version, but its rows are stored elsewhere. Upload them to check for leakage.
          </EmptyState>
        </Panel>
      )}
      <LeakageList name={name} checks={checks} request={requestLeakageAction} why={why} />
    </>
  );
}
