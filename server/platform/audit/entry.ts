/** Description of a change in the audit log. */
export interface AuditEntry {
  /** Changed object, as kind and name or id: "endpoint/digits". */
  subject: string;
  before?: unknown;
  after?: unknown;
  reason?: string | undefined;
}
