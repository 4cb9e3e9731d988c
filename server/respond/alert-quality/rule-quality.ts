import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadSchedules } from "#server/respond/oncall/schedules/load-schedule.ts";
import { shiftsOf } from "#server/respond/oncall/schedules/shifts-of.ts";
import type { AlertQuality } from "./contract.ts";
import { countGroups, countPages, countVerdicts, missedIncidents } from "./counts.ts";
import { namesOfRules } from "./names-of-rules.ts";
import { noVerdicts, suggestForRule } from "./suggest-for-rule.ts";

/** Returns the feedback on rules in the last 30 days, with suggestions for noisy ones (docs/spec/alerting.md section 16). */
export async function ruleQuality(ctx: Context, now = Date.now()): Promise<AlertQuality> {
  permit(ctx, "ruleQuality");
  const to = new Date(now);
  const from = new Date(now - 30 * dayMs);
  const quarterAgo = new Date(now - 90 * dayMs);
  const groups = await countGroups(ctx, from);
  const month = await countVerdicts(ctx, from);
  const quarter = await countVerdicts(ctx, quarterAgo);
  const pages = await countPages(ctx, from);
  const keys = [...new Set([...groups.keys(), ...quarter.keys()])];
  const names = await namesOfRules(ctx, keys);
  const rules = keys.map((ruleKey) => {
    const { name, href, since } = names.get(ruleKey) ?? { name: ruleKey, href: null, since: to };
    const own = groups.get(ruleKey) ?? {
      severity: quarter.get(ruleKey)?.severity ?? "",
      groups: 0,
      unrated: 0,
      lastAt: null,
    };
    const verdicts = month.get(ruleKey)?.counts ?? noVerdicts;
    const evaluation = suggestForRule({
      severity: own.severity,
      month: verdicts,
      quarter: quarter.get(ruleKey)?.counts ?? noVerdicts,
      isOld: since <= quarterAgo,
    });
    const { pages: pageCount, nightPages } = pages.get(ruleKey) ?? { pages: 0, nightPages: 0 };
    return { ruleKey, name, href, ...own, verdicts, ...evaluation, pages: pageCount, nightPages };
  });
  const all = [...pages.values()];
  const total = (name: "pages" | "nightPages") => all.reduce((sum, one) => sum + one[name], 0);
  const shifts = await countShifts(ctx, { from, to });
  return {
    from,
    to,
    rules: rules.toSorted((a, b) => b.groups - a.groups || a.name.localeCompare(b.name)),
    pages: total("pages"),
    nightPages: total("nightPages"),
    pagesPerShift: shifts === 0 ? null : total("pages") / shifts,
    missed: await missedIncidents(ctx, from),
  };
}

/** Shifts of all schedules in a span, as they are set now: one for each turn of each person, which overrides may cut. */
async function countShifts(ctx: Context, span: { from: Date; to: Date }): Promise<number> {
  const schedules = await loadSchedules(ctx, span);
  return schedules.reduce((sum, schedule) => sum + shiftsOf(schedule, schedule.overrides, span).length, 0);
}
