import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { BudgetConsumersPanel } from "#components/respond/budget-spending/budget-consumers-panel.tsx";
import { BurnDown } from "#components/respond/budget-spending/burn-down.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { SloActions } from "#components/watch/slo/actions/slo-actions.tsx";
import { sloHref } from "#components/watch/slo/addresses.ts";
import { AdjustmentsPanel } from "#components/watch/slo/adjustments-panel.tsx";
import { BudgetStrip } from "#components/watch/slo/budget-strip.tsx";
import { BurnLadder } from "#components/watch/slo/burn-ladder.tsx";
import { PartsPanel } from "#components/watch/slo/parts-panel.tsx";
import { PolicyPanel } from "#components/watch/slo/policy-panel.tsx";
import { ReplayPanel } from "#components/watch/slo/replay/replay-panel.tsx";
import { RevisionsPanel } from "#components/watch/slo/revisions-panel.tsx";
import { firstSentence, formatPeriod, formatTarget, methodLabels } from "#components/watch/slo/slo-facts.ts";
import { SloState } from "#components/watch/slo/slos-table.tsx";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import {
  addAdjustmentAction,
  approveChangesAction,
  archiveSloAction,
  pauseSloAction,
  replaySloAction,
  resumeSloAction,
  revokeAdjustmentAction,
  revokeApprovalAction,
} from "../actions.ts";
import { readSloPage } from "./read-page.ts";

type Props = PageProps<"/slos/[slo]">;

export async function generateMetadata({ params }: Props) {
  const { slo } = await readSloPage(await requireContext(), decodeURIComponent((await params).slo));
  return { title: `${slo.displayName || slo.name}, SLOs` };
}

export default async function SloPage({ params }: Props) {
  const ctx = await requireContext();
  const { slo, history, budgetConsumers, revisions } = await readSloPage(ctx, decodeURIComponent((await params).slo));
  const now = Date.now();
  const why = denialReason(ctx.actor.role, "updateSlo");
  return (
    <Page crumbs={[{ label: "SLOs", href: "/slos" }, { label: slo.name }]} live>
      <LiveRefresh topics={["slo"]} id={slo.id} everyMs={15_000} />
      <PageHead
        help="slos#burn-rate"
        title={slo.displayName || slo.name}
        badges={
          slo.archivedAt ? (
            <StatusBadge state="finished" filled>
              Archived
            </StatusBadge>
          ) : (
            <SloState condition={slo.condition} filled />
          )
        }
        context={contextOf(slo)}
        sentence={slo.words[0]}
        actions={
          why ? (
            <span className="lw-small lw-quiet">{why}</span>
          ) : (
            <>
              <SloActions
                slo={slo}
                actorName={ctx.actor.name}
                pause={pauseSloAction}
                resume={resumeSloAction}
                archive={archiveSloAction}
                approve={approveChangesAction}
                adjust={addAdjustmentAction}
              />
              {!slo.archivedAt && <ButtonLink href={`${sloHref(slo.name)}/edit`}>Edit…</ButtonLink>}
            </>
          )
        }
      />
      <BudgetStrip slo={slo} now={now} />
      <Columns columns="1fr 348px">
        <Stack>
          {history ? (
            <BurnDown title="Error budget" history={history} budget={slo.budget} />
          ) : (
            <Panel>
              <FailedState title="Could not load the error budget history">
                The other panels are unaffected.
              </FailedState>
            </Panel>
          )}
          <Panel title="Burn-rate alerts" subtitle="fires when both windows exceed the threshold" flush>
            <BurnLadder tiers={slo.tiers} />
          </Panel>
          {slo.parts.length > 0 && <PartsPanel slo={slo} now={now} />}
          {budgetConsumers && slo.parts.length === 0 && <BudgetConsumersPanel budgetConsumers={budgetConsumers} />}
          <ReplayPanel slo={slo.name} replay={replaySloAction} />
        </Stack>
        <Stack>
          <PolicyPanel slo={slo} />
          <AdjustmentsPanel
            slo={slo}
            revokeAdjustment={revokeAdjustmentAction}
            revokeApproval={revokeApprovalAction}
            actorName={ctx.actor.name}
            why={why}
          />
          <RevisionsPanel revisions={revisions} />
        </Stack>
      </Columns>
    </Page>
  );
}

/** Describes an SLO: "99.5% over 30 days: Requests answered within 120 ms". Adds the method where it is not event by event. */
function contextOf(slo: Slo): string {
  const promise = `${formatTarget(slo.target)} ${formatPeriod(slo.period)}: ${firstSentence(slo.indicatorWords)}`;
  return slo.method === "occurrences" ? promise : `${promise}. ${methodLabels[slo.method]}`;
}
