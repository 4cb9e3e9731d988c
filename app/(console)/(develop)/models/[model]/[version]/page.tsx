import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { LinkedViews } from "#components/develop/features/linked-views.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { EditDescription } from "#components/develop/registry/edit-description.tsx";
import { Lineage } from "#components/develop/registry/lineage/lineage.tsx";
import { lineageColumns } from "#components/develop/registry/lineage/lineage-graph.ts";
import { MetadataPanel } from "#components/develop/registry/policy/metadata-panel.tsx";
import { OperatorsPanel } from "#components/develop/registry/versions/operators-panel.tsx";
import { SignaturePanel } from "#components/develop/registry/versions/signature-panel.tsx";
import { VersionFacts } from "#components/develop/registry/versions/version-facts.tsx";
import { VersionState } from "#components/develop/registry/versions/version-state.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import { deleteVersionTagAction, describeVersionAction, setVersionTagAction } from "../../edit-actions.ts";
import { withRefusals } from "../../request-choices.ts";
import { EvaluationSection } from "./evaluation-section.tsx";
import { PipelineSection } from "./pipeline-section.tsx";
import { PromotionSection } from "./promotion-section.tsx";
import { readVersionPage, type VersionPageData } from "./read-page.ts";
import { ReferenceSection } from "./reference-section.tsx";
import { SecuritySection } from "./security-section.tsx";
import { VersionActions } from "./version-actions.tsx";

type Props = PageProps<"/models/[model]/[version]">;

export async function generateMetadata({ params }: Props) {
  const { name, version } = await keyOf(params);
  return { title: `${name} v${version}, Models` };
}

export default async function VersionPage({ params }: Props) {
  const key = await keyOf(params);
  const ctx = await requireContext();
  const data = await readVersionPage(ctx, key);
  const { version, model, others } = data;
  const label = `v${key.version}`;
  const isReader = denialReason(ctx.actor.role, "updateModelVersion") !== undefined;
  return (
    <Page
      live
      crumbs={[
        { label: "Models", href: "/models" },
        { label: key.name, href: `/models/${encodeURIComponent(key.name)}` },
        {
          label,
          siblings: others.map((each) => ({ label: `v${each.version}`, href: versionHref(key.name, each.version) })),
        },
      ]}
    >
      <LiveRefresh topics={["model"]} id={version.modelId} />
      <LiveRefresh topics={["endpoint", "evaluation"]} />
      <PageHead
        help="connect-python#models"
        title={`${key.name} ${label}`}
        badges={
          <>
            <VersionState version={version} endpoints={version.lineage.endpoints.map(({ name }) => name)} filled />
            {version.aliases.map((alias) => (
              <AliasTag alias={alias} key={alias} />
            ))}
          </>
        }
        context={
          <>
            {version.description || "no description"}
            {!isReader && (
              <EditDescription
                subject={`${key.name} ${label}`}
                description={version.description}
                save={describeVersionAction.bind(null, key)}
              />
            )}
            <LineageLink kind="version" id={version.id} />
          </>
        }
        actions={
          <VersionActions
            ctx={ctx}
            model={model}
            version={version}
            protectedAliases={data.policy.protectedAliases}
            canApprove={withRefusals(ctx, data.requests).some(
              ({ request, refusals }) => !request.decision && refusals.approve === undefined,
            )}
          />
        }
      />
      <Columns columns="minmax(0, 1fr) 380px">
        <Stack>
          <PromotionSection ctx={ctx} data={data} />
          <EvaluationSection ctx={ctx} version={key} />
          <SecuritySection ctx={ctx} version={key} sha256={version.sha256} />
          <SignaturePanel
            inspection={version.inspection}
            message={version.inspectionMessage}
            signature={version.signature}
          />
          <ReferenceSection ctx={ctx} version={key} />
          <PipelineSection ctx={ctx} version={version} />
          <OperatorsPanel graph={version.graph} sizeBytes={version.sizeBytes} />
        </Stack>
        <Stack>
          <MetadataPanel items={data.metadata} />
          <VersionFacts
            version={version}
            compareWith={rival(data)}
            setTag={isReader ? undefined : setVersionTagAction.bind(null, key)}
            deleteTag={deleteVersionTagAction.bind(null, key)}
          />
        </Stack>
      </Columns>
      <LinkedViews views={data.views} subtitle="whose features the version looks up" />
      <Lineage subject={label} columns={lineageColumns(version)} />
    </Page>
  );
}

/** Returns the default version to compare with: the champion, else the previous one, else any other. */
function rival({ version, others, model, checklist }: VersionPageData): number | undefined {
  const champion = model.aliases.find(({ alias }) => alias === checklist.alias)?.version;
  if (champion !== undefined && champion !== version.version) return champion;
  const numbers = others.map((each) => each.version).filter((number) => number !== version.version);
  return numbers.find((number) => number < version.version) ?? numbers[0];
}

/** Parses the model and version of the address; accepts "v3" and "3". */
async function keyOf(params: Props["params"]): Promise<{ name: string; version: number }> {
  const { model, version } = await params;
  const number = Number(/^v?(\d{1,9})$/.exec(version)?.[1]);
  return number > 0 ? { name: decodeURIComponent(model), version: number } : notFound();
}
