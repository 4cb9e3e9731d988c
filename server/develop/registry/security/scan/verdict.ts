import { type Finding, type ScanVerdict, severities } from "../contract.ts";

const maxStored = 200;

/** Returns findings as stored in a report: worst first, up to a maximum. */
export function kept(findings: readonly Finding[]): { findings: Finding[]; leftOut: number } {
  const sorted = [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return { findings: sorted.slice(0, maxStored), leftOut: Math.max(0, sorted.length - maxStored) };
}

/** Returns the worst verdict of the findings. An unread file outweighs a warning: its contents are unknown. */
export function verdictOf(findings: readonly Finding[]): ScanVerdict {
  const has = (severity: Finding["severity"]) => findings.some((finding) => finding.severity === severity);
  if (has("dangerous")) return "dangerous";
  if (has("unread")) return "failed-to-scan";
  return has("warning") ? "warnings" : "clean";
}
