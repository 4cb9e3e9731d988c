import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { measuredLoadTests } from "#server/serve/load-test/queries.ts";
import type { GateEvidence, GateResult } from "../../develop/registry/gates/contract.ts";
import { signatureProblems } from "../../develop/registry/gates/signature-problems.ts";
import type { VersionFacts } from "../../develop/registry/gates/version-facts.ts";
import { checkMetadata } from "../../develop/registry/policy/check-metadata.ts";
import type { GateKind, GateSetting, Policy } from "../../develop/registry/policy/contract.ts";
import { evaluateScanGate } from "../../develop/registry/security/evaluate-scan-gate.ts";
import { loadSecurityPolicy } from "../../develop/registry/security/load-security.ts";
import type { VersionLeaser } from "../../serve/model-runs/with-leased-version.ts";
import { evaluateConsistency } from "./evaluate-consistency.ts";
import { evaluateEvaluationGate } from "./evaluate-evaluation-gate.ts";
import { evaluateLatencyGate } from "./evaluate-latency-gate.ts";
import { evaluateMetric } from "./evaluate-metric.ts";
import { evaluateReplay } from "./evaluate-replay.ts";

/** Version that a gate evaluates, and the one that the alias points to; null when there is none, or when it is this one. */
export interface GateSubject {
  version: VersionFacts;
  baseline: VersionFacts | null;
  policy: Policy;
  /** Leases versions for gates that run them. */
  models: VersionLeaser;
  /** Files of evaluations. */
  artifacts: Pick<ArtifactStore, "open">;
  /** On the clock of performance.now(); what was found by then has to do. */
  deadlineAt: number;
}

type Evaluate<Kind extends GateKind> = (
  ctx: Context,
  subject: GateSubject,
  setting: Extract<GateSetting, { kind: Kind }>,
) => GateResult | Promise<GateResult>;

/** Every kind of gate. A new one needs its settings in ../policy/contract.ts and one line here. */
const gateKinds: { readonly [Kind in GateKind]: Evaluate<Kind> } = {
  metadata: (_ctx, { version, policy }) => metadata(version, policy),
  signature: (_ctx, { version, baseline }) => signature(version, baseline),
  scan: async (ctx, { version }, setting) => evaluateScanGate(setting, version.security, await loadSecurityPolicy(ctx)),
  metric: evaluateMetric,
  latency: async (ctx, { version }, setting) => {
    const since = new Date(Date.now() - setting.maxAgeDays * dayMs);
    return evaluateLatencyGate(setting, await measuredLoadTests(ctx, version.version.id, since));
  },
  replay: evaluateReplay,
  consistency: evaluateConsistency,
  evaluation: evaluateEvaluationGate,
};

/** Gates that run versions, which takes time and may hang. */
export function runsVersions({ kind }: GateSetting): boolean {
  return kind === "replay" || kind === "consistency";
}

/** Evaluates one entry of a checklist. */
export async function evaluateGate(ctx: Context, subject: GateSubject, setting: GateSetting): Promise<GateResult> {
  const evaluate = gateKinds[setting.kind] as Evaluate<GateKind>;
  return evaluate(ctx, subject, setting);
}

const noNumber: GateEvidence = { better: null, scale: "number", interval: null, method: null, facts: [] };

function metadata({ metadata }: VersionFacts, { required }: Policy): GateResult {
  const items = checkMetadata(required, metadata);
  const missing = items.filter(({ isPresent }) => !isPresent);
  const named = missing.map(({ item }) => item.replace("metric:", "")).join(", ");
  return {
    verdict: missing.length > 0 ? "failed" : "passed",
    words:
      missing.length > 0 ? `${missing.length} of ${items.length} missing: ${named}` : `all ${items.length} present`,
    measured: null,
    limit: null,
    evidence: {
      ...noNumber,
      facts: items.map(({ item, words }) => ({ label: item.replace("metric:", ""), value: words })),
    },
  };
}

function signature({ version }: VersionFacts, baseline: VersionFacts | null): GateResult {
  const result = (verdict: GateResult["verdict"], words: string, problems: string[] = []): GateResult => ({
    verdict,
    words,
    measured: null,
    limit: null,
    evidence: {
      ...noNumber,
      facts: problems.map((value, index) => ({ label: `Difference ${index + 1}`, value })),
    },
  });
  if (!version.signature) {
    const isOpen = version.inspection === "pending";
    return result(
      isOpen ? "pending" : "failed",
      isOpen ? "the file is still being inspected" : "its signature is unknown",
    );
  }
  const contract = baseline?.version.signature;
  if (!baseline) return result("passed", "there is no champion to be compatible with");
  if (!contract) return result("pending", `the signature of v${baseline.version.version} is unknown`);
  const problems = signatureProblems(contract, version.signature);
  const [problem] = problems;
  if (!problem) return result("passed", `backward compatible with v${baseline.version.version}`);
  return result("failed", problems.length > 1 ? `${problem} (${problems.length - 1} more)` : problem, problems);
}
