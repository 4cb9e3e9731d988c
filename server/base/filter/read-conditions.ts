import { dayMs, hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
/** Problem of a filter and its position, in characters. */
export interface FilterProblem {
  message: string;
  from: number;
  to: number;
}

/** A word, sign or quoted text of a filter. */
interface FilterPart {
  text: string;
  from: number;
  to: number;
}

/** One condition as it was written; what is missing is undefined. */
export interface WrittenCondition {
  field: FilterPart;
  sign: FilterPart | undefined;
  value: FilterPart | undefined;
}

const part = /\s*(?:(?<quoted>"[^"]*"|'[^']*')|(?<sign><=|>=|!=|[=~<>])|(?<bare>[^\s=~<>!"']+))/gy;
const relative = /^-(\d{1,6})(min|h|d|w)$/;
const unitMs = { min: minuteMs, h: hourMs, d: dayMs, w: weekMs };

/**
 * Reads conditions joined by "and", each of a field, a sign (=, !=, ~, <, <=, >, >=) and a value, quoted where it has blanks.
 * @param read makes something of one condition, or says what is wrong with it. @param help an example, for messages
 */
export function readConditions<Condition extends object>(
  text: string,
  help: string,
  read: (written: WrittenCondition) => Condition | string,
): { conditions: Condition[]; problem?: never } | { conditions?: never; problem: FilterProblem } {
  const { parts, rest } = split(text);
  if (rest) return problemAt("Unmatched quotation mark.", [rest], text);
  const conditions: Condition[] = [];
  for (let index = 0; index < parts.length; index += 4) {
    const [field, sign, value, joint] = parts.slice(index, index + 4) as [FilterPart, ...(FilterPart | undefined)[]];
    const condition = read({ field, sign, value });
    if (typeof condition === "string") return problemAt(condition, parts.slice(index, index + 3), text);
    conditions.push(condition);
    if (joint && joint.text.toLowerCase() !== "and")
      return problemAt(`Combine conditions with "and". ${help}`, [joint], text);
    if (joint && index + 4 >= parts.length)
      return problemAt(`Expected a condition after "and". ${help}`, [joint], text);
  }
  return { conditions };
}

/** Parses a date, a date and time, or a relative time (-30min, -12h, -7d, -2w); undefined for anything else. */
export function readTime(text: string, now: Date): Date | undefined {
  const [, amount, unit] = relative.exec(text) ?? [];
  if (amount) return new Date(now.getTime() - Number(amount) * unitMs[unit as keyof typeof unitMs]);
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function split(text: string): { parts: FilterPart[]; rest: FilterPart | undefined } {
  const parts: FilterPart[] = [];
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

function problemAt(message: string, parts: FilterPart[], text: string): { problem: FilterProblem } {
  return { problem: { message, from: parts[0]?.from ?? 0, to: parts.at(-1)?.to ?? text.length } };
}
