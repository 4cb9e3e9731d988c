import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DeployButton } from "#components/release/endpoints/deploy-button.tsx";
import { rollbackEvidence } from "#components/release/endpoints/deploy-text.ts";
import { RollbackButton } from "#components/release/endpoints/rollback-button.tsx";
import type { TimeRange } from "#components/serve/endpoints/time-range.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import type { Deployment, EndpointDetails } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { deployAction } from "../actions.ts";
import { versionChoices } from "../version-choices.ts";

/** Renders the button that deploys a version at once. It is disabled with a reason for a viewer who may not. */
export async function DeployVersionButton({ ctx, endpoint }: { ctx: Context; endpoint: EndpointDetails }) {
  const { id, name, current, archivedAt } = endpoint;
  const choices = await versionChoices(ctx, current);
  return (
    <DeployButton
      deploy={deployAction}
      actorName={ctx.actor.name}
      targets={[
        { id, name, current: choices.find(({ version }) => version === current?.version), engine: current?.engine },
      ]}
      versions={choices}
      providers={runtime().config.executionProviders}
      primary={!current}
      why={archivedAt ? "archived" : denialReason(ctx.actor.role, "deployVersion")}
    >
      {current ? "Deploy another version…" : "Deploy a version…"}
    </DeployButton>
  );
}

interface ManualRollbackProps {
  ctx: Context;
  endpoint: EndpointDetails;
  traffic: EndpointSeries | undefined;
  range: TimeRange;
  blocks: readonly VersionBlock[];
  /** Whether key R leads to it; false while the head of the page may offer a rollback. */
  hasKey: boolean;
}

/** Renders the button that rolls back although no advice recommends it, to the newest other version that is not blocked. */
export function ManualRollback({ ctx, endpoint, traffic, range, blocks, hasKey }: ManualRollbackProps) {
  const { id, name, current, history, archivedAt } = endpoint;
  const previous = history.find(
    ({ versionId }) => versionId !== current?.versionId && !blocks.some((block) => block.versionId === versionId),
  );
  if (!current || !previous || archivedAt || denialReason(ctx.actor.role, "deployVersion")) return null;
  const measuredOf = ({ versionId, version }: Deployment) => ({
    name: `v${version}`,
    total: traffic?.versions.find((each) => each.versionId === versionId)?.total,
  });
  return (
    <RollbackButton
      deploy={deployAction}
      actorName={ctx.actor.name}
      endpoint={{ id, name }}
      current={current}
      previous={previous}
      hasKey={hasKey}
      evidence={rollbackEvidence(range.words, measuredOf(current), measuredOf(previous))}
    />
  );
}
