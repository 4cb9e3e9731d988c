import { requireContext, runtime } from "#app/_lib/context.ts";
import { GettingStartedContent } from "#components/report/overview/getting-started-content.tsx";
import { ReadinessList } from "#components/report/overview/readiness-list.tsx";
import { exampleRequest } from "#components/serve/playground/example-request.ts";
import { Page } from "#components/shell/page.tsx";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { getGettingStarted } from "#server/report/overview/getting-started.ts";
import { getReadiness } from "#server/report/overview/readiness.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";

export const metadata = { title: "Getting started" };

export default async function GettingStartedPage() {
  const ctx = await requireContext();
  const state = await getGettingStarted(ctx);
  const { publicUrl, gatewayUrl } = runtime().config;
  const readiness = await getReadiness(ctx);
  const { endpoint: name } = state.names;
  const current = name ? (await getEndpoint(ctx, { name })).current : null;
  const served = current && (await getVersion(ctx, { name: current.modelName, version: current.version }));
  return (
    <Page crumbs={[{ label: "Getting started" }]} live>
      <GettingStartedContent
        state={state}
        publicUrl={publicUrl}
        gatewayUrl={gatewayUrl}
        request={served?.signature ? exampleRequest(served.signature) : undefined}
      />
      <ReadinessList {...readiness} />
    </Page>
  );
}
