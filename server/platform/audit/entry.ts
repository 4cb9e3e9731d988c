/** What a line of the audit log says of a change. */
export interface AuditEntry {
  /** What was changed, as kind and name or id: "endpoint/digits". */
  subject: string;
  before?: unknown;
  after?: unknown;
  reason?: string | undefined;
}
