"use client";

import { useEffect } from "react";
import { toast } from "#components/ui/toast.tsx";
import type { NewInvitation } from "#server/platform/identity/contract.ts";
import { ShownOnce } from "./shown-once.tsx";

/** Shows the link of an invitation once, or that it was mailed. */
export function InvitationResult({ made, onClose }: { made: NewInvitation | undefined; onClose: () => void }) {
  const isMailed = made !== undefined && made.link === undefined;
  useEffect(() => {
    if (!isMailed) return;
    const { email, mail } = made.invitation;
    if (mail?.error) toast.failed(`Could not mail the invitation to ${email}.`, mail.error);
    else toast.done(`Invitation mailed to ${email}.`);
    onClose();
  }, [isMailed, made, onClose]);
  return (
    <ShownOnce
      opened={made?.link !== undefined}
      onClose={onClose}
      title={`Invitation for ${made?.invitation.email}`}
      examples={[{ label: "Link", code: made?.link ?? "" }]}
      doneLabel="I have copied it"
    >
      No mail server is configured: share the link yourself. It is not shown again, works once, and is valid for 7 days.
    </ShownOnce>
  );
}
