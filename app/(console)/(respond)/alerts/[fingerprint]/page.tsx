import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { alertHref, groupHref, newSilenceHref } from "#components/alerting/alerts/addresses.ts";
import { AlertBadge, LabelTags, SeverityTag, shownAnnotations } from "#components/alerting/alerts/alert-text.tsx";
import classes from "#components/alerting/alerts/alerts.module.css";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { EventsLog } from "#components/alerting/alerts/groups/events-log.tsx";
import { MutedBy } from "#components/alerting/alerts/groups/members-table.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { BurnTable } from "#components/respond/alert-trace/burn-table.tsx";
import { TracePanel } from "#components/respond/alert-trace/trace-panel.tsx";
import { WhatNow } from "#components/respond/alert-trace/what-now.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { sloHref } from "#components/watch/slo/addresses.ts";
import { getAlert } from "#server/alerting/alerts/alert-queries.ts";
import { listAlertEvents } from "#server/alerting/alerts/history/queries.ts";
import { testRoute } from "#server/alerting/alerts/routing/test-route.ts";
import { DomainError } from "#server/base/errors.ts";
import { Instant } from "#server/base/instant.ts";
import { traceAlert } from "#server/respond/alert-trace/trace-alert.ts";
import { getSlo } from "#server/watch/slo/objectives/queries.ts";

type Props = PageProps<"/alerts/[fingerprint]">;

const readAlert = cache(async (fingerprint: string) => {
  const ctx = await requireContext();
  if (!/^[0-9a-f]{16}$/.test(fingerprint)) throw new DomainError("not-found", "No alert found with this fingerprint.");
  return getAlert(ctx, { fingerprint });
});

export async function generateMetadata({ params }: Props) {
  const { labels, fingerprint } = await found(readAlert((await params).fingerprint));
  return { title: `${labels.alertname ?? fingerprint}, Alerts` };
}

export default async function AlertPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const alert = await found(readAlert((await params).fingerprint));
  const { fingerprint, labels, annotations, ruleKey } = alert;
  const query = await searchParams;
  const at = typeof query.at === "string" ? Instant.safeParse(query.at).data : undefined;
  const before = Number(query.before) || undefined;
  const sloId = ruleKey.startsWith("slo:") ? ruleKey.slice(4) : undefined;
  const [trace, test, history, slo] = await Promise.all([
    traceAlert(ctx, { fingerprint, ...(at && { at }) }),
    testRoute(ctx, { labels }),
    listAlertEvents(ctx, { fingerprint, limit: 50, ...(before && { before }) }),
    sloId ? foundOrNot(getSlo(ctx, { slo: sloId })) : undefined,
  ]);
  const ruleId = ruleKey.startsWith("rule:") ? ruleKey.slice(5) : undefined;
  return (
    <Page crumbs={[...alertsCrumbs("alerts").map((crumb) => ({ ...crumb, href: "/alerts" })), { label: "Alert" }]} live>
      {!at && <LiveRefresh topics={["alert", "notification"]} everyMs={15_000} />}
      {at && (
        <StaleLine>
          Shown as of {formatAbsolute(at)}. <Link href={alertHref(fingerprint)}>Show current state</Link>
        </StaleLine>
      )}
      <PageHead
        help="on-call#alerts"
        title={labels.alertname ?? fingerprint}
        badges={
          <>
            <AlertBadge alert={alert} filled />
            <SeverityTag severity={alert.severity} />
          </>
        }
        context={
          <>
            <span>
              since <RelativeTime at={alert.startsAt} />
            </span>
            <LineageLink kind="alert" id={fingerprint} />
          </>
        }
        sentence={annotations.summary}
        actions={
          !denialReason(ctx.actor.role, "setSilence") && (
            <ButtonLink href={newSilenceHref(labels)} variant="default">
              Silence…
            </ButtonLink>
          )
        }
      />
      <Columns columns="minmax(0, 1fr) 360px">
        <Stack>
          <TracePanel trace={trace} />
          {slo && (
            <Panel
              title="SLO evaluation"
              subtitle="fires when both windows exceed the burn-rate threshold"
              right={<Link href={sloHref(slo.name)}>{slo.displayName || slo.name}</Link>}
              flush
            >
              <BurnTable tiers={slo.tiers} />
            </Panel>
          )}
          <EventsLog
            events={history.events}
            olderHref={
              history.next === undefined ? undefined : `${alertHref(fingerprint)}?before=${history.next}#history`
            }
            isOfAlert
          />
        </Stack>
        <Stack>
          <Panel title="If it fired again now">
            {alert.state === "resolved" && <p className="lw-muted">If this alert fired again with these labels:</p>}
            <WhatNow test={test} />
          </Panel>
          <Panel title="Details">
            <dl className={classes.facts}>
              <dt>Labels</dt>
              <dd>
                <LabelTags labels={labels} />
              </dd>
              {shownAnnotations(annotations).map(([name, value]) => (
                <div style={{ display: "contents" }} key={name}>
                  <dt>{name}</dt>
                  <dd>{name === "runbook_url" && value.startsWith("/") ? <Link href={value}>{value}</Link> : value}</dd>
                </div>
              ))}
              <dt>Muted by</dt>
              <dd>
                <MutedBy alert={alert} />
              </dd>
              <dt>Groups</dt>
              <dd>
                {alert.groups.length === 0 && <span className="lw-quiet">none</span>}
                {alert.groups.map(({ id, groupKey }) => (
                  <div key={id}>
                    <Link href={groupHref(id)}>{groupKey}</Link>
                  </div>
                ))}
              </dd>
              <dt>Rule</dt>
              <dd>
                {slo ? (
                  <Link href={sloHref(slo.name)}>{slo.name}</Link>
                ) : ruleId ? (
                  <Link href={`/alerts/rules/${ruleId}`}>Rule</Link>
                ) : (
                  <StatusBadge state="no-data">external</StatusBadge>
                )}
              </dd>
              <dt>Fingerprint</dt>
              <dd>
                <code>{fingerprint}</code>
              </dd>
            </dl>
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}
