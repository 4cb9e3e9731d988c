"use client";

import type { ReactNode } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatDate } from "#components/ui/format-time.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { IncidentAction, UpdateAction } from "#server/respond/incidents/actions/contract.ts";
import { incidentHref } from "./addresses.ts";
import classes from "./incidents.module.css";

interface ActionsTableProps {
  actions: readonly IncidentAction[];
  update: (input: UpdateAction) => Promise<ActionState<unknown>>;
  /** Reason why the user may not edit actions. */
  why?: string | undefined;
  /** Whether each action shows its incident. */
  showsIncident?: boolean;
  empty: ReactNode;
}

/** Lists the actions, open ones first; overdue ones are marked by shape and word. */
export function ActionsTable({ actions, update, why, showsIncident, empty }: ActionsTableProps) {
  const refresh = useRefresh();
  const { state, run } = useAction(update);
  const columns: Column<IncidentAction>[] = [
    {
      key: "title",
      head: "Action",
      cell: ({ title, issueUrl }) => (
        <>
          {title}
          {issueUrl && (
            <>
              {" "}
              <a href={issueUrl} rel="noopener noreferrer" target="_blank">
                issue
              </a>
            </>
          )}
        </>
      ),
    },
    ...(showsIncident
      ? [
          {
            key: "incident",
            head: "Incident",
            cell: ({ incident }: IncidentAction) => (
              <a href={incidentHref(incident.number, "actions")}>INC-{incident.number}</a>
            ),
          },
        ]
      : []),
    { key: "kind", head: "Kind", cell: ({ kind }) => kind },
    { key: "owner", head: "Owner", cell: ({ owner }) => owner?.name ?? <span className="lw-quiet">unassigned</span> },
    {
      key: "due",
      head: "Due",
      cell: ({ dueOn }) => (dueOn ? formatDate(new Date(dueOn), "UTC") : <span className="lw-quiet">no due date</span>),
    },
    {
      key: "state",
      head: "State",
      cell: ({ doneAt, isOverdue }) =>
        doneAt ? (
          <StatusBadge state="finished">Done</StatusBadge>
        ) : isOverdue ? (
          <StatusBadge state="missed">Overdue</StatusBadge>
        ) : (
          <StatusBadge state="not-started">Open</StatusBadge>
        ),
    },
    {
      key: "act",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: ({ id: actionId, doneAt, title }) =>
        !why && (
          <button
            type="button"
            className={classes.plain}
            aria-label={`${doneAt ? "Reopen" : "Complete"}: ${title}`}
            onClick={() =>
              run({ actionId, isDone: doneAt === null }, () => {
                toast.done(doneAt ? "Action reopened." : "Action completed.");
                void refresh();
              })
            }
          >
            {doneAt ? "Reopen" : "Complete"}
          </button>
        ),
    },
  ];
  return (
    <>
      {state.error && <p role="alert">{state.error}</p>}
      <DataTable
        label="Actions, open ones first"
        rows={actions}
        columns={columns}
        rowKey={({ id }) => id}
        empty={empty}
      />
    </>
  );
}
