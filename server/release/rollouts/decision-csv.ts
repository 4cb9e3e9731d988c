import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { csvLine } from "#server/base/csv-line.ts";
import type { RolloutDecision } from "../../serve/rollout/contract.ts";
import { listRolloutDecisions } from "./decision-queries.ts";

const head = ["at", "kind", "code", "words", "reason", "by", "step", "weight", "evidence"];
const pageLength = 200;

/**
 * Returns the decision log of a rollout as CSV (RFC 4180), newest first, read in pages.
 * @throws DomainError as listRolloutDecisions does, before the first line
 */
export async function decisionsCsv(ctx: Context, rolloutId: string): Promise<Readable> {
  const first = await listRolloutDecisions(ctx, { rolloutId, limit: pageLength });
  return Readable.from(lines(ctx, rolloutId, first));
}

type Page = Awaited<ReturnType<typeof listRolloutDecisions>>;

async function* lines(ctx: Context, rolloutId: string, first: Page): AsyncGenerator<string> {
  yield csvLine(head);
  let page = first;
  while (true) {
    for (const decision of page.decisions) yield csvLine(cells(decision));
    if (page.next === undefined) return;
    page = await listRolloutDecisions(ctx, { rolloutId, limit: pageLength, before: page.next });
  }
}

function cells({ at, kind, code, words, reason, actorName, step, weight, evidence }: RolloutDecision): string[] {
  const shown = evidence === null ? "" : JSON.stringify(evidence);
  return [at.toISOString(), kind, code, words, reason ?? "", actorName, String(step), String(weight), shown];
}
