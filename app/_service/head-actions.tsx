import { IconPlayerPlay } from "@tabler/icons-react";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { RollbackButton } from "#components/release/endpoints/rollback-button.tsx";
import { RollOutButton } from "#components/release/rollouts/roll-out-button.tsx";
import { boardHref } from "#components/respond/triage/board-view.ts";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { Context } from "#server/base/context.ts";
import type { TriageAction } from "#server/respond/triage/advice/contract.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { deployAction } from "../(console)/(serve)/endpoints/actions.ts";

interface HeadActionsProps {
  ctx: Context;
  endpoint: EndpointDetails;
  /** While one is in progress there is no other. */
  isRollingOut: boolean;
  /** The rollback that on-call advice recommends; undefined while none would help. */
  rollback: TriageAction | undefined;
  /** Number of the open incident. */
  incident: number | undefined;
}

/** Renders what one may do on every tab of an endpoint: try a request, start a rollout, and roll back while that would help. */
export function HeadActions({ ctx, endpoint, isRollingOut, rollback, incident }: HeadActionsProps) {
  const { id, name, current, history, archivedAt } = endpoint;
  if (!current) return null;
  const mayDeploy = !archivedAt && !denialReason(ctx.actor.role, "deployVersion");
  const target =
    rollback?.to &&
    history.find(({ modelName, version }) => modelName === rollback.to?.model && version === rollback.to.version);
  return (
    <>
      <ButtonLink
        href={playgroundHref(current.modelName, { a: current.version })}
        variant="default"
        leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
      >
        Try a request
      </ButtonLink>
      {!archivedAt && !isRollingOut && <RollOutButton endpoint={name} />}
      {mayDeploy && target && (
        <RollbackButton
          endpoint={{ id, name }}
          current={current}
          previous={target}
          deploy={deployAction}
          actorName={ctx.actor.name}
          evidence={rollback?.words}
          isNamed
        />
      )}
      {mayDeploy && rollback && !target && incident !== undefined && (
        <ButtonLink href={boardHref({ incident })} variant="default">
          {rollback.label}
        </ButtonLink>
      )}
    </>
  );
}
