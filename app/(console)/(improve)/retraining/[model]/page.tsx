import { IconAdjustments } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import type { Marker } from "#components/charts/markers.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { cycleHref, editPolicyHref, retrainingPath } from "#components/improve/retraining/addresses.ts";
import { cycleCells } from "#components/improve/retraining/cycle-text.ts";
import { CyclesTable } from "#components/improve/retraining/cycles-table.tsx";
import { GainsPanel } from "#components/improve/retraining/gains-panel.tsx";
import { PolicyActions } from "#components/improve/retraining/policy-actions.tsx";
import { DecisionsPanel, PlanPanel, RulesPanel } from "#components/improve/retraining/policy-panels.tsx";
import { describeData, describePolicy, policyState } from "#components/improve/retraining/policy-text.ts";
import { RealisedPanel } from "#components/improve/retraining/realised-panel.tsx";
import { StepsStrip } from "#components/release/rollouts/steps-strip.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toWire } from "#components/ui/wire.ts";
import { dayMs } from "#server/base/durations.ts";
import type { RetrainingCycle } from "#server/improve/retraining/cycles/contract.ts";
import { getRetrainingCycle, listRetrainingCycles } from "#server/improve/retraining/cycles/queries.ts";
import { getRetrainingGains } from "#server/improve/retraining/outcome/queries.ts";
import { getRetrainingPolicy, listRetrainingDecisions } from "#server/improve/retraining/policies/queries.ts";
import { getQualityHistory } from "#server/watch/monitoring/quality/queries.ts";
import { pausePolicyAction, requestRetrainingAction, resumePolicyAction } from "../actions.ts";

type Props = PageProps<"/retraining/[model]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).model)}, Retraining` };
}

const shownCycles = 20;
const qualityMs = 30 * dayMs;

export default async function PolicyPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const policy = await found(getRetrainingPolicy(ctx, decodeURIComponent((await params).model)));
  const { model, endpoint, openCycle, decision } = policy;
  const cycles = await listRetrainingCycles(ctx, { model, limit: shownCycles });
  const decisions = await listRetrainingDecisions(ctx, { model, limit: 20 });
  const newest = cycles[0] && (await getRetrainingCycle(ctx, { model, number: cycles[0].number }));
  const now = Date.now();
  const gains = await getRetrainingGains(ctx, model);
  const span = { from: new Date(now - qualityMs), to: new Date(now) };
  const quality = await orUndefined("quality", () => getQualityHistory(ctx, { endpointId: endpoint.id, ...span }));
  const { state, word } = policyState(policy);
  return (
    <Page live crumbs={[{ label: "Retraining", href: retrainingPath }, { label: model }]}>
      <LiveRefresh topics={["retraining"]} everyMs={60_000} />
      <PageHead
        title={model}
        help="retraining#why-it-does-not-train"
        badges={
          <StatusBadge state={state} filled>
            {word}
          </StatusBadge>
        }
        context={
          <>
            <span>
              on <Link href={endpointHref(endpoint.name)}>{endpoint.name}</Link>
            </span>
            {policy.owner && <span>owner {policy.owner.name}</span>}
          </>
        }
        sentence={describePolicy(policy, now)}
        actions={
          <>
            <KeyLink
              href={editPolicyHref(model)}
              letter="E"
              icon={<IconAdjustments size={15} stroke={1.8} aria-hidden="true" />}
              why={denialReason(ctx.actor.role, "updateRetrainingPolicy")}
            >
              Edit policy…
            </KeyLink>
            <PolicyActions
              model={model}
              isPaused={policy.paused !== null}
              openCycle={openCycle?.number ?? null}
              holds={decision?.kind === "held" ? decision.holds.map(({ words }) => words) : []}
              data={describeData(policy.plan.data)}
              needsApproval={policy.plan.release.needsApproval}
              asksAtOnce={(await searchParams).retrain === "1"}
              pause={pausePolicyAction}
              resume={resumePolicyAction}
              request={requestRetrainingAction}
              actorName={ctx.actor.name}
              whyNoPause={denialReason(ctx.actor.role, "pauseRetrainingPolicy")}
              whyNoRequest={denialReason(ctx.actor.role, "requestRetraining")}
            />
          </>
        }
      />
      {newest && (
        <Panel flush>
          <StepsStrip cells={cycleCells(newest, now)} />
        </Panel>
      )}
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <RulesPanel policy={policy} />
          {quality && <RealisedPanel history={toWire(quality)} markers={adoptionsOf(model, cycles)} />}
          <Panel title="Cycles" flush>
            <CyclesTable
              model={model}
              cycles={cycles}
              now={now}
              empty={
                <EmptyState title="No cycles yet">
                  A cycle starts when the triggers are met and nothing puts it on hold.
                </EmptyState>
              }
              foot={policy.counts.cycles > shownCycles && `Newest ${shownCycles} of ${policy.counts.cycles}`}
            />
          </Panel>
          <GainsPanel gains={gains} />
        </Stack>
        <Stack>
          <PlanPanel policy={policy} />
          <DecisionsPanel decisions={decisions} now={now} />
        </Stack>
      </Columns>
    </Page>
  );
}

/** Marks of the chart: when candidates were adopted. */
function adoptionsOf(model: string, cycles: readonly RetrainingCycle[]): Marker[] {
  return cycles.flatMap(({ state, endedAt, number, candidateVersion }) => {
    if (state !== "adopted" || !endedAt) return [];
    const label = candidateVersion === null ? `Cycle ${number}` : `v${candidateVersion}`;
    return [{ at: endedAt.getTime(), label, kind: "deploy" as const, href: cycleHref(model, number) }];
  });
}
