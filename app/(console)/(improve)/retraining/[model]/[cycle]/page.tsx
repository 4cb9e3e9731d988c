import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { policyHref, retrainingPath } from "#components/improve/retraining/addresses.ts";
import { CycleActions } from "#components/improve/retraining/cycle-actions.tsx";
import { CandidatePanel, EvidencePanel, PartsPanel, StepsPanel } from "#components/improve/retraining/cycle-panels.tsx";
import { CycleState } from "#components/improve/retraining/cycle-state.tsx";
import { cycleCells, describeCycle } from "#components/improve/retraining/cycle-text.ts";
import { describeSaving } from "#components/improve/retraining/describe-saving.ts";
import { OutcomePanel } from "#components/improve/retraining/outcome-panel.tsx";
import { StepsStrip } from "#components/release/rollouts/steps-strip.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { CycleKey } from "#server/improve/retraining/cycles/contract.ts";
import { getRetrainingCycle } from "#server/improve/retraining/cycles/queries.ts";
import { getEndpointCosts } from "#server/watch/cost/endpoint/queries.ts";
import { approveCycleAction, declineCycleAction, endCycleAction } from "../../actions.ts";

type Props = PageProps<"/retraining/[model]/[cycle]">;

async function keyOf(params: Props["params"]): Promise<CycleKey> {
  const { model, cycle } = await params;
  const key = CycleKey.safeParse({ model: decodeURIComponent(model), number: Number(cycle) });
  return key.data ?? notFound();
}

export async function generateMetadata({ params }: Props) {
  const { model, number } = await keyOf(params);
  return { title: `Cycle ${number} of ${model}, Retraining` };
}

export default async function CyclePage({ params }: Props) {
  const ctx = await requireContext();
  const cycle = await found(getRetrainingCycle(ctx, await keyOf(params)));
  const { model, number, parts, candidateVersion, endedAt, startedAt, isMine } = cycle;
  const saving =
    cycle.state === "adopted" && candidateVersion !== null
      ? describeSaving(await getEndpointCosts(ctx, cycle.endpoint.name), {
          model,
          champion: cycle.championVersion,
          candidate: candidateVersion,
        })
      : undefined;
  const isAsked = endedAt === null && parts.approval !== null && parts.approval.decision === null;
  return (
    <Page
      live
      crumbs={[
        { label: "Retraining", href: retrainingPath },
        { label: model, href: policyHref(model) },
        { label: `Cycle ${number}` },
      ]}
    >
      <LiveRefresh topics={["retraining"]} {...(endedAt === null && { everyMs: 10_000 })} />
      <PageHead
        title={`Cycle ${number}`}
        help="retraining#cycles"
        badges={<CycleState {...cycle} filled />}
        context={
          <>
            <span>
              {model}, policy {cycle.revision}
            </span>
            <span>
              started <RelativeTime at={startedAt} />
            </span>
            <LineageLink kind="cycle" id={cycle.id} />
          </>
        }
        sentence={describeCycle(cycle)}
        actions={
          endedAt === null && (
            <CycleActions
              model={model}
              number={number}
              isAsked={isAsked}
              candidate={candidateVersion === null ? model : `v${candidateVersion}`}
              end={endCycleAction}
              approve={approveCycleAction}
              decline={declineCycleAction}
              actorName={ctx.actor.name}
              whyNoEnd={
                denialReason(ctx.actor.role, "endRetrainingCycle") ??
                (cycle.cancelRequest ? "already stopping" : undefined)
              }
              whyNoApproval={
                denialReason(ctx.actor.role, "approveRetrainingCycle") ??
                (isMine ? "requests need approval by someone else" : undefined)
              }
            />
          )
        }
      />
      <Panel flush>
        <StepsStrip cells={cycleCells(cycle, Date.now())} />
      </Panel>
      <Columns>
        <Stack>
          {cycle.state === "adopted" && <OutcomePanel cycle={cycle} saving={saving} />}
          <EvidencePanel cycle={cycle} />
          <PartsPanel cycle={cycle} />
        </Stack>
        <CandidatePanel cycle={cycle} />
        <StepsPanel cycle={cycle} />
      </Columns>
    </Page>
  );
}
