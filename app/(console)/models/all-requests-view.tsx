import { RequestsPanel } from "#components/registry/requests/requests-panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/context.ts";
import { listPromotionRequests } from "#server/registry/requests/queries.ts";
import { requestActions, withRefusals } from "./request-choices.ts";

/** Promotion requests of all models, decided ones too. */
export async function AllRequestsView({ ctx }: { ctx: Context }) {
  const requests = await listPromotionRequests(ctx, { limit: 100 });
  return (
    <RequestsPanel
      title="Promotion requests"
      subtitle="of all models, newest first, at most 100"
      requests={withRefusals(ctx, requests)}
      actions={requestActions}
      actorName={ctx.actor.name}
      namesModel
      empty={
        <EmptyState title="Nobody has asked for a promotion">
          Open a version of a model and request one: its gates run, somebody else approves, and the alias moves.
        </EmptyState>
      }
    />
  );
}
