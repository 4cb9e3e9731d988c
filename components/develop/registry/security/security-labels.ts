import type { State } from "#components/ui/status-shape.tsx";
import type {
  Finding,
  ScanVerdict,
  SecurityRule,
  SignatureStateName,
} from "#server/develop/registry/security/contract.ts";

interface LicenceHints {
  state: State;
  word: string;
}

const verdicts: Record<ScanVerdict, LicenceHints> = {
  clean: { state: "on-target", word: "Clean" },
  warnings: { state: "watch", word: "Warnings" },
  dangerous: { state: "missed", word: "Dangerous" },
  "failed-to-scan": { state: "no-data", word: "Scan failed" },
};

/** Returns shape and label of a scan. @param isWaiting whether a requested scan has not finished */
export function verdictBadge(verdict: ScanVerdict | null, isWaiting: boolean): LicenceHints {
  if (verdict) return verdicts[verdict];
  return isWaiting ? { state: "running", word: "Scanning" } : { state: "not-started", word: "Not scanned" };
}

/** Shape and word of a signature. */
export const signatureBadges: Record<SignatureStateName, LicenceHints> = {
  trusted: { state: "on-target", word: "Signed" },
  revoked: { state: "missed", word: "Key revoked" },
  unknown: { state: "watch", word: "Unknown key" },
  unsigned: { state: "not-started", word: "Unsigned" },
  unchecked: { state: "running", word: "Not checked yet" },
};

/** Shape and word of a finding. */
export const findingBadges: Record<Finding["severity"], LicenceHints> = {
  dangerous: { state: "missed", word: "Dangerous" },
  unread: { state: "no-data", word: "Not scanned" },
  warning: { state: "watch", word: "Warning" },
  note: { state: "not-started", word: "Note" },
};

/** Labels of the policy rules. */
export const ruleLabels: Record<SecurityRule, string> = { allow: "Allow", warn: "Warn", forbid: "Forbid" };
