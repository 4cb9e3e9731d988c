import { z } from "zod";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { foundOrNot } from "#app/_lib/found.ts";
import { TrainingSetBuilder } from "#components/develop/features/training-sets/builder/builder.tsx";
import {
  draftOfTrainingSet,
  emptyDraft,
  storedFeatures,
  type TrainingSetDraft,
  type ViewOption,
} from "#components/develop/features/training-sets/builder/draft.ts";
import { Page } from "#components/shell/page.tsx";
import type { Context } from "#server/base/context.ts";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import { getFeatureDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { getTrainingSet } from "#server/develop/features/training-sets/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { uploadDatasetAction } from "../../datasets/actions.ts";
import { maxUploadBytes } from "../../models/upload-limit.ts";
import { createTrainingSetAction } from "../actions.ts";
import { serviceOptions, viewOptions } from "./options.ts";

export const metadata = { title: "New training set, Features" };

type Props = PageProps<"/training-sets/new">;

export default async function NewTrainingSetPage({ searchParams }: Props) {
  const ctx = await requireContext();
  const definitions = await getFeatureDefinitions(ctx);
  const views = viewOptions(definitions);
  const datasets = (await listDatasets(ctx, { limit: 500 })).map(({ name }) => name);
  const { endpoints } = await listEndpoints(ctx, { limit: 500 });
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Training sets", href: "/training-sets" },
        { label: "New" },
      ]}
    >
      <TrainingSetBuilder
        start={await startOf(ctx, await searchParams, views)}
        datasets={datasets}
        endpoints={endpoints.map(({ id, name }) => ({ id, name }))}
        views={views}
        services={serviceOptions(definitions)}
        upload={{
          action: uploadDatasetAction,
          maxBytes: maxUploadBytes,
          apiUrl: `${runtime().config.publicUrl}/api/v1`,
          why: denialReason(ctx.actor.role, "uploadDataset"),
        }}
        create={createTrainingSetAction}
        why={denialReason(ctx.actor.role, "createTrainingSet")}
      />
    </Page>
  );
}

/** Returns what the address asks for: the parts of an earlier training set, a view, a service, a dataset version. */
async function startOf(
  ctx: Context,
  query: Awaited<Props["searchParams"]>,
  views: readonly ViewOption[],
): Promise<TrainingSetDraft | undefined> {
  const { from, view: viewName, service, dataset, digest } = query;
  const id = z.uuid().safeParse(from);
  const earlier = id.success ? await foundOrNot(getTrainingSet(ctx, id.data)) : undefined;
  if (earlier) return draftOfTrainingSet(earlier);
  const view = views.find(({ name }) => name === viewName);
  if (view) return { ...emptyDraft, features: storedFeatures(view) };
  if (typeof service !== "string" && typeof dataset !== "string") return undefined;
  return {
    ...emptyDraft,
    ...(typeof service === "string" && { service }),
    ...(typeof dataset === "string" && { dataset, digest: typeof digest === "string" ? digest : null }),
  };
}
