import type { ColumnRule, ContractRules, SetContract } from "#server/develop/datasets/rules/contract.ts";

/** Rule as edited in the form: limits are texts until they are parsed as numbers. */
export interface RuleDraft extends Omit<ColumnRule, "min" | "max" | "levels" | "pattern"> {
  key: number;
  min: string;
  max: string;
  levels: string[];
  /** "" is none. */
  pattern: string;
}

/** Rules as drafts; each has a key that stays with it. */
export function toDrafts(rules: ContractRules): RuleDraft[] {
  return rules.columns.map(({ min, max, levels, pattern, ...rule }, key) => ({
    ...rule,
    key,
    min: min === null ? "" : String(min),
    max: max === null ? "" : String(max),
    levels: levels ?? [],
    pattern: pattern ?? "",
  }));
}

/** Creates a rule without any requirements beyond the defaults. */
export function newDraft(drafts: readonly RuleDraft[]): RuleDraft {
  const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
  const unlimited = { min: "", max: "", levels: [], pattern: "" };
  return { key, column: "", required: true, type: null, nullable: true, unique: false, ...unlimited };
}

/** Converts the drafts to contract rules; if any is invalid, returns the error messages by key of the draft. */
export function toRules(
  drafts: readonly RuleDraft[],
  allowsOtherColumns: boolean,
): { rules: SetContract["rules"]; complaints: Map<number, string> } {
  const complaints = new Map<number, string>();
  const seen = new Set<string>();
  const columns = drafts.map(({ key, min, max, levels, pattern, ...rule }) => {
    const [least, most] = [limitOf(min), limitOf(max)];
    if (rule.column.trim() === "") complaints.set(key, "Enter a column name.");
    else if (seen.has(rule.column)) complaints.set(key, "This column already has a rule.");
    else if (Number.isNaN(least) || Number.isNaN(most)) complaints.set(key, "Enter a number, such as 0 or 12.5.");
    else if (least !== null && most !== null && least > most)
      complaints.set(key, "The minimum is greater than the maximum.");
    else if (!isPattern(pattern)) complaints.set(key, "Enter a valid regular expression.");
    seen.add(rule.column);
    return { ...rule, min: least, max: most, levels: levels.length > 0 ? levels : null, pattern: pattern || null };
  });
  return { rules: { columns, allowsOtherColumns }, complaints };
}

/** Whether a pattern is a regular expression. The server compiles it with RE2, whose syntax has a few things less. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Parses a limit: empty text is no limit, invalid text is NaN. */
function limitOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text.trim().replace("−", "-"));
}
