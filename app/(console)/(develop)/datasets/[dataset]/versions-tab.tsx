import { denialReason } from "#app/_lib/denial-reason.ts";
import { CheckReport } from "#components/develop/datasets/check-report.tsx";
import { ProfileTable } from "#components/develop/datasets/profile-table.tsx";
import { SchemaTable } from "#components/develop/datasets/schema-table.tsx";
import { UsedBy } from "#components/develop/datasets/used-by.tsx";
import { VersionAbout } from "#components/develop/datasets/version-about.tsx";
import { DatasetVersionsTable } from "#components/develop/datasets/versions-table.tsx";
import { CreatedByTrainingSets } from "#components/develop/features/training-sets/created-by-training-sets.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import type { Dataset, DatasetVersion } from "#server/develop/datasets/contract.ts";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { requestCheckAction } from "../actions.ts";

interface VersionsTabProps {
  ctx: Context;
  dataset: Dataset;
  version: DatasetVersion;
  /** That created the version. */
  trainingSets: TrainingSet[];
}

/** Renders all versions, and the selected one with its report, columns, origin and uses. */
export function VersionsTab({ ctx, dataset, version, trainingSets }: VersionsTabProps) {
  const short = version.digest.slice(0, 8);
  return (
    <>
      <Panel title="Versions" subtitle="newest first" flush>
        <DatasetVersionsTable dataset={dataset} current={version.digest} />
      </Panel>
      <Report ctx={ctx} dataset={dataset} version={version} />
      {trainingSets.length > 0 && <CreatedByTrainingSets sets={trainingSets} />}
      <Panel title="Columns" subtitle={`of version ${short}`} flush>
        {version.profile ? (
          <ProfileTable profile={version.profile} />
        ) : version.schema ? (
          <SchemaTable schema={version.schema} />
        ) : (
          <EmptyState title="No schema available">
            The client that logged this version did not include a schema. Upload the rows to profile them.
          </EmptyState>
        )}
      </Panel>
      <Columns columns="minmax(0, 1fr) 380px">
        <UsedBy version={version} />
        <VersionAbout version={version} />
      </Columns>
    </>
  );
}

function Report({ ctx, dataset, version }: Omit<VersionsTabProps, "trainingSets">) {
  const { contract } = dataset;
  if (!version.file || !contract) return null;
  const [newest] = version.checks;
  const isCurrent = newest?.revision === contract.revision;
  const why = denialReason(ctx.actor.role, "requestDatasetCheck");
  return (
    <Panel
      title="Check report"
      subtitle={newest ? `compared with revision ${newest.revision} of the contract` : "not checked yet"}
      right={
        !isCurrent && (
          <SmallAction
            label="Check against the contract"
            input={{ name: version.name, digest: version.digest }}
            act={requestCheckAction}
            done="Checking the version…"
            why={why}
          />
        )
      }
      flush
    >
      {newest ? (
        <CheckReport check={newest} format={version.file.format} />
      ) : (
        <EmptyState title="Not checked yet">
          New versions are checked automatically once their rows are read.
        </EmptyState>
      )}
    </Panel>
  );
}
