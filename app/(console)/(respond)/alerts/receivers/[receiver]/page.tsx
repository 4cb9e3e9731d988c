import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { CallbacksPanel } from "#components/alerting/notifications/callbacks-panel.tsx";
import { ChannelsTable } from "#components/alerting/notifications/channels-table.tsx";
import { MessagesLog, readLogView } from "#components/alerting/notifications/messages-log.tsx";
import { ReceiverActions } from "#components/alerting/notifications/receiver-actions.tsx";
import { ReceiverState } from "#components/alerting/notifications/receivers-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { getReceiver } from "#server/alerting/notifications/receivers/queries.ts";
import { archiveReceiverAction, retryNotificationAction, testChannelAction, updateReceiverAction } from "../actions.ts";

export const metadata: Metadata = { title: "Receiver, Alerts" };

export default async function ReceiverPage({ params, searchParams }: PageProps<"/alerts/receivers/[receiver]">) {
  const ctx = await requireContext();
  const receiver = await found(getReceiver(ctx, (await params).receiver));
  const view = readLogView(await searchParams);
  const { state, after } = view;
  const log = await listNotifications(ctx, { receiverId: receiver.id, state, after });
  const mayChange = !denialReason(ctx.actor.role, "updateReceiver");
  return (
    <Page crumbs={[...alertsCrumbs("receivers", true), { label: receiver.name }]} live>
      <LiveRefresh topics={["notification"]} everyMs={5_000} />
      <PageHead
        help="on-call#receivers"
        title={receiver.name}
        badges={<ReceiverState receiver={receiver} />}
        context="Routes refer to the receiver by this name"
        actions={
          mayChange && (
            <ReceiverActions
              receiver={receiver}
              viewerName={ctx.actor.name}
              update={updateReceiverAction}
              archive={archiveReceiverAction}
            />
          )
        }
      />
      <Panel title="Channels" flush>
        <ChannelsTable
          channels={receiver.channels}
          test={mayChange ? testChannelAction : undefined}
          empty={
            <EmptyState title="No channels">
              This receiver sends no notifications. Use “Edit channels…” to add Slack, PagerDuty, email or a webhook.
            </EmptyState>
          }
        />
      </Panel>
      <CallbacksPanel channels={receiver.channels} publicUrl={runtime().config.publicUrl} />
      <MessagesLog
        {...log}
        next={log.next}
        view={view}
        path={`/alerts/receivers/${receiver.id}`}
        retry={mayChange ? retryNotificationAction : undefined}
        empty={
          <EmptyState title="No notifications sent yet">
            “Send test” checks a channel now. Each notification and its response appears here.
          </EmptyState>
        }
      />
    </Page>
  );
}
