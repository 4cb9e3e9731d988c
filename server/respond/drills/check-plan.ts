import { eq } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";
import { findFeatureView } from "#server/develop/features/definitions/lookups.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { requirePeople } from "#server/platform/teams/people/find-people.ts";
import { archived, findEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import { type GameDayPlan, limits } from "./contract.ts";
import { isOfInstallation, isOfRequests } from "./fault-kinds.ts";
import type { PlannedColumns } from "./game-day-rows.ts";
import { hasOtherChannel } from "./preconditions/has-other-channel.ts";
import { requestInputs } from "./preconditions/request-inputs.ts";

/**
 * Checks that a plan is within its bounds and that what it names exists. @returns what is stored of it
 * @throws DomainError "not-found" or "invalid" with the field; "conflict" for an archived endpoint; "forbidden" for a fault that touches the
 * installation, unless an admin of it asks
 */
export async function checkPlan(ctx: Context, plan: GameDayPlan, now: number): Promise<PlannedColumns> {
  const { endpoint: name, ownerId: chosen, ...values } = plan;
  const { fault, scope, share, startsAt, repeats } = values;
  const endpoint = await findEndpoint(ctx, name);
  if (endpoint.archivedAt) throw archived(name);
  const hasShare = isOfRequests(fault);
  if (hasShare && share > limits.share && ctx.actor.role !== "admin") {
    throw new DomainError("invalid", `Only an admin may affect more than ${percent(limits.share)} of requests.`, {
      field: "share",
    });
  }
  if (isOfInstallation(fault) && !(await isInstanceAdmin(ctx))) {
    throw new DomainError(
      "forbidden",
      "This fault affects all workspaces. Planning it requires an admin of the first workspace.",
    );
  }
  if (startsAt && startsAt.getTime() <= now) throw invalid("The start has passed. Choose a later one.", "startsAt");
  if (repeats === "monthly" && !startsAt) throw invalid("Choose when the first one starts.", "startsAt");
  const ownerId = chosen ?? (await personOf(ctx));
  if (ownerId === null) throw invalid("Choose an owner to monitor the game day.", "ownerId");
  await requirePeople(ctx, [ownerId], "ownerId");
  if (!values.isAnnounced && ctx.actor.role !== "admin" && (await personOf(ctx)) !== ownerId) {
    throw invalid(
      "Unannounced game days are visible to their owner and admins only. Own it yourself, or announce it.",
      "ownerId",
    );
  }
  await requireNamed(ctx, fault, endpoint.id);
  // A fault without a share affects all that it is about.
  const reach = hasShare ? { scope, share } : { scope: "requests" as const, share: 1 };
  return { ...values, ...reach, ownerId, endpointId: endpoint.id };
}

/** Checks what the fault names. @throws DomainError "not-found" or "invalid" with the field */
async function requireNamed(ctx: Context, fault: Fault, endpointId: string): Promise<void> {
  switch (fault.kind) {
    case "dropped-feature":
    case "shifted-input": {
      const inputs = await requestInputs(ctx, endpointId);
      if (!inputs || inputs.some((input) => input === fault.feature || isColumnOf(fault.feature, input))) return;
      const known = inputs.slice(0, 10).join(", ");
      throw invalid(`Requests have no input "${fault.feature}". They have: ${known}.`, "fault.feature");
    }
    case "stale-feature":
      await findFeatureView(ctx, fault.view);
      return;
    case "job-preempted": {
      const [job] = await ctx.db
        .select({ workspaceId: trainingJobs.workspaceId, endedAt: trainingJobs.endedAt })
        .from(trainingJobs)
        .where(eq(trainingJobs.id, fault.job));
      if (!job || job.workspaceId !== ctx.actor.workspaceId) {
        throw new DomainError("not-found", "Training job not found. See Jobs for a list.", { field: "fault.job" });
      }
      if (job.endedAt) throw invalid("This job has ended. Choose one that runs.", "fault.job");
      return;
    }
    case "channel-dead": {
      const found = await hasOtherChannel(ctx, fault.channelId);
      if (found === undefined) {
        throw new DomainError("not-found", "Channel not found. See Receivers for a list.", {
          field: "fault.channelId",
        });
      }
      if (!found) throw invalid("Its receiver has no other enabled channel. Add one first.", "fault.channelId");
      return;
    }
    default:
      return;
  }
}

/** Whether a name is that of a column: "x[2]" of the input "x". */
function isColumnOf(name: string, input: string): boolean {
  return name.startsWith(`${input}[`) && /^\[\d+\]$/.test(name.slice(input.length));
}

function invalid(message: string, field: string): DomainError {
  return new DomainError("invalid", message, { field });
}
