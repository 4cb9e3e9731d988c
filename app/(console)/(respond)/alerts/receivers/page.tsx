import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { MessagesLog, readLogView } from "#components/alerting/notifications/messages-log.tsx";
import { NewReceiver } from "#components/alerting/notifications/receiver-dialog.tsx";
import { ReceiversTable } from "#components/alerting/notifications/receivers-table.tsx";
import { UsualReceivers } from "#components/alerting/notifications/usual-receivers.tsx";
import { WatchdogDialog } from "#components/alerting/watchdog/watchdog-dialog.tsx";
import { WatchdogPanel } from "#components/alerting/watchdog/watchdog-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import { getWatchdog } from "#server/alerting/watchdog/queries.ts";
import { createReceiverAction, retryNotificationAction, setWatchdogAction } from "./actions.ts";

export const metadata: Metadata = { title: "Receivers, Alerts" };

export default async function ReceiversPage({ searchParams }: PageProps<"/alerts/receivers">) {
  const ctx = await requireContext();
  const view = readLogView(await searchParams);
  const { state, after } = view;
  const [receivers, log, watchdog] = await Promise.all([
    listReceivers(ctx),
    listNotifications(ctx, { state, after }),
    getWatchdog(ctx),
  ]);
  const maySetWatchdog = !denialReason(ctx.actor.role, "setWatchdog");
  const choices = receivers.map(({ id, name }) => ({ id, name }));
  const mayCreate = !denialReason(ctx.actor.role, "createReceiver");
  const mayRetry = !denialReason(ctx.actor.role, "retryNotification");
  return (
    <Page crumbs={alertsCrumbs("receivers")} live>
      <LiveRefresh topics={["notification"]} everyMs={5_000} />
      <PageHead
        help="on-call#receivers"
        title="Receivers"
        context="Where notifications go: Slack, PagerDuty, email and webhooks"
        actions={mayCreate && <NewReceiver action={createReceiverAction} />}
      />
      <AlertsTabs current="receivers" />
      <UsualReceivers receivers={receivers} create={mayCreate ? createReceiverAction : undefined} />
      <Panel flush>
        <ReceiversTable
          receivers={receivers}
          empty={
            <EmptyState title="No receivers yet">
              Until you add one, pages and tickets appear on the triage board only, and just the on-call engineer is
              notified elsewhere.
            </EmptyState>
          }
        />
      </Panel>
      <WatchdogPanel
        watchdog={watchdog}
        right={maySetWatchdog && <WatchdogDialog watchdog={watchdog} receivers={choices} action={setWatchdogAction} />}
      />
      <MessagesLog
        {...log}
        next={log.next}
        view={view}
        path="/alerts/receivers"
        retry={mayRetry ? retryNotificationAction : undefined}
        empty={
          <EmptyState title="No notifications sent yet">Every notification and its response appears here.</EmptyState>
        }
      />
    </Page>
  );
}
