import type { ReactNode } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { truncateMiddle } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrustedKey } from "#server/develop/registry/security/contract.ts";
import { type RevokeAction, RevokeKey } from "./revoke-key.tsx";
import classes from "./security-panel.module.css";

interface TrustedKeysTableProps {
  keys: TrustedKey[];
  /** Undefined for users without permission. */
  revoke: RevokeAction | undefined;
  actorName: string;
  empty: ReactNode;
}

/** Renders the public keys whose signatures are accepted, and the revoked ones. */
export function TrustedKeysTable({ keys, revoke, actorName, empty }: TrustedKeysTableProps) {
  const columns: Column<TrustedKey>[] = [
    { key: "name", head: "Name", cell: ({ name }) => <span className={classes.keyName}>{name}</span> },
    { key: "key", head: "Public key", cell: (key) => <PublicKey trusted={key} /> },
    {
      key: "added",
      head: "Added",
      cell: ({ addedAt, addedBy }) => (
        <span>
          <RelativeTime at={addedAt} /> <span className="lw-quiet">by {addedBy}</span>
        </span>
      ),
    },
    { key: "state", head: "State", cell: (key) => <KeyState trusted={key} /> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (key) => revoke && !key.revokedAt && <RevokeKey trusted={key} actorName={actorName} action={revoke} />,
    },
  ];
  return <DataTable label="Trusted keys" rows={keys} columns={columns} rowKey={({ id }) => id} empty={empty} />;
}

function PublicKey({ trusted }: { trusted: TrustedKey }) {
  return (
    <span className={classes.key}>
      <code title={trusted.publicKey}>{truncateMiddle(trusted.publicKey, 20)}</code>
      <CopyButton value={trusted.publicKey} label="Copy the public key" />
    </span>
  );
}

function KeyState({ trusted: { revokedAt, revokedBy } }: { trusted: TrustedKey }) {
  if (!revokedAt) return <StatusBadge state="on-target">Trusted</StatusBadge>;
  return (
    <span className={classes.head}>
      <StatusBadge state="paused">Revoked</StatusBadge>
      <span className="lw-quiet">
        <RelativeTime at={revokedAt} /> by {revokedBy}
      </span>
    </span>
  );
}
