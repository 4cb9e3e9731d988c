import { IconPlayerPlay } from "@tabler/icons-react";
import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DeployButton } from "#components/release/endpoints/deploy-button.tsx";
import { rollbackEvidence } from "#components/release/endpoints/deploy-text.ts";
import { RollbackButton } from "#components/release/endpoints/rollback-button.tsx";
import { RollOutButton } from "#components/release/rollouts/roll-out-button.tsx";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import type { TimeRange } from "#components/serve/endpoints/time-range.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { Context } from "#server/base/context.ts";
import type { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import type { Deployment, EndpointDetails } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { deployAction } from "../actions.ts";
import { versionChoices } from "../version-choices.ts";

interface EndpointActionsProps {
  ctx: Context;
  endpoint: EndpointDetails;
  traffic: EndpointSeries | undefined;
  range: TimeRange;
  blocks: readonly VersionBlock[];
  /** While one is in progress there is no other. */
  isRollingOut: boolean;
}

/** Renders the buttons to try, deploy and roll back. Actions that the viewer may not take are disabled with a reason. */
export async function EndpointActions({ ctx, endpoint, traffic, range, blocks, isRollingOut }: EndpointActionsProps) {
  const { id, name, current, history, archivedAt } = endpoint;
  const choices = await versionChoices(ctx, current);
  const isBlocked = (versionId: string) => blocks.some((block) => block.versionId === versionId);
  const previous = history.find(({ versionId }) => versionId !== current?.versionId && !isBlocked(versionId));
  const why = archivedAt ? "archived" : denialReason(ctx.actor.role, "deployVersion");
  const measuredOf = ({ versionId, version }: Deployment) => ({
    name: `v${version}`,
    total: traffic?.versions.find((each) => each.versionId === versionId)?.total,
  });
  const common = { deploy: deployAction, actorName: ctx.actor.name };
  return (
    <>
      {current && (
        <ButtonLink
          href={playgroundHref(current.modelName, { a: current.version })}
          variant="default"
          leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
        >
          Send test request
        </ButtonLink>
      )}
      {current && !archivedAt && !isRollingOut && <RollOutButton endpoint={name} />}
      <DeployButton
        {...common}
        targets={[
          {
            id,
            name,
            current: choices.find(({ version }) => version === current?.version),
            engine: current?.engine,
          },
        ]}
        versions={choices}
        providers={runtime().config.executionProviders}
        primary={!current}
        why={why}
      >
        {current ? "Deploy another version…" : "Deploy a version…"}
      </DeployButton>
      {current && previous && !why && (
        <RollbackButton
          {...common}
          endpoint={{ id, name }}
          current={current}
          previous={previous}
          evidence={rollbackEvidence(range.words, measuredOf(current), measuredOf(previous))}
        />
      )}
    </>
  );
}
