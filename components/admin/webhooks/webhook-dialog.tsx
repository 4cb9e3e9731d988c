"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { CreateWebhook, UpdateWebhook, Webhook } from "#server/platform/webhooks/contract.ts";
import { WebhookForm } from "./webhook-form.tsx";

/** Renders the button and the dialog that add a webhook and then open its page. */
export function NewWebhook({ action }: { action: (input: CreateWebhook) => Promise<ActionState<Webhook>> }) {
  const [opened, setOpened] = useState(false);
  const router = useRouter();
  return (
    <>
      <Button onClick={() => setOpened(true)}>Create webhook…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New webhook" size={520} yOffset="8vh">
        <WebhookForm action={action} onDone={({ id }) => router.push(`/settings/webhooks/${id}`)} />
      </Modal>
    </>
  );
}

interface EditWebhookProps {
  webhook: Webhook;
  action: (input: UpdateWebhook) => Promise<ActionState<Webhook>>;
}

/** Renders the button and the dialog that edit a webhook. */
export function EditWebhook({ webhook, action }: EditWebhookProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Edit…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Edit ${webhook.name}`} size={520} yOffset="8vh">
        <WebhookForm
          webhook={webhook}
          action={(input) => action({ webhookId: webhook.id, ...input })}
          onDone={({ name }) => {
            setOpened(false);
            toast.done(`Webhook ${name} saved.`);
          }}
        />
      </Modal>
    </>
  );
}
