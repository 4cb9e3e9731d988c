import { redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { DeliveriesTable } from "#components/admin/webhooks/deliveries-table.tsx";
import { DeliveryPanel } from "#components/admin/webhooks/delivery-panel.tsx";
import { WebhookActions } from "#components/admin/webhooks/webhook-actions.tsx";
import { WebhookState } from "#components/admin/webhooks/webhooks-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getWebhook, listDeliveries } from "#server/admin/webhooks/queries.ts";
import type { Delivery } from "#server/platform/webhooks/contract.ts";
import { deleteWebhookAction, replayDeliveryAction, testWebhookAction, updateWebhookAction } from "../actions.ts";

export const metadata = { title: "Webhook, Settings" };

const states: Record<string, string> = { delivered: "Delivered", failed: "Failed", pending: "Pending" };

export default async function WebhookPage({ params, searchParams }: PageProps<"/settings/webhooks/[webhook]">) {
  const ctx = await requireContext();
  if (denialReason(ctx.actor.role, "getWebhook")) redirect("/settings/webhooks");
  const webhook = await found(getWebhook(ctx, (await params).webhook));
  const requested = await searchParams;
  const text = (name: string) => (typeof requested[name] === "string" ? requested[name] : undefined);
  const state = text("state") as Delivery["state"] | undefined;
  const page = { webhookId: webhook.id, state: state && state in states ? state : undefined, after: text("after") };
  const { deliveries, next } = await listDeliveries(ctx, page);
  const open = deliveries.find(({ id }) => id === text("delivery"));
  const address = `/settings/webhooks/${webhook.id}`;
  const here = (changes: Record<string, string | undefined>) => {
    const query = Object.entries({ state: page.state, after: page.after, ...changes }).filter(([, value]) => value);
    return `${address}?${new URLSearchParams(query as [string, string][])}`;
  };
  return (
    <Page crumbs={[...settingsCrumbs("webhooks", true), { label: webhook.name }]} live>
      <LiveRefresh topics={["settings"]} id={webhook.id} everyMs={5_000} />
      <PageHead
        help="roll-out#webhooks"
        title={webhook.name}
        badges={<WebhookState webhook={webhook} filled />}
        context={
          <>
            <code>{webhook.url}</code> <CopyButton value={webhook.url} label="Copy URL" />
          </>
        }
        sentence={webhook.description || undefined}
        actions={
          <WebhookActions
            webhook={webhook}
            viewerName={ctx.actor.name}
            update={updateWebhookAction}
            remove={deleteWebhookAction}
            test={testWebhookAction}
          />
        }
      />
      <Tabs
        label="Deliveries"
        items={[
          { label: "All", href: address, current: !page.state },
          ...Object.entries(states).map(([key, label]) => ({
            label,
            href: `${address}?state=${key}`,
            current: page.state === key,
          })),
        ]}
      />
      {open && <DeliveryPanel delivery={open} replay={replayDeliveryAction} />}
      <Panel title="Deliveries" subtitle="newest first, kept for 30 days" flush>
        <DeliveriesTable
          deliveries={deliveries}
          hrefOf={(id) => here({ delivery: id })}
          empty={
            <EmptyState title="No deliveries yet">
              This webhook receives {webhook.events.join(", ")}. Use “Send test” to try it now.
            </EmptyState>
          }
          foot={next && <Link href={here({ after: next })}>Older deliveries</Link>}
        />
      </Panel>
    </Page>
  );
}
