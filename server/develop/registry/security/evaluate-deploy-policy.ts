import type { SecurityPolicy, SignatureState, VersionScan } from "./contract.ts";

export interface Concerns {
  /** Violations that the policy forbids, as complete sentences. */
  refusals: string[];
  /** Violations that the policy warns of. */
  warnings: string[];
}

/** Evaluates the policy for the deployment of a version: nothing, warnings, or reasons to reject it. */
export function evaluateDeployPolicy(
  policy: SecurityPolicy,
  scan: VersionScan | null,
  signature: SignatureState,
): Concerns {
  const concerns: Concerns = { refusals: [], warnings: [] };
  const add = (rule: SecurityPolicy["unsigned"], words: string | undefined) => {
    if (words === undefined || rule === "allow") return;
    concerns[rule === "forbid" ? "refusals" : "warnings"].push(words);
  };
  add(policy.unsigned, describeUnsigned(signature));
  add(policy.dangerous, describeDangerous(scan));
  return concerns;
}

function describeUnsigned({ state, keyName }: SignatureState): string | undefined {
  if (state === "trusted") return undefined;
  if (state === "revoked") return `It is signed with the revoked key "${keyName}".`;
  if (state === "unknown") return "It is not signed with a key trusted by this workspace.";
  if (state === "unchecked") return "Its signature cannot be verified until the file has been inspected.";
  return "It is not signed.";
}

function describeDangerous(scan: VersionScan | null): string | undefined {
  if (!scan) return "Its files have not been scanned.";
  if (scan.verdict === null) return "Its files are still being scanned.";
  if (scan.verdict === "failed-to-scan") return scan.report?.message ?? "Some of its files could not be scanned.";
  if (scan.verdict !== "dangerous") return undefined;
  const worst = (scan.report?.findings ?? []).filter(({ severity }) => severity === "dangerous");
  const [first] = worst;
  if (!first) return "It contains dangerous files.";
  const more = worst.length > 1 ? ` (${worst.length - 1} more)` : "";
  return `It contains dangerous files. ${first.file}: ${first.words}${more}`;
}
