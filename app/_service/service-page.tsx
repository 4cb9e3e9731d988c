import type { ReactNode } from "react";
import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { IncidentLine } from "#components/respond/service/incident-line.tsx";
import { ServiceFacts } from "#components/respond/service/service-facts.tsx";
import { ServiceTabs } from "#components/respond/service/service-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import type { ServiceHead } from "#server/respond/service/contract.ts";
import { getServiceHead } from "#server/respond/service/head-queries.ts";
import { type EndpointDetails, type EndpointTab, endpointTabHref } from "#server/serve/endpoints/contract.ts";
import { listEndpointNames } from "#server/serve/endpoints/endpoint-queries.ts";
import { acknowledgeAction } from "../(console)/(respond)/on-call/actions.ts";

interface ServicePageProps {
  ctx: Context;
  endpoint: EndpointDetails;
  tab: EndpointTab;
  /** Read by a tab that needs it itself. */
  head?: ServiceHead | undefined;
  /** The guide to this tab, with a heading: "monitoring#drift". */
  help: string;
  /** Time range and other choices of the tab, in the top bar. */
  controls?: ReactNode;
  /** Buttons of the tab. */
  actions?: ReactNode;
  /** A page below the tab: "Load tests". */
  below?: string;
  /** "live" reloads over time and after events, "events" after those of the head alone, "none" never: no row moves while someone reads. */
  updates?: "live" | "events" | "none";
  children: ReactNode;
}

/** Renders a tab of an endpoint under the head that all of its tabs share: state, owner, version, and the open incident. */
export async function ServicePage(props: ServicePageProps) {
  const { ctx, endpoint, tab, help, controls, actions, below, updates = "live", children } = props;
  const { id, name } = endpoint;
  const { state, owner, onCall, incident, marks } = props.head ?? (await getServiceHead(ctx, endpoint));
  const siblings = (await listEndpointNames(ctx)).map((each) => ({ label: each, href: endpointTabHref(each, tab) }));
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        below ? { label: name, href: endpointTabHref(name, tab) } : { label: name, siblings },
        ...(below ? [{ label: below }] : []),
      ]}
      live={updates === "live"}
      controls={controls}
    >
      {updates === "live" && <LiveRefresh topics={["endpoint"]} id={id} everyMs={30_000} />}
      {updates !== "none" && <LiveRefresh topics={["incident"]} />}
      <PageHead
        help={help}
        title={name}
        badges={<EndpointStateBadge state={state} filled />}
        context={
          <>
            {state.reason && <span>{state.reason}</span>}
            <LineageLink kind="endpoint" id={id} />
          </>
        }
        actions={actions}
      />
      <ServiceFacts head={{ owner, onCall }} endpoint={endpoint} gatewayUrl={runtime().config.gatewayUrl} />
      {incident && (
        <IncidentLine
          incident={toWire(incident)}
          acknowledge={acknowledgeAction}
          why={denialReason(ctx.actor.role, "acknowledgeGroup")}
        />
      )}
      <ServiceTabs endpoint={name} current={tab} marks={marks} />
      {children}
    </Page>
  );
}
