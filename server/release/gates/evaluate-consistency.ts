import type { Context } from "#server/base/context.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";
import type { ConsistencyGate } from "../../develop/registry/policy/contract.ts";
import { findOrigin, type Origin } from "../../serve/model-runs/find-origin.ts";
import { findRecord } from "../../serve/model-runs/find-record.ts";
import { recordedRequests } from "../../serve/model-runs/recorded-requests.ts";
import { madeUpQuestions, recordedQuestions, runConsistency } from "../../serve/model-runs/run-consistency.ts";
import { withLeasedVersion } from "../../serve/model-runs/with-leased-version.ts";
import { evaluateConsistencyGate } from "./evaluate-consistency-gate.ts";
import type { GateSubject } from "./kinds.ts";

/** Runs the same inputs on a version and on its reference: itself on the CPU, or the version it was created from. */
export async function evaluateConsistency(
  ctx: Context,
  subject: GateSubject,
  gate: ConsistencyGate,
): Promise<GateResult> {
  const { models, deadlineAt } = subject;
  const version = subject.version.version;
  const baseline = subject.baseline?.version ?? null;
  const source =
    gate.inputs === "made-up" ? undefined : await findRecord(ctx, { endpoint: gate.endpoint, version, baseline });
  if (typeof source === "string") return pending(`${source}, or choose synthetic inputs`);
  const isOnCpu = gate.reference === "cpu";
  const origin: Origin | string = isOnCpu
    ? { versionId: version.id, name: "the same version" }
    : await findOrigin(ctx, version, baseline);
  if (typeof origin === "string") return pending(origin);
  const requested = isOnCpu && gate.provider !== null ? [gate.provider] : [];
  return withLeasedVersion(ctx, models, { versionId: version.id, providers: requested }, async (own) => {
    if (typeof own === "string") return pending(own);
    if (isOnCpu && own.provider === "cpu") return pending(onCpuOnly(own));
    const wanted = { versionId: origin.versionId, providers: isOnCpu ? (["cpu"] as const) : [] };
    return withLeasedVersion(ctx, models, wanted, async (reference) => {
      if (typeof reference === "string") return pending(`the reference cannot run here: ${reference}`);
      const pair = { own, reference, deadlineAt };
      const questions = source
        ? recordedQuestions(pair, recordedRequests(ctx, source.endpoint.id, gate.requests))
        : madeUpQuestions(pair, gate.requests);
      return evaluateConsistencyGate(gate, await runConsistency(pair, questions), {
        provider: own.provider,
        reference: `${origin.name} on ${reference.provider}`,
        inputs: source ? `recorded requests of ${source.endpoint.name}` : "synthetic requests",
      });
    });
  });
}

function onCpuOnly({ fallbacks }: LeasedVersion): string {
  const why = fallbacks.map(({ provider, reason }) => `${provider}: ${reason}`).join(" ");
  return why
    ? `only the CPU is available here. ${why}`
    : "this installation runs versions on the CPU. Specify the provider to compare in the policy";
}
