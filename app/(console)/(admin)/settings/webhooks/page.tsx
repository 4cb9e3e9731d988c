import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { NewWebhook } from "#components/admin/webhooks/webhook-dialog.tsx";
import { WebhooksTable } from "#components/admin/webhooks/webhooks-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listWebhooks } from "#server/admin/webhooks/queries.ts";
import { createWebhookAction } from "./actions.ts";

export const metadata: Metadata = { title: "Webhooks, Settings" };

export default async function WebhooksPage() {
  const ctx = await requireContext();
  const refusal = denialReason(ctx.actor.role, "listWebhooks");
  return (
    <Page crumbs={settingsCrumbs("webhooks")}>
      <PageHead
        help="roll-out#webhooks"
        title="Webhooks"
        context="URLs that Leeway notifies about events"
        actions={!refusal && <NewWebhook action={createWebhookAction} />}
      />
      <SettingsTabs current="webhooks" />
      <Panel flush>
        {refusal ? (
          <EmptyState title="You cannot view webhooks">Viewing webhooks {refusal}.</EmptyState>
        ) : (
          <WebhooksTable
            webhooks={await listWebhooks(ctx)}
            empty={
              <EmptyState title="No webhooks yet">
                Add one to start a pipeline when a version is registered, or to post to a chat when a run fails. Events
                are signed and retried for up to a day.
              </EmptyState>
            }
          />
        )}
      </Panel>
    </Page>
  );
}
