import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

/** Characters of an expression. */
export const maxRuleLength = 500;

/** Rule that every row must satisfy, over one or more features: "arrival >= departure", `carrier matches "^[A-Z0-9]{2}$"`. `checkExpressions` reads it. */
export const DataRule = z.object({
  name: z.string().trim().min(1, "Enter a name for the rule.").max(100),
  expression: z.string().trim().min(1, "Enter a condition.").max(maxRuleLength),
  /** Share of the rows that may break it before a ticket is opened. */
  maxBadShare: z.number().min(0).max(1).default(0.01),
});
export type DataRule = z.infer<typeof DataRule>;

const rulesOf = <Rule extends typeof DataRule>(rule: Rule) =>
  z
    .array(rule)
    .max(50)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, "Duplicate rule name.");

export const DataRules = rulesOf(DataRule);

/** Replaces all rules of an endpoint. */
export const SetDataRules = z.object({
  endpointId: z.uuid(),
  rules: rulesOf(DataRule.extend({ name: DataRule.shape.name.check(noControlCharacters) })),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
  /** Revision of the monitor that was edited; rejected if someone else changed it since. */
  revision: z.number().int().min(0).optional(),
});
export type SetDataRules = z.input<typeof SetDataRules>;
