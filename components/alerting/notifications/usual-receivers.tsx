import type { ActionState } from "#components/ui/action-state.ts";
import { StaleLine } from "#components/ui/states.tsx";
import { type CreateReceiver, type Receiver, usualReceivers } from "#server/alerting/notifications/contract.ts";
import classes from "./notifications.module.css";
import { NewReceiver } from "./receiver-dialog.tsx";

const uses = { "on-call": "Pages", tickets: "Tickets" } as const;

interface UsualReceiversProps {
  receivers: Receiver[];
  /** Undefined for users without permission. */
  create: ((input: CreateReceiver) => Promise<ActionState<Receiver>>) | undefined;
}

/** Lists the receivers used by default routes that do not exist yet; until then, these routes notify no one. */
export function UsualReceivers({ receivers, create }: UsualReceiversProps) {
  const missing = usualReceivers.filter((name) => !receivers.some((receiver) => receiver.name === name));
  if (missing.length === 0) return null;
  return (
    <div className={classes.usual}>
      {missing.map((name) => (
        <div key={name}>
          <StaleLine>
            {uses[name]} go to the receiver <strong>{name}</strong> by default, but it does not exist yet.
          </StaleLine>
          {create && <NewReceiver name={name} label={`Add ${name}…`} action={create} />}
        </div>
      ))}
    </div>
  );
}
