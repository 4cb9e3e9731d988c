import { redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listModels } from "#server/develop/registry/models/queries.ts";

export const metadata = { title: "Playground" };

/** Leads to a model that can be tried: one that serves, else the first. */
export default async function PlaygroundPage() {
  const models = await listModels(await requireContext());
  const servable = models.filter(({ latestVersion }) => latestVersion?.inspection === "servable");
  const first = servable.find(({ endpoints }) => endpoints.length > 0) ?? servable[0] ?? models[0];
  if (first) redirect(playgroundHref(first.name));
  return (
    <Page crumbs={[{ label: "Playground" }]}>
      <PageHead help="deploy#playground" title="Playground" context="Run any version on your own input" />
      <Panel flush>
        <EmptyState
          title="No models to try"
          action={<Link href="/getting-started#version">How to register a model</Link>}
        >
          Register a version under Models; you can try it here before it is deployed.
        </EmptyState>
      </Panel>
    </Page>
  );
}
