import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { routeLines } from "#components/respond/routes/route-lines.ts";
import { RouteTester } from "#components/respond/routes/route-tester.tsx";
import { RoutesTree } from "#components/respond/routes/routes-tree.tsx";
import { InhibitionPanel, RevisionsPanel, TimesPanel } from "#components/respond/routes/routing-panels.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { getRouting, listRoutingRevisions } from "#server/alerting/alerts/routing/queries.ts";
import { testRoute } from "#server/alerting/alerts/routing/test-route.ts";
import { allRoutes } from "#server/alerting/alerts/routing/walk-routes.ts";
import { DomainError } from "#server/base/errors.ts";
import { setRoutingAction, testRouteAction } from "./actions.ts";
import { labelsOf } from "./labels-of.ts";

export const metadata = { title: "Routes, Alerts" };

export default async function RoutesPage({ searchParams }: PageProps<"/alerts/routes">) {
  const ctx = await requireContext();
  const { labels: requested } = await searchParams;
  const labels = typeof requested === "string" ? requested : "";
  const [stored, revisions, initial] = await Promise.all([
    getRouting(ctx),
    listRoutingRevisions(ctx),
    labels ? tried(labels) : undefined,
  ]);
  const { routing, revision, inactiveReceivers } = stored;
  const maySet = !denialReason(ctx.actor.role, "setRouting");
  async function tried(text: string) {
    try {
      return await testRoute(ctx, { labels: labelsOf(text) });
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
  return (
    <Page crumbs={alertsCrumbs("routes")} live>
      <LiveRefresh topics={["alert"]} id="routing" />
      <PageHead
        help="on-call#routes"
        title="Routes"
        context={revision === 0 ? "Default routes; not edited yet" : `Revision ${revision}, by ${stored.changedBy}`}
        sentence={
          inactiveReceivers.length > 0
            ? `${inactiveReceivers.join(", ")} ${inactiveReceivers.length === 1 ? "sends" : "send"} no notifications because no channel is enabled. Pages still reach the on-call engineer.`
            : undefined
        }
        actions={maySet && <ButtonLink href="/alerts/routes/edit">Edit…</ButtonLink>}
      />
      <AlertsTabs current="routes" />
      <Columns columns="minmax(0, 1fr) 400px">
        <Stack>
          <Panel title="Routing tree" subtitle="first match wins" flush>
            <RoutesTree lines={routeLines(routing, allRoutes(routing))} silent={inactiveReceivers} />
          </Panel>
          <InhibitionPanel rules={routing.inhibitRules} />
          <TimesPanel intervals={routing.timeIntervals} />
          <RevisionsPanel
            revisions={revisions}
            current={revision}
            actorName={ctx.actor.name}
            save={maySet ? setRoutingAction : undefined}
          />
        </Stack>
        <Stack>
          <Panel id="try" title="Test routing">
            <RouteTester labels={labels} initial={initial} test={testRouteAction} />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
