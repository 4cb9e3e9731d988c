import { and, eq } from "drizzle-orm";
import { alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type LineageBranch, type LineageKey, type LineageNode, type LineageWalk, WalkLineage } from "./contract.ts";
import { describeNodes, findNodes } from "./describe-nodes.ts";
import { addLevel, type Growth } from "./grow.ts";
import { lineageId } from "./lineage-id.ts";
import { readPairs } from "./read-pairs.ts";
import { type Direction, relationsOf } from "./relations.ts";

/** Nodes of each direction, so that a walk has 200 at most. */
const maxNodes = 100;
/** Levels of each direction: a model may be tuned from a model that was tuned from a model. */
const maxLevels = 20;

/**
 * Walks the lineage of something: what it was made from, and what it went into. An alert leads to the versions that its endpoint served while
 * it fired, an endpoint to those that it serves; a version leads to where it is deployed, the requests that it served there, and the alerts
 * that fire now where it serves. Each level is one statement.
 * @throws DomainError "not-found"
 */
export async function walkLineage(ctx: Context, input: WalkLineage, now = new Date()): Promise<LineageWalk> {
  permit(ctx, "walkLineage");
  const { kind, id: given, direction } = WalkLineage.parse(input);
  const id = lineageId(kind, given);
  const [start] = id === undefined ? [] : (await findNodes(ctx, [{ kind, id }], now)).values();
  if (!start) {
    throw new DomainError("not-found", "No item of this kind with this ID.");
  }
  const walk = async (to: Direction) =>
    direction === "both" || direction === to ? branchOf(ctx, start, to, now) : null;
  return { start, madeFrom: await walk("made-from"), wentInto: await walk("went-into") };
}

async function branchOf(ctx: Context, start: LineageNode, direction: Direction, now: Date): Promise<LineageBranch> {
  const { kind, id } = start;
  const span = start.kind === "alert" && direction === "made-from" ? await timeOf(ctx, id) : { from: now, to: now };
  const relations = relationsOf({ workspaceId: ctx.actor.workspaceId, direction, span });
  const growth: Growth = { start: { kind, id }, nodes: [], edges: [], more: [], isCut: false };
  let last: LineageKey[] = [growth.start];
  for (let level = 1; last.length > 0; level += 1) {
    const pairs = await readPairs(ctx, relations, direction, last);
    if (level > maxLevels) {
      growth.isCut ||= pairs.length > 0;
      break;
    }
    last = addLevel(growth, pairs, { direction, level, maxNodes });
  }
  const described = await describeNodes(ctx, growth.nodes, now);
  const { nodes, edges, more, isCut } = growth;
  return {
    nodes: described.map((node, at) => ({ ...node, level: nodes[at]?.level ?? 0 })),
    edges,
    more,
    isCut,
  };
}

/** The time in which an alert fired. */
async function timeOf(ctx: Context, fingerprint: string): Promise<{ from: Date; to: Date }> {
  const [alert] = await ctx.db
    .select({ from: alerts.startsAt, to: alerts.endsAt })
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.fingerprint, fingerprint)));
  if (!alert) throw new DomainError("not-found", "The alert was deleted in the meantime.");
  return alert;
}
