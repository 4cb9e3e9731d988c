import type { SecurityPolicy, SignatureState, VersionScan } from "./contract.ts";

export interface Concerns {
  /** What the policy forbids, as whole sentences. */
  refusals: string[];
  /** What it warns of. */
  warnings: string[];
}

/** What the policy says about deploying a version: nothing, warnings, or why not. */
export function judgeDeploy(policy: SecurityPolicy, scan: VersionScan | null, signature: SignatureState): Concerns {
  const concerns: Concerns = { refusals: [], warnings: [] };
  const add = (rule: SecurityPolicy["unsigned"], words: string | undefined) => {
    if (words === undefined || rule === "allow") return;
    concerns[rule === "forbid" ? "refusals" : "warnings"].push(words);
  };
  add(policy.unsigned, unsignedWords(signature));
  add(policy.dangerous, dangerousWords(scan));
  return concerns;
}

function unsignedWords({ state, keyName }: SignatureState): string | undefined {
  if (state === "trusted") return undefined;
  if (state === "revoked") return `It is signed by the key "${keyName}", which was revoked.`;
  if (state === "unknown") return "Its signature was made by no key that this workspace trusts.";
  if (state === "unchecked") return "Its signature cannot be checked until its file was opened.";
  return "It is not signed.";
}

function dangerousWords(scan: VersionScan | null): string | undefined {
  if (!scan) return "Its files were never scanned.";
  if (scan.verdict === null) return "Its files are still being scanned.";
  if (scan.verdict === "failed-to-scan") return scan.report?.message ?? "Some of its files could not be looked at.";
  if (scan.verdict !== "dangerous") return undefined;
  const worst = (scan.report?.findings ?? []).filter(({ severity }) => severity === "dangerous");
  const [first] = worst;
  if (!first) return "Its files are dangerous.";
  const more = worst.length > 1 ? ` And ${worst.length - 1} more like it.` : "";
  return `Its files are dangerous. ${first.file}: ${first.words}${more}`;
}
