import { denialReason } from "#app/_lib/denial-reason.ts";
import { ActionForm } from "#components/respond/incidents/action-form.tsx";
import { ActionsTable } from "#components/respond/incidents/actions-table.tsx";
import type { IncidentTab } from "#components/respond/incidents/addresses.ts";
import { runbookHref } from "#components/respond/incidents/addresses.ts";
import { describeStep } from "#components/respond/incidents/incident-text.ts";
import { PostMortemPanel } from "#components/respond/incidents/post-mortem-panel.tsx";
import { RunbookSteps } from "#components/respond/incidents/runbooks/runbook-steps.tsx";
import { TimelineLog } from "#components/respond/incidents/timeline-log.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import {
  addActionAction,
  addNoteAction,
  draftPostMortemAction,
  editEventAction,
  updateActionAction,
  waivePostMortemAction,
  writePostMortemAction,
} from "../actions.ts";
import { tickAction, untickAction } from "../runbooks/actions.ts";
import type { readIncidentPage } from "./read-page.ts";

interface IncidentTabProps {
  tab: IncidentTab;
  read: Awaited<ReturnType<typeof readIncidentPage>>;
  ctx: Context;
}

/** Renders the selected tab of an incident. */
export function IncidentTabBody({ tab, read, ctx }: IncidentTabProps) {
  const { role, name } = ctx.actor;
  const { number } = read.incident;
  if (tab === "actions") {
    return (
      <Panel title="Actions" subtitle="open ones first" flush>
        <ActionsTable
          actions={read.actions}
          update={updateActionAction}
          why={denialReason(role, "updateAction")}
          empty={
            <EmptyState title="No actions yet">
              What would prevent this, detect it earlier or resolve it faster? Give each action an owner and a due date.
            </EmptyState>
          }
        />
        {!denialReason(role, "addAction") && (
          <PanelSection>
            <ActionForm number={number} people={read.people} add={addActionAction} />
          </PanelSection>
        )}
      </Panel>
    );
  }
  if (tab === "runbook") return <FollowedRunbook read={read} why={denialReason(role, "tickStep")} />;
  if (tab === "post-mortem") {
    return (
      <PostMortemPanel
        number={number}
        postMortem={read.postMortem ?? null}
        draft={draftPostMortemAction}
        write={writePostMortemAction}
        waive={waivePostMortemAction}
        actorName={name}
        why={denialReason(role, "writePostMortem")}
        whyWaive={denialReason(role, "waivePostMortem")}
      />
    );
  }
  return (
    <TimelineLog
      number={number}
      events={read.timeline}
      add={addNoteAction}
      edit={editEventAction}
      why={denialReason(role, "addNote")}
    />
  );
}

function FollowedRunbook({ read, why }: Pick<IncidentTabProps, "read"> & { why: string | undefined }) {
  const { rendered } = read;
  if (!rendered) {
    return (
      <Panel title="Runbook">
        <EmptyState title="No runbook attached">
          Attach one under “Roles and cause”. Its steps are then filled in for this incident.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={rendered.name}
      subtitle={describeStep(rendered.done, rendered.total)}
      right={<a href={runbookHref(rendered.id)}>edit</a>}
    >
      <RunbookSteps runbook={rendered} tick={tickAction} untick={untickAction} why={why} />
    </Panel>
  );
}
