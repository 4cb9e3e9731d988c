"use client";

import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Account } from "#server/platform/identity/contract.ts";
import { type AccountActions, AccountMenu } from "./account-menu.tsx";

interface AccountsTableProps {
  accounts: Account[];
  viewer: { id: string; name: string };
  actions: AccountActions;
  foot: React.ReactNode;
}

/** Lists the accounts of the installation, for those who administer it. */
export function AccountsTable({ accounts, viewer, actions, foot }: AccountsTableProps) {
  const columns: Column<Account>[] = [
    { key: "name", head: "Name", cell: ({ name }) => name },
    { key: "email", head: "Email", cell: ({ email }) => <span className="lw-muted">{email}</span> },
    { key: "workspaces", head: "Workspaces", cell: ({ workspaces }) => workspaces.join(", ") || noValue },
    { key: "way", head: "Sign-in method", cell: waysIn },
    {
      key: "signIn",
      head: "Last sign-in",
      cell: ({ lastSignInAt }) => (lastSignInAt ? <RelativeTime at={lastSignInAt} /> : noValue),
    },
    { key: "state", head: "State", cell: stateCell },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      width: 44,
      cell: (account) => <AccountMenu account={account} viewer={viewer} actions={actions} />,
    },
  ];
  return <DataTable label="Accounts" rows={accounts} columns={columns} rowKey={(account) => account.id} foot={foot} />;
}

function waysIn({ hasPassword, usesCompanySignIn }: Account): string {
  return [hasPassword && "password", usesCompanySignIn && "company account"].filter(Boolean).join(", ") || noValue;
}

function stateCell({ disabledAt }: Account) {
  return disabledAt ? (
    <StatusBadge state="paused">Disabled</StatusBadge>
  ) : (
    <StatusBadge state="on-target">Active</StatusBadge>
  );
}
