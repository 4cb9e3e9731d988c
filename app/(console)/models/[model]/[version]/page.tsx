import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { Lineage } from "#components/registry/lineage.tsx";
import { lineageColumns, versionHref } from "#components/registry/lineage-graph.ts";
import { SignaturePanel } from "#components/registry/signature-panel.tsx";
import { VersionFacts } from "#components/registry/version-facts.tsx";
import { VersionState } from "#components/registry/version-state.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import { getVersionDetails } from "#server/registry/lineage-queries.ts";
import { getModelSummary } from "#server/registry/model-queries.ts";
import { listVersions } from "#server/registry/version-queries.ts";
import { VersionActions } from "./version-actions.tsx";

type Props = PageProps<"/models/[model]/[version]">;

export async function generateMetadata({ params }: Props) {
  const { name, version } = await keyOf(params);
  return { title: `${name} v${version}, Models` };
}

export default async function VersionPage({ params }: Props) {
  const key = await keyOf(params);
  const ctx = await requireContext();
  const version = await found(getVersionDetails(ctx, key));
  const model = await getModelSummary(ctx, key.name);
  const others = await listVersions(ctx, { name: key.name, limit: 30 });
  const label = `v${key.version}`;
  const modelHref = `/models/${encodeURIComponent(key.name)}`;
  return (
    <Page
      live
      crumbs={[
        { label: "Models", href: "/models" },
        { label: key.name, href: modelHref },
        {
          label,
          siblings: others.map((each) => ({ label: `v${each.version}`, href: versionHref(key.name, each.version) })),
        },
      ]}
    >
      <LiveRefresh topics={["model"]} id={version.modelId} />
      <LiveRefresh topics={["endpoint"]} />
      <PageHead
        title={`${key.name} ${label}`}
        badges={
          <>
            <VersionState version={version} endpoints={version.lineage.endpoints.map(({ name }) => name)} filled />
            {version.aliases.map((alias) => (
              <AliasTag alias={alias} key={alias} />
            ))}
          </>
        }
        context={version.description || undefined}
        actions={<VersionActions ctx={ctx} model={model} version={version} />}
      />
      <Columns columns="minmax(0, 1fr) 380px">
        <SignaturePanel
          inspection={version.inspection}
          message={version.inspectionMessage}
          signature={version.signature}
        />
        <VersionFacts version={version} />
      </Columns>
      <Lineage subject={label} columns={lineageColumns(version)} />
    </Page>
  );
}

/** The address says "v3"; "3" is understood too. */
async function keyOf(params: Props["params"]): Promise<{ name: string; version: number }> {
  const { model, version } = await params;
  const number = Number(/^v?(\d{1,9})$/.exec(version)?.[1]);
  return number > 0 ? { name: decodeURIComponent(model), version: number } : notFound();
}
