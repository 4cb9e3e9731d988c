import type { ReactNode } from "react";
import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { IncidentLine } from "#components/respond/service/incident-line.tsx";
import { ServiceFacts } from "#components/respond/service/service-facts.tsx";
import { ServiceTabs } from "#components/respond/service/service-tabs.tsx";
import { VersionKey } from "#components/respond/service/version-key.tsx";
import { keyVersions } from "#components/respond/service/version-key-entries.ts";
import { RangeControl, type RangeControlProps, type RangeMoment } from "#components/serve/endpoints/range-control.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import type { ServiceHead } from "#server/respond/service/contract.ts";
import { getServiceHead } from "#server/respond/service/head-queries.ts";
import type { Triage } from "#server/respond/triage/contract.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { type EndpointTab, endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { listEndpointNames } from "#server/serve/endpoints/endpoint-queries.ts";
import { acknowledgeAction } from "../(console)/(respond)/on-call/actions.ts";
import { HeadActions } from "./head-actions.tsx";

interface ServicePageProps {
  ctx: Context;
  endpoint: EndpointDetails;
  tab: EndpointTab;
  /** Read by a tab that needs it itself. */
  head?: ServiceHead | undefined;
  /** What on-call advice says about the open incident, read by a tab that needs it itself. */
  triage?: Triage | undefined;
  /** The guide to this tab, with a heading: "monitoring#drift". */
  help: string;
  /** The time range that the tab shows, and those that it offers; undefined for one without time. */
  range?: Omit<RangeControlProps, "moments">;
  /** Other choices of the tab, in the top bar. */
  controls?: ReactNode;
  /** Buttons of the tab, before those of the head. */
  actions?: ReactNode;
  /** A page below the tab: "Load tests". */
  below?: string;
  /** "live" reloads over time and after events, "events" after those of the head alone, "none" never: no row moves while someone reads. */
  updates?: "live" | "events" | "none";
  children: ReactNode;
}

/** Renders a tab of an endpoint under the head that all of its tabs share: state, owner, version, and the open incident. */
export async function ServicePage(props: ServicePageProps) {
  const { ctx, endpoint, tab, help, range, controls, actions, below, children } = props;
  // What is over does not change, but the head goes on.
  const updates = range?.shown.fixed ? "events" : (props.updates ?? "live");
  const { id, name } = endpoint;
  const { state, owner, onCall, incident, marks, callers, readsFeatures } =
    props.head ?? (await getServiceHead(ctx, endpoint));
  const [triage, active, blocks, names] = await Promise.all([
    props.triage ?? (incident && orUndefined("advice", () => getTriage(ctx, { incident: incident.number }))),
    orUndefined("rollouts", () => listRollouts(ctx, { endpointId: id, active: true })),
    orUndefined("blocks", () => listVersionBlocks(ctx, { endpointId: id })),
    listEndpointNames(ctx),
  ]);
  const rollback = triage?.actions.find(({ act, isRecommended }) => act === "roll-back" && isRecommended);
  const rollout = active?.rollouts[0];
  const siblings = names.map((each) => ({ label: each, href: endpointTabHref(each, tab) }));
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        below ? { label: name, href: endpointTabHref(name, tab) } : { label: name, siblings },
        ...(below ? [{ label: below }] : []),
      ]}
      live={updates === "live"}
      fixed={range?.shown.fixed !== undefined}
      controls={
        <>
          {controls}
          {range && <RangeControl {...range} moments={momentsOf(endpoint, incident)} />}
        </>
      }
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
        actions={
          <>
            {actions}
            <HeadActions
              ctx={ctx}
              endpoint={endpoint}
              isRollingOut={rollout !== undefined}
              rollback={rollback}
              incident={incident?.number}
            />
          </>
        }
      />
      <ServiceFacts head={{ owner, onCall, callers }} endpoint={endpoint} gatewayUrl={runtime().config.gatewayUrl} />
      {incident && (
        <IncidentLine
          incident={toWire(incident)}
          acknowledge={acknowledgeAction}
          why={denialReason(ctx.actor.role, "acknowledgeGroup")}
        />
      )}
      <ServiceTabs
        endpoint={name}
        current={tab}
        marks={marks}
        readsFeatures={readsFeatures}
        right={<VersionKey versions={keyVersions(endpoint, rollout, blocks ?? [])} />}
      />
      {children}
    </Page>
  );
}

const aroundMs = 15 * minuteMs;

/** Returns the times that the range menu offers by name. */
function momentsOf({ current }: EndpointDetails, incident: ServiceHead["incident"]): RangeMoment[] {
  return [
    ...(current
      ? [{ label: `Since the deployment of v${current.version}`, from: current.deployedAt.getTime(), isDeploy: true }]
      : []),
    ...(incident
      ? [{ label: `INC-${incident.number} with 15 min before it`, from: incident.startedAt.getTime() - aroundMs }]
      : []),
  ];
}
