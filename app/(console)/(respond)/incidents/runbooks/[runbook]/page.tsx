import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { RunbookEditor } from "#components/respond/incidents/runbooks/runbook-editor.tsx";
import { RunbookSteps } from "#components/respond/incidents/runbooks/runbook-steps.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Context } from "#server/base/context.ts";
import { GetRunbook } from "#server/respond/incidents/runbooks/contract.ts";
import { getRunbook } from "#server/respond/incidents/runbooks/queries.ts";
import { renderRunbook } from "#server/respond/incidents/runbooks/render-runbook.ts";
import { archiveRunbookAction, tickAction, untickAction, updateRunbookAction } from "../actions.ts";

type Props = PageProps<"/incidents/runbooks/[runbook]">;

async function read(ctx: Context, runbookId: string) {
  const key = GetRunbook.safeParse({ runbookId });
  if (!key.success) notFound();
  return found(getRunbook(ctx, key.data));
}

export async function generateMetadata({ params }: Props) {
  const { name } = await read(await requireContext(), (await params).runbook);
  return { title: `${name}, Runbooks` };
}

export default async function RunbookPage({ params }: Props) {
  const ctx = await requireContext();
  const runbook = await read(ctx, (await params).runbook);
  const { id, name, revision, updatedAt, updatedBy, uses, steps } = runbook;
  const why = denialReason(ctx.actor.role, "updateRunbook");
  const canEdit = !why && runbook.archivedAt === null;
  return (
    <Page
      crumbs={[
        { label: "Incidents", href: "/incidents" },
        { label: "Runbooks", href: "/incidents/runbooks" },
        { label: name },
      ]}
    >
      <PageHead
        help="on-call#runbooks"
        title={name}
        context={
          <span>
            {plural(steps, "step")}, revision {revision}, edited <RelativeTime at={updatedAt} /> by {updatedBy}
            {runbook.archivedAt && ", archived"}
          </span>
        }
        sentence={
          uses === 0
            ? "Not used by any SLO, rule or open incident yet."
            : `Used by ${plural(uses, "SLO, rule or open incident", "SLOs, rules and open incidents")}.`
        }
      />
      <Panel>
        {canEdit ? (
          <RunbookEditor
            runbook={runbook}
            save={updateRunbookAction.bind(null, id)}
            archive={archiveRunbookAction}
            actorName={ctx.actor.name}
            key={revision}
          />
        ) : (
          <RunbookSteps runbook={await renderRunbook(ctx, { runbookId: id })} tick={tickAction} untick={untickAction} />
        )}
      </Panel>
    </Page>
  );
}
