import { versionHref } from "#components/develop/addresses/version-href.ts";
import { compareHref } from "#components/develop/registry/compare/comparison.ts";
import { GatesPanel } from "#components/develop/registry/gates/gates-panel.tsx";
import { Lineage } from "#components/develop/registry/lineage/lineage.tsx";
import { lineageColumns } from "#components/develop/registry/lineage/lineage-graph.ts";
import { VersionsTable } from "#components/develop/registry/versions/versions-table.tsx";
import { RequestsPanel } from "#components/release/promotion/requests-panel.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import type { ModelSummary } from "#server/develop/registry/models/contract.ts";
import { requestActions, withRefusals } from "../request-choices.ts";
import { type ModelPageData, readVersions } from "./read-page.ts";

interface VersionsViewProps {
  ctx: Context;
  data: ModelPageData;
  /** Only versions below this number. */
  before: number | undefined;
}

/** Renders open requests, versions with the gates of the most relevant one, and its lineage. */
export async function VersionsView({ ctx, data, before }: VersionsViewProps) {
  const { model, open } = data;
  const { name } = model;
  const href = `/models/${encodeURIComponent(name)}`;
  const { shown, checklists, security, next } = await readVersions(ctx, name, before);
  const subject = shown.find(({ version }) => version === leading(model)) ?? shown[0];
  const candidate = open[0]?.version ?? shown[0]?.version;
  const checklist = checklists.find(({ version }) => version === candidate) ?? checklists[0];
  return (
    <>
      {open.length > 0 && (
        <RequestsPanel
          title="Promotion requests"
          subtitle="open, newest first"
          requests={withRefusals(ctx, open)}
          actions={requestActions}
          actorName={ctx.actor.name}
        />
      )}
      <Columns columns={checklist ? "minmax(0, 1fr) 348px" : "minmax(0, 1fr)"}>
        <Panel
          title="Versions"
          subtitle="newest first"
          right={
            shown[0] &&
            shown[1] && <Link href={compareHref(name, shown[1].version, shown[0].version)}>Compare two versions</Link>
          }
          flush
        >
          {shown.length === 0 ? (
            <EmptyState title="No versions yet">
              Log a model with registered_model_name="{name}", or upload an ONNX file above.
            </EmptyState>
          ) : (
            <VersionsTable
              versions={shown}
              checklists={checklists}
              security={security}
              foot={
                <>
                  <span>{plural(model.versionCount, "version")}</span>
                  {next && <Link href={`${href}?before=${next}`}>Older</Link>}
                </>
              }
            />
          )}
        </Panel>
        {checklist && (
          <GatesPanel
            checklist={checklist}
            policyHref={`${href}?view=policy`}
            action={<Link href={`${versionHref(name, checklist.version)}#gates`}>Open v{checklist.version}</Link>}
          />
        )}
      </Columns>
      {subject && <Lineage subject={`v${subject.version}`} columns={lineageColumns(subject)} />}
    </>
  );
}

/** Returns the version whose progress is shown: the serving one, otherwise the champion. */
function leading(model: ModelSummary): number | undefined {
  return model.endpoints[0]?.version ?? model.aliases.find(({ alias }) => alias === "champion")?.version;
}
