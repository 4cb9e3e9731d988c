import { type Finding, type ScanVerdict, severities } from "../contract.ts";

const maxStored = 200;

/** Findings as a report keeps them: the worst first, and not without end. */
export function kept(findings: readonly Finding[]): { findings: Finding[]; leftOut: number } {
  const sorted = [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return { findings: sorted.slice(0, maxStored), leftOut: Math.max(0, sorted.length - maxStored) };
}

/** The worst that was found. What could not be looked at weighs more than a warning: nobody knows what is in it. */
export function verdictOf(findings: readonly Finding[]): ScanVerdict {
  const has = (severity: Finding["severity"]) => findings.some((finding) => finding.severity === severity);
  if (has("dangerous")) return "dangerous";
  if (has("unread")) return "failed-to-scan";
  return has("warning") ? "warnings" : "clean";
}
