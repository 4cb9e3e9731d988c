import { RequestsPanel } from "#components/release/promotion/requests-panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";
import { requestActions, withRefusals } from "../request-choices.ts";

/** Renders all promotion requests of a model, including decided ones. */
export async function RequestsView({ ctx, name }: { ctx: Context; name: string }) {
  const requests = await listPromotionRequests(ctx, { name, limit: 100 });
  return (
    <RequestsPanel
      title="Promotion requests"
      subtitle="newest first, at most 100"
      requests={withRefusals(ctx, requests)}
      actions={requestActions}
      actorName={ctx.actor.name}
      empty={
        <EmptyState title="No promotion requests yet">
          Open a version and request its promotion: its gates run, someone else approves, and the alias moves.
        </EmptyState>
      }
    />
  );
}
