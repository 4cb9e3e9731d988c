"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  Invitation,
  NewInvitation,
  ResendInvitation,
  RevokeInvitation,
} from "#server/platform/identity/contract.ts";
import { InvitationResult } from "./invitation-result.tsx";

interface InvitationActions {
  resend: (input: ResendInvitation) => Promise<ActionState<NewInvitation>>;
  revoke: (input: RevokeInvitation) => Promise<ActionState<void>>;
}

interface InvitationsTableProps extends InvitationActions {
  invitations: Invitation[];
}

/** Lists open invitations with their last mail. */
export function InvitationsTable({ invitations, ...actions }: InvitationsTableProps) {
  const now = useNow();
  const columns: Column<Invitation>[] = [
    { key: "email", head: "Email", cell: ({ email }) => email },
    { key: "role", head: "Role", cell: ({ role }) => role },
    { key: "by", head: "Invited by", cell: ({ invitedByName }) => invitedByName },
    { key: "at", head: "Invited", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { key: "mail", head: "Mail", cell: mailCell },
    { key: "until", head: "Expires", cell: (invitation) => expiryCell(invitation, now) },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (invitation) => <Buttons invitation={invitation} {...actions} />,
    },
  ];
  return (
    <DataTable
      label="Open invitations"
      rows={invitations}
      columns={columns}
      rowKey={(invitation) => invitation.id}
      empty={<EmptyState title="No open invitations">Invite a person to this workspace by their email.</EmptyState>}
    />
  );
}

function mailCell({ mail }: Invitation) {
  if (!mail) return <span title="The link was handed over by an admin.">{noValue}</span>;
  if (mail.deliveredAt) return <RelativeTime at={mail.deliveredAt} />;
  const reason = mail.error ?? "Sending was interrupted. Resend it.";
  return (
    <span title={reason}>
      <StatusBadge state="missed">Not sent</StatusBadge>
    </span>
  );
}

function expiryCell({ expiresAt }: Invitation, now: number) {
  return expiresAt.getTime() > now ? (
    <RelativeTime at={expiresAt} />
  ) : (
    <StatusBadge state="paused">Expired</StatusBadge>
  );
}

function Buttons({ invitation, resend, revoke }: InvitationActions & { invitation: Invitation }) {
  const { id: invitationId, email } = invitation;
  const [made, setMade] = useState<NewInvitation>();
  const resending = useAction(resend);
  const revoking = useAction(revoke);
  const problem = resending.state.error ?? revoking.state.error;
  return (
    <>
      {problem && (
        <span role="alert" className="lw-small">
          {problem}{" "}
        </span>
      )}
      <Button
        variant="default"
        size="xs"
        aria-label={`Resend the invitation of ${email}`}
        aria-disabled={resending.busy}
        onClick={() => resending.run({ invitationId }, setMade)}
      >
        Resend
      </Button>{" "}
      <Button
        variant="default"
        size="xs"
        data-danger
        aria-label={`Revoke the invitation of ${email}`}
        aria-disabled={revoking.busy}
        onClick={() => revoking.run({ invitationId }, () => toast.done(`Invitation of ${email} revoked.`))}
      >
        Revoke
      </Button>
      <InvitationResult made={made} onClose={() => setMade(undefined)} />
    </>
  );
}
