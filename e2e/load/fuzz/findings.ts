import type { Stack } from "../../suite/stack.ts";
import { accounts } from "./findings/accounts.ts";
import { availability } from "./findings/availability.ts";
import type { Finding } from "./findings/finding.ts";
import { deployHostileModels, models } from "./findings/models.ts";

/** What became of a finding; isFixed is null if it was not run. */
export interface FindingRow {
  id: string;
  request: string;
  before: string;
  now: string;
  isFixed: boolean | null;
}

/** Repeats each attack of the audit, one after the other, and prints a line for each. The last ones restart roles. */
export async function fuzzFindings(stack: Stack): Promise<FindingRow[]> {
  await deployHostileModels(stack);
  const isLast = ({ id }: Finding) => id === "H3";
  const all = [...availability, ...accounts, ...models];
  const ordered = [...all.filter((finding) => !isLast(finding)), ...all.filter(isLast)];
  const rows: FindingRow[] = [];
  for (const finding of ordered) {
    const row = await repeat(finding, stack);
    rows.push(row);
    console.log(line(row));
  }
  return rows;
}

async function repeat({ id, request, before, attack }: Finding, stack: Stack): Promise<FindingRow> {
  if (!attack) return { id, request, before, now: "not run here", isFixed: null };
  try {
    return { id, request, before, ...(await attack(stack)) };
  } catch (error) {
    return { id, request, before, now: `could not be run: ${error}`, isFixed: false };
  }
}

function line({ id, request, before, now, isFixed }: FindingRow): string {
  const verdict = isFixed === null ? "–" : isFixed ? "ok" : "NOT OK";
  return `${id.padEnd(5)}${verdict.padEnd(8)}${request}\n             before: ${before}\n             now:    ${now}`;
}
