"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { RevokeSession, Session } from "#server/platform/identity/contract.ts";

interface SessionsTableProps {
  sessions: Session[];
  revoke: (input: RevokeSession) => Promise<ActionState<unknown>>;
}

const methods: Record<Session["method"], string> = { password: "password", oidc: "company account" };

/** Lists the reader's sessions with device and network address; each but this one can be revoked. */
export function SessionsTable({ sessions, revoke }: SessionsTableProps) {
  const columns: Column<Session>[] = [
    { key: "device", head: "Device", cell: deviceCell },
    { key: "address", head: "Network address", cell: (session) => session.address ?? noValue },
    { key: "method", head: "Sign-in method", cell: (session) => methods[session.method] },
    { key: "created", head: "Signed in", cell: (session) => <RelativeTime at={session.createdAt} /> },
    { key: "seen", head: "Last seen", cell: (session) => <RelativeTime at={session.lastSeenAt} /> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: ({ id, isCurrent }) =>
        !isCurrent && (
          <SmallAction label="Revoke" input={{ sessionId: id }} act={revoke} done="The session was revoked." />
        ),
    },
  ];
  return <DataTable label="Sessions" rows={sessions} columns={columns} rowKey={(session) => session.id} />;
}

function deviceCell({ device, isCurrent }: Session) {
  return (
    <>
      {device ?? "Unknown device"} {isCurrent && <Tag>this session</Tag>}
    </>
  );
}
