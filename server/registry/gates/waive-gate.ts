import { gateWaivers } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { DomainError } from "#server/errors.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { authorOf } from "../author.ts";
import { findVersion } from "../lookups.ts";
import { loadPolicy } from "../policy/queries.ts";
import { WaiveGate } from "./contract.ts";
import { loadChecklists } from "./queries.ts";

const longestDays = 366;

/**
 * Accepts a gate that did not pass, by name, with a reason, until a date. Only what was found can be accepted: a gate that was not
 * run, or whose evidence is stale, has to be run first.
 * @throws DomainError "not-found", "conflict" when there is nothing to waive, "invalid" for a date that is past or too far.
 */
export async function waiveGate(ctx: Context, input: WaiveGate): Promise<void> {
  permit(ctx, "waiveGate");
  const { name, version, alias, gate, reason, until } = WaiveGate.parse(input);
  const now = new Date();
  if (until <= now) throw new DomainError("invalid", "The waiver must end in the future.", { field: "until" });
  if (until.getTime() > now.getTime() + longestDays * dayMs) {
    throw new DomainError("invalid", "A waiver can last at most one year.", { field: "until" });
  }
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const { policy } = await loadPolicy(ctx, modelId);
    const lines = (await loadChecklists(ctx, { modelId, alias, policy, versionIds: [versionId] })).get(versionId);
    const line = lines?.find((each) => each.gate === gate);
    if (!line) throw new DomainError("not-found", `${name} has no gate "${gate}".`);
    if (!line.run || !["failed", "pending", "waived"].includes(line.standing)) {
      const why = line.standing === "passed" ? "has already passed" : "must be run first";
      throw new DomainError("conflict", `Cannot waive the gate ${line.title}: it ${why}.`);
    }
    await ctx.db.insert(gateWaivers).values({
      workspaceId: ctx.actor.workspaceId,
      versionId,
      alias,
      gate,
      gateRunId: line.run.id,
      reason,
      until,
      ...(await authorOf(ctx)),
    });
    await record(ctx, "gate.waived", {
      subject: `version/${name}/${version}`,
      before: { gate, verdict: line.run.verdict, words: line.run.words },
      after: { gate, alias, until },
      reason,
    });
    await publish(ctx, "model", modelId);
  });
}
