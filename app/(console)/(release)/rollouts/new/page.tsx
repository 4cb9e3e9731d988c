import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { GatesPanel } from "#components/develop/registry/gates/gates-panel.tsx";
import { rolloutHref } from "#components/release/rollouts/addresses.ts";
import { StartForm } from "#components/release/rollouts/plan/start-form.tsx";
import { firstChoice, type RolloutChoice } from "#components/release/rollouts/plan/version-options.ts";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { getChecklist } from "#server/release/gates/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { unblockAction } from "../../../(serve)/endpoints/[endpoint]/actions.ts";
import { toChoices, versionChoices } from "../../../(serve)/endpoints/version-choices.ts";
import { planRolloutAction, simulateRolloutAction, startRolloutAction } from "../actions.ts";

export const metadata = { title: "New rollout, Rollouts" };

export default async function NewRolloutPage({ searchParams }: PageProps<"/rollouts/new">) {
  const { endpoint: name, model, version } = await searchParams;
  if (typeof name !== "string") notFound();
  const ctx = await requireContext();
  const { id, current, archivedAt, unloadedAt } = await found(getEndpoint(ctx, { name }));
  const active = (await listRollouts(ctx, { endpointId: id, active: true })).rollouts[0];
  const why = archivedAt
    ? "archived"
    : unloadedAt
      ? "unloaded"
      : active
        ? "one rollout at a time"
        : denialReason(ctx.actor.role, "startRollout");
  const query =
    typeof model === "string" && typeof version === "string" && Number.isInteger(Number(version))
      ? await foundOrNot(getVersion(ctx, { name: model, version: Number(version) }))
      : undefined;
  const blocks = await listVersionBlocks(ctx, { endpointId: id });
  const others = current ? await versionChoices(ctx, current) : [];
  const isKnown = others.some((each) => each.modelName === query?.modelName && each.version === query.version);
  const all = [...(query && !isKnown ? await toChoices(ctx, [query]) : []), ...others];
  const choices = all
    .filter((each) => each.modelName !== current?.modelName || each.version !== current.version)
    .map(({ modelName, version: number, problem }): RolloutChoice => {
      const block = blocks.find((each) => each.model === modelName && each.version === number);
      return { model: modelName, version: number, problem, block };
    });
  const chosen = firstChoice(choices, query && { model: query.modelName, version: query.version });
  const checklist = chosen && (await foundOrNot(getChecklist(ctx, { name: chosen.model, version: chosen.version })));
  return (
    <Page
      crumbs={[
        { label: "Rollouts", href: "/rollouts" },
        { label: name, href: endpointHref(name) },
        { label: "New rollout" },
      ]}
    >
      <PageHead
        help="roll-out#start-a-rollout"
        title={`Roll out to ${name}`}
        context="Traffic shifts to the new version step by step, as long as the evidence allows"
        actions={
          active && (
            <ButtonLink href={rolloutHref(active.id)} variant="default">
              View rollout in progress
            </ButtonLink>
          )
        }
      />
      {current ? (
        <StartForm
          endpoint={{ id, name }}
          stable={{ model: current.modelName, version: current.version }}
          versions={choices}
          chosen={chosen}
          blocks={blocks}
          unblock={unblockAction}
          actorName={ctx.actor.name}
          whyBlocked={denialReason(ctx.actor.role, "unblockVersion")}
          estimate={planRolloutAction}
          simulate={simulateRolloutAction}
          start={startRolloutAction}
          why={why}
        >
          {chosen && checklist && (
            <GatesPanel checklist={checklist} policyHref={`/models/${encodeURIComponent(chosen.model)}?view=policy`} />
          )}
        </StartForm>
      ) : (
        <Panel title="Version">
          <EmptyState title="Nothing deployed yet">
            A rollout compares a new version with the one in production. Deploy the first version from the endpoint
            page.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}
