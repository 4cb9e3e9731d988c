import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { compareHref } from "#components/develop/registry/compare/comparison.ts";
import { newRolloutHref } from "#components/release/rollouts/addresses.ts";
import { ChosenAnywayBanner } from "#components/release/rollouts/chosen-anyway-banner.tsx";
import { DecisionLog } from "#components/release/rollouts/decision-log.tsx";
import { provedMetrics, stepSpans, unitRates } from "#components/release/rollouts/evidence-series.ts";
import { expectationOf } from "#components/release/rollouts/expectation.ts";
import { FirstBadPanel } from "#components/release/rollouts/first-bad-panel.tsx";
import { GuardrailsPanel } from "#components/release/rollouts/guardrails-panel.tsx";
import { WhatItCost } from "#components/release/rollouts/impact-panel.tsx";
import { MonitoringPanel } from "#components/release/rollouts/monitoring-panel.tsx";
import { OutcomesPanel } from "#components/release/rollouts/outcomes-panel.tsx";
import { RolloutActions } from "#components/release/rollouts/rollout-actions.tsx";
import { RolloutBanner } from "#components/release/rollouts/rollout-banner.tsx";
import { describeState, isActive, rolloutSentence } from "#components/release/rollouts/rollout-text.ts";
import { SlicesPanel } from "#components/release/rollouts/slices-panel.tsx";
import { SplitBar } from "#components/release/rollouts/split-bar.tsx";
import { stepCells } from "#components/release/rollouts/step-text.ts";
import { StepsStrip } from "#components/release/rollouts/steps-strip.tsx";
import { TimeToVerdict } from "#components/release/rollouts/time-to-verdict.tsx";
import { VersionChange } from "#components/release/rollouts/version-change.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import {
  approveAction,
  noteAction,
  overrideBudgetAction,
  pauseAction,
  resumeAction,
  rollBackAction,
  skipAction,
} from "../actions.ts";
import { planName } from "./plan-name.ts";
import { readRolloutPage } from "./read-page.ts";

type Props = PageProps<"/rollouts/[rollout]">;

export async function generateMetadata({ params }: Props) {
  const { rollout } = await readRolloutPage(await requireContext(), (await params).rollout);
  return { title: `v${rollout.canary.version}, ${rollout.endpoint}, Rollouts` };
}

const act = {
  pause: pauseAction,
  resume: resumeAction,
  approve: approveAction,
  skip: skipAction,
  override: overrideBudgetAction,
  "roll-back": rollBackAction,
};

export default async function RolloutPage({ params }: Props) {
  const ctx = await requireContext();
  const { rollout, points, decisions, slices, outcomes, findings } = await readRolloutPage(ctx, (await params).rollout);
  const { endpoint, canary, stable, createdAt, startedBy, endedAt } = rollout;
  const now = Date.now();
  const active = isActive(rollout);
  const until = endedAt?.getTime() ?? now;
  const { state, word } = describeState(rollout);
  const expected = expectationOf(rollout, points, now);
  const sentence = rolloutSentence(rollout, expected, now, provedMetrics(points, rollout.evidence.guardrails));
  const hasBad = slices && slices.all.canary.bad + slices.all.stable.bad > 0;
  const spans = stepSpans(points, until);
  return (
    <Page
      crumbs={[
        { label: "Rollouts", href: "/rollouts" },
        { label: endpoint, href: endpointHref(endpoint) },
        { label: `v${canary.version}` },
      ]}
      live={active}
    >
      {active && <LiveRefresh topics={["rollout"]} id={rollout.id} everyMs={5_000} />}
      <PageHead
        help="roll-out#evidence"
        title={endpoint}
        badges={
          <>
            <VersionChange rollout={rollout} />
            <StatusBadge state={state} filled>
              {word}
            </StatusBadge>
          </>
        }
        context={
          <span>
            started <RelativeTime at={createdAt} /> by {startedBy}, {planName(rollout.plan)}
          </span>
        }
        sentence={active ? sentence : undefined}
        actions={
          active ? (
            <RolloutActions
              rollout={rollout}
              act={act}
              actorName={ctx.actor.name}
              why={denialReason(ctx.actor.role, "pauseRollout")}
            />
          ) : (
            <>
              <ButtonLink href={compareHref(canary.model, stable.version, canary.version)} variant="default">
                v{stable.version} and v{canary.version} compared
              </ButtonLink>
              {rollout.phase === "rolled-back" && (
                <ButtonLink
                  href={newRolloutHref({ endpoint, model: canary.model, version: canary.version })}
                  variant="default"
                >
                  Try again…
                </ButtonLink>
              )}
            </>
          )
        }
      />
      {!active && (
        <RolloutBanner phase={rollout.phase} title={sentence}>
          {decisions.find(({ kind }) => ["roll-back", "complete", "promote"].includes(kind))?.words}
        </RolloutBanner>
      )}
      <ChosenAnywayBanner chosen={rollout.frozen.chosenAnyway} by={startedBy} />
      <Panel flush>
        <StepsStrip cells={stepCells(rollout, spans, now, expected.ms ?? undefined)} />
        <SplitBar rollout={rollout} rates={unitRates(points)} />
      </Panel>
      <GuardrailsPanel rollout={rollout} points={points} until={until} />
      <Columns columns="minmax(0, 1fr) 300px">
        <Stack>
          <DecisionLog
            rolloutId={rollout.id}
            decisions={decisions}
            note={noteAction}
            why={denialReason(ctx.actor.role, "noteRollout")}
          />
          <MonitoringPanel findings={findings} />
          {slices && <SlicesPanel rollout={rollout} slices={slices} />}
          {hasBad && <FirstBadPanel rollout={rollout} slices={slices} arm="canary" />}
          {hasBad && <FirstBadPanel rollout={rollout} slices={slices} arm="stable" />}
          {!active && !slices && (
            <Panel title="Most affected segments">
              <FailedState title="Could not load the prediction log">
                The evidence and decision log are complete. Reload the page to retry.
              </FailedState>
            </Panel>
          )}
          <OutcomesPanel rollout={rollout} found={outcomes} />
        </Stack>
        <Stack>
          {active ? <TimeToVerdict rollout={rollout} points={points} now={now} /> : <WhatItCost rollout={rollout} />}
        </Stack>
      </Columns>
    </Page>
  );
}
