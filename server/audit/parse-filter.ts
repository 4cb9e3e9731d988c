export interface AuditCondition {
  field: "actor" | "action" | "subject" | "at";
  operator: "=" | "!=" | "~" | ">" | ">=" | "<" | "<=";
  /** A date for "at", text for the others. */
  value: string | Date;
}

/** What is wrong with a filter, and where: character positions. */
interface FilterProblem {
  message: string;
  from: number;
  to: number;
}

type ParsedFilter = { conditions: AuditCondition[]; problem?: never } | { conditions?: never; problem: FilterProblem };

const part = /\s*(?:(?<quoted>"[^"]*"|'[^']*')|(?<sign><=|>=|!=|[=~<>])|(?<bare>[^\s=~<>!"']+))/gy;
const relative = /^-(\d{1,6})(min|h|d|w)$/;
const unitMs = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const help = 'Write for instance: actor = "Ines Duarte" and action ~ token and at > -7d';

/**
 * Parses conditions joined by "and". Fields: actor, action, subject (=, !=, ~ for "contains") and at (<, <=, >, >=) with a
 * date, a date and time, or a time ago (-30min, -12h, -7d, -2w).
 */
export function parseFilter(text: string, now: Date): ParsedFilter {
  const { parts, rest } = split(text);
  if (rest) return problem("A quotation mark lacks its pair.", [rest], text);
  const conditions: AuditCondition[] = [];
  for (let index = 0; index < parts.length; index += 4) {
    const [field, sign, value, joint] = parts.slice(index, index + 4) as (Part | undefined)[];
    const condition = read(field, sign, value, now);
    if (typeof condition === "string") return problem(condition, parts.slice(index, index + 3), text);
    conditions.push(condition);
    if (joint && joint.text.toLowerCase() !== "and") return problem(`Join conditions by "and". ${help}`, [joint], text);
    if (joint && index + 4 >= parts.length)
      return problem(`A condition is missing after "and". ${help}`, [joint], text);
  }
  return { conditions };
}

interface Part {
  text: string;
  from: number;
  to: number;
}

function split(text: string): { parts: Part[]; rest: Part | undefined } {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(part)) {
    const { quoted, sign, bare } = match.groups ?? {};
    at = match.index + match[0].length;
    const raw = quoted ?? sign ?? bare ?? "";
    parts.push({ text: quoted ? raw.slice(1, -1) : raw, from: at - raw.length, to: at });
  }
  const rest = text.slice(at).trim();
  return { parts, rest: rest ? { text: rest, from: text.lastIndexOf(rest), to: text.length } : undefined };
}

/** The condition, or what is wrong with it. */
function read(
  field: Part | undefined,
  sign: Part | undefined,
  value: Part | undefined,
  now: Date,
): AuditCondition | string {
  const name = field?.text.toLowerCase();
  const operator = sign?.text as AuditCondition["operator"] | undefined;
  if (name !== "actor" && name !== "action" && name !== "subject" && name !== "at") {
    return `There is no field "${field?.text}". ${help}`;
  }
  if (!operator || !value) return `A comparison and a value are missing after "${name}". ${help}`;
  if (name === "at") {
    if (!["<", "<=", ">", ">="].includes(operator)) return "Compare times by <, <=, > or >=: at > -7d";
    const moment = readTime(value.text, now);
    return moment ? { field: name, operator, value: moment } : "Write a time as -7d, 2026-05-01 or 2026-05-01T14:00Z";
  }
  if (!["=", "!=", "~"].includes(operator)) return `Compare ${name} by =, != or ~ (contains). ${help}`;
  return { field: name, operator, value: value.text };
}

function readTime(text: string, now: Date): Date | undefined {
  const [, amount, unit] = relative.exec(text) ?? [];
  if (amount) return new Date(now.getTime() - Number(amount) * unitMs[unit as keyof typeof unitMs]);
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function problem(message: string, parts: Part[], text: string): ParsedFilter {
  return { problem: { message, from: parts[0]?.from ?? 0, to: parts.at(-1)?.to ?? text.length } };
}
