import Link from "next/link";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { whyNot } from "#app/_lib/why-not.ts";
import { Lineage } from "#components/registry/lineage.tsx";
import { lineageColumns } from "#components/registry/lineage-graph.ts";
import { ModelFacts } from "#components/registry/model-facts.tsx";
import { RegisterVersion } from "#components/registry/register-version.tsx";
import { VersionsTable } from "#components/registry/versions-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { ModelSummary } from "#server/registry/contract.ts";
import { listVersionDetails } from "#server/registry/lineage-queries.ts";
import { getModelSummary } from "#server/registry/model-queries.ts";
import { listSecuritySummaries } from "#server/registry/security/queries.ts";
import { registerAction } from "../actions.ts";
import { mostUploadBytes } from "../upload-limit.ts";

export async function generateMetadata({ params }: PageProps<"/models/[model]">) {
  return { title: `${decodeURIComponent((await params).model)}, Models` };
}

const perPage = 20;

export default async function ModelPage({ params, searchParams }: PageProps<"/models/[model]">) {
  const name = decodeURIComponent((await params).model);
  const before = Number((await searchParams).before) || undefined;
  const ctx = await requireContext();
  const model = await found(getModelSummary(ctx, name));
  const versions = await listVersionDetails(ctx, { name, before, limit: perPage + 1 });
  const shown = versions.slice(0, perPage);
  const next = versions.length > perPage ? shown.at(-1)?.version : undefined;
  const subject = shown.find(({ version }) => version === leading(model)) ?? shown[0];
  const apiUrl = `${runtime().config.publicUrl}/api/v1`;
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }, { label: name }]} live>
      <LiveRefresh topics={["model"]} id={model.id} />
      <LiveRefresh topics={["endpoint"]} />
      <PageHead
        title={name}
        context={model.description ?? undefined}
        actions={
          <RegisterVersion
            modelName={name}
            maxBytes={mostUploadBytes}
            apiUrl={apiUrl}
            register={registerAction}
            why={whyNot(ctx.actor.role, "registerUpload")}
            primary
          />
        }
      />
      <ModelFacts model={model} />
      <Panel title="Versions" subtitle="newest first" flush>
        {shown.length === 0 ? (
          <EmptyState title="No version yet">
            Log a model with registered_model_name="{name}", or register an ONNX file above.
          </EmptyState>
        ) : (
          <VersionsTable
            versions={shown}
            security={await listSecuritySummaries(ctx, idsOf(shown))}
            foot={
              <>
                <span>{plural(model.versionCount, "version")}</span>
                {next && <Link href={`/models/${encodeURIComponent(name)}?before=${next}`}>Older</Link>}
              </>
            }
          />
        )}
      </Panel>
      {subject && <Lineage subject={`v${subject.version}`} columns={lineageColumns(subject)} />}
    </Page>
  );
}

const idsOf = (versions: readonly { id: string }[]) => versions.map(({ id }) => id);

/** The version whose way is shown: what serves, else the champion. */
function leading(model: ModelSummary): number | undefined {
  return model.endpoints[0]?.version ?? model.aliases.find(({ alias }) => alias === "champion")?.version;
}
