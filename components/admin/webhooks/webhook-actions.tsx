"use client";

import { Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Attempt, DeleteWebhook, UpdateWebhook, Webhook } from "#server/platform/webhooks/contract.ts";
import { EditWebhook } from "./webhook-dialog.tsx";

interface WebhookActionsProps {
  webhook: Webhook;
  viewerName: string;
  update: (input: UpdateWebhook) => Promise<ActionState<Webhook>>;
  remove: (input: DeleteWebhook) => Promise<ActionState>;
  test: (webhookId: string) => Promise<ActionState<Attempt & { isDelivered: boolean }>>;
}

/** Renders the buttons to edit, enable, disable, delete and test a webhook. */
export function WebhookActions({ webhook, viewerName, update, remove, test }: WebhookActionsProps) {
  const { id: webhookId, name, disabledAt } = webhook;
  const [deleting, setDeleting] = useState(false);
  const router = useRouter();
  const sending = useAction(test);
  const isEnabled = disabledAt === null;

  async function toggle() {
    const { ok, error } = await update({ webhookId, isEnabled: !isEnabled });
    if (ok) toast.done(`Webhook ${name} ${isEnabled ? "disabled" : "enabled"}.`);
    else toast.failed(`Could not update webhook ${name}.`, error);
  }
  async function confirmDelete(reason: string) {
    const { ok, error } = await remove({ webhookId, reason });
    if (ok) router.push("/settings/webhooks");
    return error;
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" aria-label={`More actions for ${name}`} px={8}>
            <IconDots size={15} stroke={1.8} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={toggle}>{isEnabled ? "Disable" : "Enable"}</Menu.Item>
          <Menu.Item color="var(--lw-missed-text)" onClick={() => setDeleting(true)}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <EditWebhook webhook={webhook} action={update} />
      <Button aria-disabled={sending.busy} onClick={() => sending.run(webhookId, notifyResult)}>
        {sending.busy ? "Sending…" : "Send test"}
      </Button>
      <ConfirmWithReason
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete webhook ${name}?`}
        consequences={[
          { label: "Pending deliveries", value: "are not sent" },
          { label: "Its delivery log", value: "is deleted as well" },
          { label: "Undo", value: "not possible; disable it to keep it" },
        ]}
        reasons={["No longer needed", "Replaced"]}
        confirmLabel="Delete"
        cancelLabel="Cancel"
        destructive
        actorName={viewerName}
        onConfirm={confirmDelete}
      />
    </>
  );
}

function notifyResult({ isDelivered, status, error, durationMs }: Attempt & { isDelivered: boolean }) {
  if (isDelivered) toast.done(`The receiver responded with ${status} in ${formatDuration(durationMs)}.`);
  else toast.failed("Test delivery failed.", error ?? `The receiver responded with ${status}.`);
}
