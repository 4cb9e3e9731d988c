import { RequestsPanel } from "#components/release/promotion/requests-panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";
import { requestActions, withRefusals } from "./request-choices.ts";

/** Renders the promotion requests of all models, including decided ones. */
export async function AllRequestsView({ ctx }: { ctx: Context }) {
  const requests = await listPromotionRequests(ctx, { limit: 100 });
  return (
    <RequestsPanel
      title="Promotion requests"
      subtitle="all models, newest first, up to 100"
      requests={withRefusals(ctx, requests)}
      actions={requestActions}
      actorName={ctx.actor.name}
      namesModel
      empty={
        <EmptyState title="No promotion requests yet">
          Open a version and request its promotion: its gates run, someone else approves, and the alias moves.
        </EmptyState>
      }
    />
  );
}
