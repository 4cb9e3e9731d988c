import { runtime } from "#app/_lib/context.ts";
import { FirstModel } from "#components/develop/registry/models/first-model.tsx";
import { ModelsTable } from "#components/develop/registry/models/models-table.tsx";
import { RequestsPanel } from "#components/release/promotion/requests-panel.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Context } from "#server/base/context.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";
import { requestActions, withRefusals } from "./request-choices.ts";

const perPage = 50;

/** Renders the requests that await the viewer's decision, and the models by name. @param props.after the name to continue after. */
export async function ModelsView({ ctx, after }: { ctx: Context; after: string | undefined }) {
  const models = await listModels(ctx, { after, limit: perPage + 1 });
  const waiting = await listPromotionRequests(ctx, { which: "mine-to-decide" });
  const shown = models.slice(0, perPage);
  const next = models.length > perPage ? shown.at(-1)?.name : undefined;
  return (
    <>
      {waiting.length > 0 && (
        <RequestsPanel
          title="Waiting for your review"
          subtitle="all gates passed or waived; someone other than the requester decides"
          requests={withRefusals(ctx, waiting)}
          actions={requestActions}
          actorName={ctx.actor.name}
          namesModel
        />
      )}
      <Panel flush>
        {shown.length === 0 ? (
          <FirstModel trackingUrl={runtime().config.publicUrl} />
        ) : (
          <ModelsTable
            models={shown}
            foot={
              <>
                <span>{plural(shown.length, "model")}, by name</span>
                {next && <Link href={`/models?after=${encodeURIComponent(next)}`}>Next</Link>}
              </>
            }
          />
        )}
      </Panel>
    </>
  );
}
