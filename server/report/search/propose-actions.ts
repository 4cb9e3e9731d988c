import { sql } from "drizzle-orm";
import { printMatcher } from "#server/alerting/alerts/matchers/contract.ts";
import type { Context } from "#server/base/context.ts";
import { type PermissionName, permissions } from "#server/platform/permissions/permissions.ts";
import { hasRoleFor } from "#server/platform/permissions/permit.ts";
import type { SearchAction, SearchHit } from "./contract.ts";
import { factsOf } from "./kinds/kind.ts";

/**
 * Proposes what to do with the best match. Each action leads to the page that asks and checks; roles that are missing are named before.
 * @param best the best match of the kinds that have actions
 */
export async function proposeActions(ctx: Context, best: SearchHit): Promise<SearchAction[]> {
  const actions = await actionsOf(ctx, best);
  return actions.map((each) => ({ ...each, rank: best.rank }));
}

type Proposed = Omit<SearchAction, "rank">;

async function actionsOf(ctx: Context, best: SearchHit): Promise<Proposed[]> {
  const { label, href } = best;
  const name = encodeURIComponent(label);
  switch (best.kind) {
    case "endpoint":
      return endpointActions(ctx, best);
    case "incident":
      return best.isOpen
        ? [
            action(ctx, "acknowledgeGroup", "acknowledge", `Acknowledge ${best.detail}`, href, {
              opens: "triage-acknowledge",
              detail: label,
              facts: best.facts,
            }),
          ]
        : [];
    case "version": {
      const model = best.facts.find((fact) => fact.label === "Model")?.value ?? "";
      const search = new URLSearchParams({ a: String(best.version) });
      const href = `/playground/${encodeURIComponent(model)}?${search}`;
      return [action(ctx, "listVersions", "try", `Open ${label} in the playground`, href, { facts: best.facts })];
    }
    case "model":
      return [
        action(ctx, "listVersions", "try", `Open ${label} in the playground`, `/playground/${name}`, {}),
        action(ctx, "listVersions", "compare", `Compare versions of ${label}`, `${href}/compare`, {}),
      ];
    case "dataset":
      return [
        action(
          ctx,
          "createTrainingSet",
          "train",
          `Create training set from ${label}…`,
          `/training-sets/new?dataset=${name}`,
          {},
        ),
      ];
    case "job":
      return [
        action(ctx, "submitJob", "edit", `Edit and re-run ${label}…`, `/jobs/new?from=${best.id}`, {
          facts: best.facts,
        }),
      ];
    case "job-template":
      return [
        action(ctx, "submitJob", "submit", `Submit a job from ${label}…`, `/jobs/new?template=${name}`, {
          facts: best.facts,
        }),
      ];
    case "retraining":
      return [
        action(ctx, "requestRetraining", "retrain", `Retrain ${label}…`, `${href}?retrain=1`, {
          detail: "asks for a reason",
          facts: best.facts,
        }),
      ];
    case "label-project":
      return [action(ctx, "listLabelProjects", "label", `Label in ${label}`, `${href}/label`, { facts: best.facts })];
    default:
      return [];
  }
}

interface Previous extends Record<string, unknown> {
  current: number;
  previous: number | null;
  incident: number | null;
  isRollingOut: boolean;
}

async function endpointActions(ctx: Context, { id, label, href, facts, state }: SearchHit): Promise<Proposed[]> {
  const name = encodeURIComponent(label);
  const deployed = await readDeployed(ctx, id);
  const matcher = printMatcher({ name: "endpoint", value: label, isRegex: false, isEqual: true });
  const known = facts.filter(({ label: fact }) => fact === "State" || fact === "Reason");
  const hold = deployed?.incident ? `INC-${deployed.incident} is open` : undefined;
  const actions: Proposed[] = [];
  if (deployed?.previous) {
    const label_ = `Roll back ${label} to v${deployed.previous}…`;
    const change = factsOf({
      Traffic: `100% moves to v${deployed.previous}`,
      Blocked: `v${deployed.current}, until someone unblocks it`,
    });
    actions.push(
      action(ctx, "deployVersion", "roll-back", label_, href, {
        detail: "asks for a reason",
        opens: "roll-back",
        facts: [...known, ...change],
      }),
    );
  }
  if (deployed && !deployed.isRollingOut) {
    actions.push(
      action(ctx, "startRollout", "roll-out", `Start a rollout on ${label}…`, `/rollouts/new?endpoint=${name}`, {
        detail: hold,
        facts: [...known, ...factsOf({ Serves: `v${deployed.current}` })],
      }),
    );
  }
  actions.push(
    action(ctx, "createSlo", "slo", `Create SLO for ${label}…`, `/slos/new?endpoint=${name}`, { facts: known }),
    action(
      ctx,
      "setSilence",
      "silence",
      `Silence ${label}…`,
      `/alerts/silences/new?matchers=${encodeURIComponent(matcher)}`,
      { facts: [...known, ...factsOf({ Alerts: matcher })] },
    ),
  );
  // What failing asks for comes first; else the rollback stands behind.
  const isWell = state?.shape === "on-target";
  return isWell
    ? actions.toSorted((left, right) => Number(left.id === "roll-back") - Number(right.id === "roll-back"))
    : actions;
}

/** Reads what serves at an endpoint, and the version before it that is not blocked; undefined without a deployment. */
async function readDeployed({ db, actor }: Context, endpointId: string): Promise<Previous | undefined> {
  const { rows } = await db.execute<Previous>(sql`
    with served as (
      select deployment.id, deployment.version_id, version.version from deployments deployment
      join model_versions version on version.id = deployment.version_id
      where deployment.workspace_id = ${actor.workspaceId} and deployment.endpoint_id = ${endpointId}
      order by deployment.id desc limit 200
    ), current as (select * from served limit 1)
    select current.version as current,
      (select served.version from served where served.version_id <> current.version_id and not exists (
        select from version_blocks block where block.workspace_id = ${actor.workspaceId} and block.endpoint_id = ${endpointId}
          and block.version_id = served.version_id and block.unblocked_at is null) limit 1) as previous,
      (select max(incident.number) from incidents incident where incident.workspace_id = ${actor.workspaceId}
        and incident.endpoint_id = ${endpointId} and incident.state in ('triage', 'active', 'mitigated')) as incident,
      exists (select from rollouts rollout where rollout.workspace_id = ${actor.workspaceId} and rollout.endpoint_id = ${endpointId}
        and rollout.phase in ('starting', 'stepping', 'watching')) as "isRollingOut"
    from current`);
  return rows[0];
}

function action(
  ctx: Context,
  permission: PermissionName,
  id: string,
  label: string,
  href: string,
  more: { detail?: string | undefined; opens?: string; facts?: SearchAction["facts"] },
): Proposed {
  const isAllowed = hasRoleFor(ctx, permission);
  const role = permissions[permission].role;
  return {
    id,
    label,
    href,
    ...(more.detail !== undefined && { detail: more.detail }),
    ...(more.opens !== undefined && { opens: more.opens }),
    denial: isAllowed ? null : `requires the ${role} role`,
    facts: [
      ...(more.facts ?? []),
      { label: "Permission", value: isAllowed ? `allowed by your role` : `requires the ${role} role` },
    ],
  };
}
