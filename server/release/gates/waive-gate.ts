import { gateWaivers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { authorOf } from "../../develop/registry/author.ts";
import { WaiveGate } from "../../develop/registry/gates/contract.ts";
import { findVersion } from "../../develop/registry/lookups.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { loadChecklists } from "./queries.ts";

const maxDays = 366;

/**
 * Waives a gate that did not pass, by name, with a reason, until a date. Only a current result can be waived: a gate that was not run, or
 * whose evidence is stale, has to be run first.
 * @throws DomainError "not-found", "conflict" if there is nothing to waive, "invalid" for a date in the past or too far ahead.
 */
export async function waiveGate(ctx: Context, input: WaiveGate): Promise<void> {
  permit(ctx, "waiveGate");
  const { name, version, alias, gate, reason, until } = WaiveGate.parse(input);
  const now = new Date();
  if (until <= now) throw new DomainError("invalid", "The waiver must end in the future.", { field: "until" });
  if (until.getTime() > now.getTime() + maxDays * dayMs) {
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
