import type { AlertRuleSpec } from "../contract.ts";

/** The part of a rule that says what it watches, of one kind. */
export type SpecOf<Kind extends AlertRuleSpec["kind"]> = Extract<AlertRuleSpec, { kind: Kind }>;
