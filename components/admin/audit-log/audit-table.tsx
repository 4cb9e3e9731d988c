import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { AuditEvent } from "#server/admin/audit-log/contract.ts";
import { type AuditView, auditAddress } from "./audit-address.ts";

interface AuditTableProps {
  events: AuditEvent[];
  /** `before` of the page after this one. */
  next: number | undefined;
  view: AuditView;
}

/** Changes, newest first; each row opens what it changed. */
export function AuditTable({ events, next, view }: AuditTableProps) {
  const columns: Column<AuditEvent>[] = [
    { key: "at", head: "When", cell: (event) => <RelativeTime at={event.at} /> },
    { key: "actor", head: "Actor", cell: whoCell },
    { key: "action", head: "Action", cell: (event) => event.action },
    {
      key: "subject",
      head: "Subject",
      width: 250,
      isClipped: true,
      cell: ({ subject }) => <code title={subject}>{subject}</code>,
    },
    {
      key: "reason",
      head: "Reason",
      width: 340,
      isClipped: true,
      cell: ({ reason }) => reason && <span title={reason}>{reason}</span>,
    },
    { key: "address", head: "From", cell: ({ address }) => address && <span className="lw-quiet">{address}</span> },
  ];
  return (
    <DataTable
      label="Changes"
      rows={events}
      columns={columns}
      rowKey={(event) => String(event.id)}
      rowHref={(event) => auditAddress({ ...view, entry: event.id })}
      density="dense"
      empty={<Nothing view={view} />}
      foot={pages(view, next)}
    />
  );
}

function whoCell({ actorId, actorName, actorKind }: AuditEvent) {
  if (actorKind === "user" || actorId === "sign-in") return actorName;
  return (
    <>
      {actorName} <span className="lw-quiet">{actorKind === "token" ? "by token" : "automatic"}</span>
    </>
  );
}

function Nothing({ view: { q, scope } }: { view: AuditView }) {
  if (q !== "")
    return (
      <EmptyState title="No matching entries" action={<Link href={auditAddress({ q: "", scope })}>Show all</Link>}>
        Fields are actor, action, subject, address and at.
      </EmptyState>
    );
  if (scope) return <EmptyState title="No sign-ins yet">Sign-ins and failed attempts appear here.</EmptyState>;
  return <EmptyState title="No changes yet">Every change by a person or token appears here.</EmptyState>;
}

function pages(view: AuditView, next: number | undefined) {
  if (view.before === undefined && next === undefined) return undefined;
  return (
    <>
      {view.before !== undefined && <Link href={auditAddress({ q: view.q, scope: view.scope })}>Newest</Link>}
      {next !== undefined && <Link href={auditAddress({ q: view.q, scope: view.scope, before: next })}>Older</Link>}
    </>
  );
}
