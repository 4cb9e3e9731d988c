import { cache } from "react";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { alertHref, newSilenceHref } from "#components/alerting/alerts/addresses.ts";
import { GroupBadge, SeverityTag } from "#components/alerting/alerts/alert-text.tsx";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { EventsLog } from "#components/alerting/alerts/groups/events-log.tsx";
import { MembersTable } from "#components/alerting/alerts/groups/members-table.tsx";
import { MessagesLog, readLogView } from "#components/alerting/notifications/messages-log.tsx";
import { GroupFacts } from "#components/respond/acknowledgement/group-facts.tsx";
import { TakeGroup } from "#components/respond/acknowledgement/take-group.tsx";
import { VerdictKeys } from "#components/respond/acknowledgement/verdict-keys.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listAlerts } from "#server/alerting/alerts/alert-queries.ts";
import { ticketPath } from "#server/alerting/alerts/constants.ts";
import type { StoredAlertEvent } from "#server/alerting/alerts/contract.ts";
import { getAlertGroup } from "#server/alerting/alerts/groups/queries.ts";
import { listAlertEvents } from "#server/alerting/alerts/history/queries.ts";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { DomainError } from "#server/base/errors.ts";
import { nextEscalation } from "#server/respond/oncall/escalation/queries.ts";
import { acknowledgeAction, giveVerdictAction, unacknowledgeAction } from "../../actions.ts";
import { onCallOf } from "../../on-call-of.ts";
import { retryNotificationAction } from "../../receivers/actions.ts";

type Props = PageProps<"/alerts/groups/[group]">;

const readGroup = cache(async (groupId: string) => {
  const ctx = await requireContext();
  if (!z.uuid().safeParse(groupId).success) throw new DomainError("not-found", "Alert group not found.");
  return getAlertGroup(ctx, { groupId });
});

export async function generateMetadata({ params }: Props) {
  const { summary } = await found(readGroup((await params).group));
  return { title: `${summary.title}, Alerts` };
}

export default async function GroupPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const group = await found(readGroup((await params).group));
  const { id: groupId, summary, labels } = group;
  const query = await searchParams;
  const view = readLogView(query);
  const before = Number(query.before) || undefined;
  const [{ alerts }, history, log, escalation, onCall] = await Promise.all([
    listAlerts(ctx, { state: "all", groupId, limit: 200 }),
    listAlertEvents(ctx, { groupId, limit: 100, ...(before && { before }) }),
    listNotifications(ctx, { groupId, state: view.state, after: view.after }),
    nextEscalation(ctx, groupId),
    onCallOf(ctx),
  ]);
  const { role } = ctx.actor;
  const path = `/alerts/groups/${groupId}`;
  return (
    <Page crumbs={[...alertsCrumbs("alerts").map((crumb) => ({ ...crumb, href: "/alerts" })), { label: "Group" }]} live>
      <LiveRefresh topics={["alert"]} id={groupId} everyMs={15_000} />
      <LiveRefresh topics={["notification"]} />
      <PageHead
        help="on-call#alerts"
        title={summary.title}
        badges={
          <>
            <GroupBadge group={group} filled />
            <SeverityTag severity={summary.severity} />
          </>
        }
        context={
          <span>
            {summary.service && `${summary.service}, `}since <RelativeTime at={summary.startsAt} />
          </span>
        }
        actions={
          <>
            <ButtonLink href={ticketPath(groupId)} variant="default">
              Open on the board
            </ButtonLink>
            {!denialReason(role, "setSilence") && group.state !== "resolved" && (
              <ButtonLink href={newSilenceHref(labels)} variant="default">
                Silence…
              </ButtonLink>
            )}
            {!denialReason(role, "acknowledgeGroup") && (
              <TakeGroup group={group} take={acknowledgeAction} unacknowledge={unacknowledgeAction} />
            )}
          </>
        }
      />
      <Columns columns="minmax(0, 1fr) 320px">
        <Stack>
          <Panel title="Alerts" subtitle="with what mutes each" flush>
            <MembersTable
              alerts={alerts}
              common={Object.keys(labels)}
              empty={<OverMembers events={history.events} />}
            />
          </Panel>
          <MessagesLog
            {...log}
            next={log.next}
            view={view}
            path={path}
            retry={denialReason(role, "retryNotification") ? undefined : retryNotificationAction}
            empty={
              <EmptyState title="No notifications sent yet">Notifications and their responses appear here.</EmptyState>
            }
          />
          <EventsLog
            events={history.events}
            olderHref={history.next === undefined ? undefined : `${path}?before=${history.next}#history`}
          />
        </Stack>
        <Stack>
          <Panel title="Status">
            <GroupFacts group={group} onCall={onCall(group)} escalation={escalation} />
          </Panel>
          <Panel title="Feedback">
            <VerdictKeys
              groupId={groupId}
              verdict={group.verdict}
              give={giveVerdictAction}
              why={denialReason(role, "submitFeedback")}
            />
          </Panel>
        </Stack>
      </Columns>
    </Page>
  );
}

/** Renders the members of a resolved group; they have been deleted, but its history still names them. */
function OverMembers({ events }: { events: readonly StoredAlertEvent[] }) {
  const named = [...new Set(events.flatMap(({ fingerprint }) => fingerprint ?? []))].slice(0, 20);
  return (
    <EmptyState title="No active alerts in this group">
      {named.length > 0 && "It contained "}
      {named.map((fingerprint, index) => (
        <span key={fingerprint}>
          {index > 0 && ", "}
          <Link href={alertHref(fingerprint)}>
            <code>{fingerprint}</code>
          </Link>
        </span>
      ))}
    </EmptyState>
  );
}
