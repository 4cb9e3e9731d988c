import { denialReason } from "#app/_lib/denial-reason.ts";
import { GatesPanel } from "#components/develop/registry/gates/gates-panel.tsx";
import { RunGatesButton } from "#components/develop/registry/gates/run-gates-button.tsx";
import { WaiveGate } from "#components/develop/registry/gates/waive-gate.tsx";
import { requirementTitle } from "#components/develop/registry/policy/policy-text.ts";
import { RequestPromotion } from "#components/release/promotion/request-promotion.tsx";
import { RequestsPanel } from "#components/release/promotion/requests-panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { wellKnownAliases } from "#server/develop/registry/aliases/contract.ts";
import type { GateLine } from "#server/develop/registry/gates/contract.ts";
import { requestPromotionAction, runGatesAction, waiveGateAction } from "../../promotion-actions.ts";
import { requestActions, withRefusals } from "../../request-choices.ts";
import type { VersionPageData } from "./read-page.ts";

const suggestedWaiverMs = 30 * dayMs;

/** Renders the requests for a version and its gates, with the actions available to the viewer. */
export function PromotionSection({ ctx, data }: { ctx: Context; data: VersionPageData }) {
  const { version, model, checklist, metadata, policy, requests } = data;
  const { actor } = ctx;
  const gateKey = { name: model.name, version: version.version, alias: checklist.alias };
  const aliases = [...new Set([...policy.protectedAliases, ...wellKnownAliases])]
    .filter((alias) => !version.aliases.includes(alias))
    .map((alias) => ({ alias, version: model.aliases.find((each) => each.alias === alias)?.version }));
  const missing = metadata.filter(({ isPresent }) => !isPresent).map(({ item }) => requirementTitle(item));

  function waiver(line: GateLine) {
    if (!line.run || (line.standing !== "failed" && line.standing !== "pending")) return undefined;
    return (
      <WaiveGate
        gateKey={gateKey}
        gate={{ name: line.gate, title: line.title, words: line.run.words }}
        actorName={actor.name}
        suggestedEnd={new Date(Date.now() + suggestedWaiverMs).toISOString().slice(0, 10)}
        waive={waiveGateAction}
        why={denialReason(actor.role, "waiveGate")}
      />
    );
  }
  return (
    <>
      <RequestsPanel
        title="Promotion"
        subtitle="requested by one person, approved by another"
        requests={withRefusals(ctx, requests)}
        actions={requestActions}
        actorName={actor.name}
        empty={
          <EmptyState title="No promotion requests yet">
            A request runs the gates below. Once someone other than the requester approves it, the alias moves.
          </EmptyState>
        }
        right={
          aliases.length > 0 && (
            <RequestPromotion
              modelName={model.name}
              version={version.version}
              aliases={aliases}
              actorName={actor.name}
              missing={missing}
              request={requestPromotionAction}
              why={denialReason(actor.role, "requestPromotion")}
            />
          )
        }
      />
      <GatesPanel
        checklist={checklist}
        policyHref={`/models/${encodeURIComponent(model.name)}?view=policy`}
        actionOf={waiver}
        action={
          <RunGatesButton
            gateKey={gateKey}
            isFirst={checklist.gates.every(({ run }) => run === null)}
            run={runGatesAction}
            why={denialReason(actor.role, "requestGateCheck")}
          />
        }
      />
    </>
  );
}
