"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { CreateReceiver, Receiver, UpdateReceiver } from "#server/alerting/notifications/contract.ts";
import { ReceiverForm } from "./receiver-form.tsx";

interface NewReceiverProps {
  /** Proposed name, such as one that routes already send to. */
  name?: string;
  label?: string;
  action: (input: CreateReceiver) => Promise<ActionState<Receiver>>;
}

/** Renders the button and the dialog that add a receiver and then open its page. */
export function NewReceiver({ name = "", label = "Create receiver…", action }: NewReceiverProps) {
  const [opened, setOpened] = useState(false);
  const router = useRouter();
  return (
    <>
      <Button variant={name ? "default" : "filled"} size={name ? "xs" : "sm"} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New receiver" size={560} yOffset="6vh">
        <ReceiverForm name={name} create={action} onDone={({ id }) => router.push(`/alerts/receivers/${id}`)} />
      </Modal>
    </>
  );
}

interface EditReceiverProps {
  receiver: Receiver;
  action: (input: UpdateReceiver) => Promise<ActionState<Receiver>>;
}

/** Renders the button and the dialog that edit the channels of a receiver. */
export function EditReceiver({ receiver, action }: EditReceiverProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Edit channels…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Edit ${receiver.name}`} size={560} yOffset="6vh">
        <ReceiverForm
          receiver={receiver}
          update={action}
          onDone={({ name }) => {
            setOpened(false);
            toast.done(`Receiver ${name} saved.`);
          }}
        />
      </Modal>
    </>
  );
}
