import { notFound } from "next/navigation";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { UploadDataset } from "#components/develop/datasets/upload-dataset.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { FeaturesTable } from "#components/watch/monitoring/profiles/features-table.tsx";
import { MakeReference } from "#components/watch/monitoring/profiles/make-reference.tsx";
import { ReferenceFacts } from "#components/watch/monitoring/profiles/reference-facts.tsx";
import { describeSource } from "#components/watch/monitoring/profiles/reference-text.ts";
import { ReferencesTable } from "#components/watch/monitoring/profiles/references-table.tsx";
import { RetireReference } from "#components/watch/monitoring/profiles/retire-reference.tsx";
import { uploadDatasetAction } from "../../../../datasets/actions.ts";
import { maxUploadBytes } from "../../../upload-limit.ts";
import { makeReferenceAction, retireReferenceAction } from "./actions.ts";
import { readReferencePage } from "./read-page.ts";

type Props = PageProps<"/models/[model]/[version]/reference">;

export async function generateMetadata({ params }: Props) {
  const { name, version } = await keyOf(params);
  return { title: `Reference of ${name} v${version}, Models` };
}

export default async function ReferencePage({ params }: Props) {
  const key = await keyOf(params);
  const ctx = await requireContext();
  const { version, reference, references, features, advice, datasets } = await found(readReferencePage(ctx, key));
  const label = `v${key.version}`;
  const title = `${key.name} ${label}`;
  const next = references.find((each) => each.state === "ready" && !each.retiredAt && each.id !== reference?.id);
  return (
    <Page
      live
      crumbs={[
        { label: "Models", href: "/models" },
        { label: key.name, href: `/models/${encodeURIComponent(key.name)}` },
        { label, href: versionHref(key.name, key.version) },
        { label: "Reference" },
      ]}
    >
      <LiveRefresh topics={["model"]} id={version.modelId} />
      <PageHead
        help="monitoring#references"
        title={`Reference of ${title}`}
        sentence={
          reference
            ? `Traffic to ${title} is compared with ${describeSource(reference)}.`
            : `Traffic to ${title} is not compared with anything yet.`
        }
        actions={
          <>
            <UploadDataset
              maxBytes={maxUploadBytes}
              apiUrl={`${runtime().config.publicUrl}/api/v1`}
              upload={uploadDatasetAction}
              why={denialReason(ctx.actor.role, "uploadDataset")}
            />
            {reference && !denialReason(ctx.actor.role, "retireProfile") && (
              <RetireReference
                version={title}
                next={next ? describeSource(next) : null}
                actorName={ctx.actor.name}
                retire={retireReferenceAction.bind(null, { ...key, profileId: reference.id })}
              />
            )}
            <MakeReference
              version={title}
              advice={advice}
              datasets={datasets}
              request={makeReferenceAction.bind(null, key)}
              why={denialReason(ctx.actor.role, "requestProfile")}
            />
          </>
        }
      />
      {reference ? (
        <>
          <Panel title="In effect">
            <ReferenceFacts reference={reference} />
          </Panel>
          <Panel title="Features" subtitle="inputs as sent by clients, then the outputs" flush>
            <FeaturesTable features={features} />
          </Panel>
        </>
      ) : (
        <Panel title="In effect" flush>
          <EmptyState title="Drift is not monitored for this version">{advice.words}</EmptyState>
        </Panel>
      )}
      {references.length > 0 && (
        <Panel title="References" subtitle="newest first" flush>
          <ReferencesTable references={references} inForceId={reference?.id} />
        </Panel>
      )}
    </Page>
  );
}

/** Parses the model and version of the address; accepts "v3" and "3". */
async function keyOf(params: Props["params"]): Promise<{ name: string; version: number }> {
  const { model, version } = await params;
  const number = Number(/^v?(\d{1,9})$/.exec(version)?.[1]);
  return number > 0 ? { name: decodeURIComponent(model), version: number } : notFound();
}
