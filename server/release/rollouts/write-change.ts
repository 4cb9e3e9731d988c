import { isDeepStrictEqual } from "node:util";
import { and, eq, sql } from "drizzle-orm";
import { rolloutDecisions, rolloutEvidence, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { DecisionKind, RolloutState } from "../../serve/rollout/contract.ts";
import type { Evidence, EvidencePoint } from "../../serve/rollout/evidence/contract.ts";
import { blockVersion } from "../endpoints/blocks/block-version.ts";
import { noteEndpointFeatures } from "../endpoints/note-endpoint-features.ts";
import { deployOf } from "./deploy-of.ts";
import { enqueueChangeNotification } from "./enqueue-change-notification.ts";
import type { Decided, NewDecision } from "./machine/evaluated.ts";
import { hasEnded, type StoredRollout } from "./rollout-rows.ts";

/** Actions of the kinds of decisions in the audit log, and thus for webhooks. */
const actions: Record<DecisionKind, string> = {
  started: "rollout.started",
  advance: "rollout.advanced",
  hold: "rollout.held",
  "go-on": "rollout.went-on",
  withheld: "rollout.withheld",
  "roll-back": "rollout.rolled-back",
  promote: "rollout.promoted",
  complete: "rollout.completed",
  pause: "rollout.paused",
  resume: "rollout.resumed",
  approve: "rollout.approved",
  skip: "rollout.skipped",
  override: "rollout.budget-overridden",
  note: "rollout.noted",
};

/** Actions of overrides that concern no error budget, by their code. */
const overrides: Record<string, string> = { "chosen-anyway": "rollout.chosen-anyway" };

export interface Change extends Pick<Decided, "state" | "deploys"> {
  /** Decisions with the reason of the user, if a user made them. */
  decisions: (NewDecision & { reason?: string })[];
  /** At that moment; null where it could not be had. */
  evidence: Evidence | null;
  /** Point of the curves, where one is due. */
  point?: EvidencePoint | undefined;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether the worker made the change, and not a person. */
  isEvaluation?: boolean;
}

/**
 * Writes what was decided about a rollout that the caller has locked: state, log, point of the curves, deployment, audit and events,
 * together or not at all.
 */
export async function writeChange(ctx: Context, rollout: StoredRollout, change: Change): Promise<void> {
  const { state, decisions, deploys, now } = change;
  const isMoved = movedParts(state).some((part, index) => !isDeepStrictEqual(part, movedParts(rollout.state)[index]));
  await ctx.db
    .update(rollouts)
    .set({
      state,
      phase: state.phase,
      ...(isMoved && { revision: sql`${rollouts.revision} + 1` }),
      ...(hasEnded(state) && !rollout.endedAt && { endedAt: new Date(now) }),
      ...(change.isEvaluation && { evaluatedAt: new Date(now) }),
    })
    .where(and(eq(rollouts.id, rollout.id), eq(rollouts.workspaceId, ctx.actor.workspaceId)));
  for (const decision of decisions) await log(ctx, rollout, decision, change);
  await addPoint(ctx, rollout, change);
  if (deploys) await deployOf(ctx, rollout, deploys, decisions.at(-1)?.words ?? "");
  const isStart = decisions.some(({ kind }) => kind === "started");
  if (isStart || deploys || hasEnded(state)) await noteEndpointFeatures(ctx, rollout.endpointId);
  await blockLeft(ctx, rollout, decisions);
  const { phase, step, weight } = rollout.state;
  const isRouted = phase !== state.phase || step !== state.step || weight !== state.weight;
  if (isRouted) await publish(ctx, "routes", rollout.endpointId);
  if (isRouted) await publish(ctx, "endpoint", rollout.endpointId);
  if (decisions.length > 0 || change.point || isMoved) await publish(ctx, "rollout", rollout.id);
}

/** Blocks the new version at the endpoint once it is rolled back, unless it never had traffic. */
async function blockLeft(ctx: Context, rollout: StoredRollout, decisions: Change["decisions"]): Promise<void> {
  const back = decisions.find(({ kind }) => kind === "roll-back");
  const { state, endpointId, endpoint, canary } = rollout;
  if (!back || (state.weight === 0 && state.phase !== "watching")) return;
  const reason = back.reason || back.words;
  await blockVersion(ctx, { endpoint: { id: endpointId, name: endpoint }, version: canary, reason });
}

/** Returns the parts of a state that matter to a person's decision; excludes those that change with every evaluation of the worker. */
function movedParts({ phase, step, isPaused, approvedSteps, overridesBudget }: RolloutState) {
  return [phase, step, isPaused, approvedSteps, overridesBudget];
}

/** Writes a line of the decision log, and also of the audit log unless it is the safety verdict of a single guardrail. */
async function log(ctx: Context, rollout: StoredRollout, decision: Change["decisions"][number], change: Change) {
  const { kind, code, words, reason } = decision;
  const { evidence, now } = change;
  // Logged with the weight that was in effect: a rollback ends it, and a no-worse verdict may be the reason to exceed it.
  const { step, weight } = kind === "roll-back" || code === "proved" ? rollout.state : change.state;
  const { workspaceId, name: actorName } = ctx.actor;
  const [row] = await ctx.db
    .insert(rolloutDecisions)
    .values({
      workspaceId,
      rolloutId: rollout.id,
      kind,
      code,
      words,
      step,
      weight,
      reason: reason ?? null,
      actorName,
      evidence,
      at: new Date(now),
    })
    .returning({ id: rolloutDecisions.id });
  await enqueueChangeNotification(ctx, rollout, { id: row?.id, kind, words, weight: change.state.weight });
  if (code === "proved") return;
  const { endpoint, canary, stable } = rollout;
  const about = { rolloutId: rollout.id, endpoint, model: canary.model, version: canary.version, from: stable.version };
  await record(ctx, (kind === "override" && overrides[code]) || actions[kind], {
    subject: `rollout/${rollout.id}`,
    after: { ...about, step, weight: change.state.weight, code, words },
    ...(reason !== undefined && { reason }),
  });
}

async function addPoint(ctx: Context, { id, state: { step } }: StoredRollout, { point, now }: Change): Promise<void> {
  if (!point) return;
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(rolloutEvidence)
    .values({ workspaceId, rolloutId: id, at: new Date(now), step, point })
    .onConflictDoNothing();
}
