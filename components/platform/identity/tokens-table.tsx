"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import classes from "#components/ui/dialog.module.css";
import { useNow } from "#components/ui/now.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { RevokeToken, Token } from "#server/platform/identity/contract.ts";
import { LastChange, type LastChangeProps } from "./last-change.tsx";
import { RevokeTokenButton } from "./revoke-token-button.tsx";
import { type TokenState, tokenState } from "./token-state.ts";

interface TokenRow extends Token {
  lastChange: LastChangeProps | undefined;
}

interface TokensTableProps {
  tokens: TokenRow[];
  viewerName: string;
  /** Whether to show the owner of each token. */
  withOwners: boolean;
  revoke: (input: RevokeToken) => Promise<ActionState<Token>>;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

const badges: Record<TokenState, [State, string]> = {
  active: ["on-target", "Active"],
  expired: ["not-started", "Expired"],
  revoked: ["paused", "Revoked"],
};

function scopesCell({ scopes, endpoints }: Token) {
  return (
    <span className={classes.tags}>
      {scopes.map((scope) => (
        <Tag key={scope}>{scope}</Tag>
      ))}
      {endpoints && <span className="lw-small lw-quiet">limited to {endpoints.join(", ")}</span>}
    </span>
  );
}

/** Tokens with what they may, until when, and when they were last used. */
export function TokensTable({ tokens, viewerName, withOwners, revoke, empty, foot }: TokensTableProps) {
  const now = useNow(60_000);
  const columns: Column<TokenRow>[] = [
    { key: "name", head: "Name", cell: (token) => token.name },
    { key: "prefix", head: "Prefix", cell: (token) => <code className="lw-quiet">{token.prefix}…</code> },
    { key: "owner", head: "Owner", cell: (token) => token.ownerName },
    { key: "scopes", head: "Scopes", cell: scopesCell },
    {
      key: "expires",
      head: "Expires",
      cell: (token) => (token.expiresAt ? <RelativeTime at={token.expiresAt} /> : "never"),
    },
    {
      key: "used",
      head: "Last used",
      cell: (token) =>
        token.lastUsedAt ? <RelativeTime at={token.lastUsedAt} /> : <span className="lw-quiet">never</span>,
    },
    {
      key: "state",
      head: "State",
      cell: (token) => {
        const [state, word] = badges[tokenState(token, now)];
        return <StatusBadge state={state}>{word}</StatusBadge>;
      },
    },
    { key: "change", head: "Last change", cell: (token) => <LastChange change={token.lastChange} /> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (token) =>
        tokenState(token, now) === "active" && (
          <RevokeTokenButton token={token} viewerName={viewerName} action={revoke} />
        ),
    },
  ];
  return (
    <DataTable
      label="Tokens"
      rows={tokens}
      columns={withOwners ? columns : columns.filter((column) => column.key !== "owner")}
      rowKey={(token) => token.id}
      empty={empty}
      foot={foot}
    />
  );
}
