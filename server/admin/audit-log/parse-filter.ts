import {
  type FilterProblem,
  readConditions,
  readTime,
  type WrittenCondition,
} from "#server/base/filter/read-conditions.ts";

export interface AuditCondition {
  field: "actor" | "action" | "subject" | "address" | "at";
  operator: "=" | "!=" | "~" | ">" | ">=" | "<" | "<=";
  /** A date for "at", text for the others. */
  value: string | Date;
}

type ParsedFilter = { conditions: AuditCondition[]; problem?: never } | { conditions?: never; problem: FilterProblem };

const help = 'Example: actor = "Ines Duarte" and action ~ token and at > -7d';

/**
 * Parses conditions joined by "and". Fields: actor, action, subject, address (=, !=, ~ for "contains") and at (<, <=, >, >=) with a
 * date, a date and time, or a time ago (-30min, -12h, -7d, -2w).
 */
export function parseFilter(text: string, now: Date): ParsedFilter {
  return readConditions(text, help, (written) => read(written, now));
}

/** Returns the condition, or its problem. */
function read({ field, sign, value }: WrittenCondition, now: Date): AuditCondition | string {
  const name = field.text.toLowerCase();
  const operator = sign?.text as AuditCondition["operator"] | undefined;
  if (name !== "actor" && name !== "action" && name !== "subject" && name !== "address" && name !== "at") {
    return `Unknown field "${field.text}". ${help}`;
  }
  if (!operator || !value) return `Expected a comparison and a value after "${name}". ${help}`;
  if (name === "at") {
    if (!["<", "<=", ">", ">="].includes(operator)) return "Times can be compared with <, <=, > or >=: at > -7d";
    const moment = readTime(value.text, now);
    return moment
      ? { field: name, operator, value: moment }
      : "Use a time such as -7d, 2026-05-01 or 2026-05-01T14:00Z";
  }
  if (!["=", "!=", "~"].includes(operator)) return `${name} can be compared with =, != or ~ (contains). ${help}`;
  return { field: name, operator, value: value.text };
}
