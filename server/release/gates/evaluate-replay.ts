import type { Context } from "#server/base/context.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";
import type { ReplayGate } from "../../develop/registry/policy/contract.ts";
import { findRecord } from "../../serve/model-runs/find-record.ts";
import { recordedRequests } from "../../serve/model-runs/recorded-requests.ts";
import { runReplay } from "../../serve/model-runs/run-replay.ts";
import { withLeasedVersion } from "../../serve/model-runs/with-leased-version.ts";
import { evaluateReplayGate } from "./evaluate-replay-gate.ts";
import type { GateSubject } from "./kinds.ts";

/** Runs the newest recorded requests of an endpoint on a version and its champion, and evaluates the responses. */
export async function evaluateReplay(ctx: Context, subject: GateSubject, gate: ReplayGate): Promise<GateResult> {
  const { version, baseline, models, deadlineAt } = subject;
  const found = await findRecord(ctx, {
    endpoint: gate.endpoint,
    version: version.version,
    baseline: baseline?.version ?? null,
  });
  if (typeof found === "string") return pending(found);
  const { endpoint, champion } = found;
  const versionId = version.version.id;
  const isItself = champion.versionId === versionId;
  return withLeasedVersion(ctx, models, { versionId, providers: [] }, (own) =>
    withLeasedVersion(ctx, models, { versionId: champion.versionId, providers: [] }, async (other) => {
      if (typeof own === "string") return pending(own);
      const whyAlone = typeof other === "string" ? other : undefined;
      const tally = await runReplay(
        {
          own,
          champion: isItself || typeof other === "string" ? undefined : other,
          championId: champion.versionId,
          tolerance: gate.tolerance,
          deadlineAt,
        },
        recordedRequests(ctx, endpoint.id, gate.requests),
      );
      const replaySubject = {
        endpoint: endpoint.name,
        champion: champion.name,
        provider: own.provider,
        whyAlone,
        isItself,
      };
      return evaluateReplayGate(gate, tally, replaySubject);
    }),
  );
}
