"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type {
  CreateToken,
  DisableServiceAccount,
  NewToken as MadeToken,
  ServiceAccount,
} from "#server/platform/identity/contract.ts";
import { DisableServiceAccountButton } from "./disable-service-account-button.tsx";
import { NewToken } from "./new-token.tsx";

interface ServiceAccountsTableProps {
  accounts: ServiceAccount[];
  viewerName: string;
  /** Only for admins. */
  actions:
    | {
        createToken: (input: CreateToken) => Promise<ActionState<MadeToken>>;
        disable: (input: DisableServiceAccount) => Promise<ActionState<ServiceAccount>>;
      }
    | undefined;
  consoleUrl: string;
  /** Names that a token can be limited to. */
  endpoints: string[];
}

/** Lists service accounts with their role and tokens; admins create tokens for them and disable them. */
export function ServiceAccountsTable(props: ServiceAccountsTableProps) {
  const { accounts, viewerName, actions, consoleUrl, endpoints } = props;
  const columns: Column<ServiceAccount>[] = [
    { key: "name", head: "Name", cell: (account) => account.name },
    { key: "role", head: "Role", cell: (account) => account.role },
    { key: "tokens", head: "Active tokens", align: "right", cell: (account) => account.activeTokens },
    {
      key: "used",
      head: "Last used",
      cell: (account) => (account.lastUsedAt ? <RelativeTime at={account.lastUsedAt} /> : noValue),
    },
    { key: "created", head: "Created", cell: (account) => <RelativeTime at={account.createdAt} /> },
    { key: "state", head: "State", cell: stateCell },
  ];
  if (actions) {
    columns.push({
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (account) =>
        !account.disabledAt && (
          <>
            <NewToken owner={account} action={actions.createToken} consoleUrl={consoleUrl} endpoints={endpoints} />{" "}
            <DisableServiceAccountButton account={account} viewerName={viewerName} action={actions.disable} />
          </>
        ),
    });
  }
  return (
    <DataTable
      label="Service accounts"
      rows={accounts}
      columns={columns}
      rowKey={(account) => account.id}
      empty={
        <EmptyState title="No service accounts yet">
          Create one for a program such as a CI pipeline, so that its tokens outlive the accounts of people.
        </EmptyState>
      }
    />
  );
}

function stateCell({ disabledAt }: ServiceAccount) {
  return disabledAt ? (
    <StatusBadge state="paused">Disabled</StatusBadge>
  ) : (
    <StatusBadge state="on-target">Active</StatusBadge>
  );
}
