import { IconPlayerPlay } from "@tabler/icons-react";
import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { AliasMenu } from "#components/develop/registry/aliases/alias-menu.tsx";
import { InspectAgain } from "#components/develop/registry/versions/inspect-again.tsx";
import { BundleButton } from "#components/release/bundles/bundle-button.tsx";
import { DeployButton } from "#components/release/endpoints/deploy-button.tsx";
import { RollOutButton } from "#components/release/rollouts/roll-out-button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { Context } from "#server/base/context.ts";
import type { ModelSummary } from "#server/develop/registry/models/contract.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { deployAction } from "../../../../(serve)/endpoints/actions.ts";
import { toChoices } from "../../../../(serve)/endpoints/version-choices.ts";
import { deleteAliasAction, inspectAgainAction, setAliasAction } from "../../actions.ts";
import { readBundleAction } from "../../bundle-actions.ts";
import { deployTargets } from "../../deploy-targets.ts";

const maxRolloutTargets = 2;

interface VersionActionsProps {
  ctx: Context;
  model: ModelSummary;
  version: VersionDetails;
  protectedAliases: readonly string[];
  /** Whether the viewer can approve a request on the page, which is then its primary button. */
  canApprove: boolean;
}

/** Renders the actions of a version: alias, try, bundle for devices, deploy; or another inspection of its files. */
export async function VersionActions({ ctx, model, version, protectedAliases, canApprove }: VersionActionsProps) {
  const key = { name: model.name, version: version.version };
  const canServe = version.inspection !== "pending" && version.signature !== null;
  const targets = canServe ? await deployTargets(ctx, key.name) : [];
  // Endpoints that serve another version of this model can shift traffic step by step in a rollout.
  const rolloutTargets = targets.filter(
    ({ id, current }) => id !== undefined && current?.modelName === key.name && current.version !== key.version,
  );
  return (
    <>
      <AliasMenu
        modelName={key.name}
        version={key.version}
        aliases={model.aliases}
        protectedAliases={protectedAliases}
        actorName={ctx.actor.name}
        why={denialReason(ctx.actor.role, "setAlias")}
        setAlias={setAliasAction}
        deleteAlias={deleteAliasAction}
      />
      {version.inspection === "unservable" && !denialReason(ctx.actor.role, "requestInspection") && (
        <InspectAgain version={key} inspect={inspectAgainAction} />
      )}
      {version.inspection === "servable" && (
        <ButtonLink
          href={`/playground/${encodeURIComponent(key.name)}?a=v${key.version}`}
          variant="default"
          leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
        >
          Open in playground
        </ButtonLink>
      )}
      {version.inspection === "servable" && (
        <BundleButton subject={`${key.name} v${key.version}`} read={readBundleAction.bind(null, key)} />
      )}
      {rolloutTargets.slice(0, maxRolloutTargets).map(({ name }) => (
        <RollOutButton
          endpoint={name}
          model={key.name}
          version={key.version}
          withName={rolloutTargets.length > 1}
          key={name}
        />
      ))}
      {canServe && (
        <DeployButton
          targets={targets}
          versions={await toChoices(ctx, [version])}
          deploy={deployAction}
          actorName={ctx.actor.name}
          providers={runtime().config.executionProviders}
          why={denialReason(ctx.actor.role, "deployVersion")}
          primary={!canApprove}
        >
          Deploy…
        </DeployButton>
      )}
    </>
  );
}
