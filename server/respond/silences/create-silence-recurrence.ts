import { silenceRecurrences } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import { record } from "#server/platform/audit/record.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { checkPattern } from "../../alerting/alerts/matchers/matches.ts";
import { printMatchers } from "../../alerting/alerts/matchers/print-matchers.ts";
import { CreateSilenceRecurrence, type SilenceRecurrence } from "../../alerting/alerts/silences/contract.ts";
import { publishSilences } from "../../alerting/alerts/silences/publish-silences.ts";
import { checkSilence } from "../../alerting/alerts/silences/silence-rules.ts";
import { makeOccurrences } from "./make-occurrences.ts";
import { checkRecurrenceRule } from "./occurrences.ts";
import { recurrenceView } from "./recurrence-view.ts";
import { findMatching } from "./refresh-matching.ts";
import { refuseTooWide } from "./refuse-too-wide.ts";

/**
 * Creates a recurring silence. Each occurrence is an ordinary silence, created a day ahead so that everyone sees it.
 * @throws DomainError "invalid" with the field; "conflict" if it would mute more than half of the firing alerts
 */
export async function createSilenceRecurrence(
  ctx: Context,
  input: CreateSilenceRecurrence,
): Promise<SilenceRecurrence> {
  permit(ctx, "createSilenceRecurrence");
  const { until, confirm, ...request } = CreateSilenceRecurrence.parse(input);
  for (const matcher of request.matchers) checkPattern(matcher);
  if (!isTimeZone(request.timeZone)) {
    const message = `Unknown time zone "${request.timeZone}". Use a name such as Europe/Berlin.`;
    throw new DomainError("invalid", message, { field: "timeZone" });
  }
  const rule = ruleUntil(checkRecurrenceRule(request.rule), until);
  const now = await databaseNow(ctx.db);
  const startsAt = request.startsAt.getTime();
  checkSilence({ matchers: request.matchers, startsAt: now, endsAt: now + request.durationMs }, now);
  return transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    refuseTooWide(await findMatching(ctx, [request.matchers], now), confirm);
    const { workspaceId, name: createdBy } = ctx.actor;
    const values = { ...request, rule, workspaceId, createdBy, createdById: await personOf(ctx) };
    const [row] = await ctx.db.insert(silenceRecurrences).values(values).returning();
    if (!row) throw new Error("The recurrence was not inserted.");
    const view = recurrenceView(row, now);
    const isRunning = startsAt <= now && startsAt + request.durationMs > now;
    if (view.next.length === 0 && !isRunning) {
      throw new DomainError("invalid", "This recurrence rule never occurs again. Change the rule or the start.", {
        field: "rule",
      });
    }
    const after = {
      matchers: printMatchers(request.matchers),
      rule,
      timeZone: request.timeZone,
      comment: request.comment,
    };
    await record(ctx, "silence-recurrence.created", { subject: `silence-recurrence/${row.id}`, after });
    await makeOccurrences(ctx, row, now);
    await publishSilences(ctx);
    return view;
  });
}

function ruleUntil(rule: string, until: Date | undefined): string {
  if (!until) return rule;
  if (/(UNTIL|COUNT)=/.test(rule)) {
    throw new DomainError("invalid", "The recurrence rule already has an end. Specify only one.", { field: "until" });
  }
  return `${rule};UNTIL=${until.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
