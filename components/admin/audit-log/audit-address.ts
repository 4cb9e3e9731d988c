import type { AuditScope } from "#server/admin/audit-log/contract.ts";

export interface AuditView {
  q: string;
  /** Left out: the entries of the workspace. */
  scope?: Exclude<AuditScope, "workspace"> | undefined;
  /** Id of the entry above the first one shown. */
  before?: number | undefined;
  /** Id of the entry whose change is open. */
  entry?: number | undefined;
}

/** Returns the address of a view of the audit log. */
export function auditAddress({ q, scope, before, entry }: AuditView): string {
  const parameters = new URLSearchParams();
  if (scope) parameters.set("scope", scope);
  if (q) parameters.set("q", q);
  if (before !== undefined) parameters.set("before", String(before));
  if (entry !== undefined) parameters.set("entry", String(entry));
  const query = parameters.toString();
  return query ? `/audit?${query}` : "/audit";
}

/** Parses the view of an address; values that are not numbers are ignored. */
export function auditView(parameters: Record<string, string | string[] | undefined>): AuditView {
  const { q, scope, before, entry } = parameters;
  return {
    q: typeof q === "string" ? q : "",
    scope: scope === "installation" || scope === "own-sign-ins" ? scope : undefined,
    before: numberOf(before),
    entry: numberOf(entry),
  };
}

function numberOf(text: string | string[] | undefined): number | undefined {
  return typeof text === "string" && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
