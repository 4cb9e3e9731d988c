import { setTimeout as pause } from "node:timers/promises";
import { minuteMs } from "#server/base/durations.ts";
import type { GameDayReport } from "#server/respond/drills/contract.ts";
import type { FaultKind } from "#server/serve/faults/contract.ts";
import { atMost, type Row } from "../report.ts";
import { type FaultPlan, postPage, type Sources, watchFault } from "./faults.ts";
import { hasFailed } from "./traffic.ts";

/** How long after the end a fault is looked for. */
const afterMs = 15_000;
/** A message that was refused is tried again in growing intervals. */
const afterChannelMs = 120_000;
/** After a minute has ended, a rule has seen it. */
const evaluationMs = 25_000;
/** Five complete minutes within all targets, and some for the count. */
const steadyMs = 8 * minuteMs;

/** Goals in seconds, by how a fault is seen. A gateway is degraded once what it knows is older than it may be. */
const visibleWithin = { responses: 10, log: 10, gateway: 60, worker: 10, channel: 30 };
const goneWithin = { responses: 5, log: 0, gateway: 15, worker: 60, channel: 120 };
const detectedWithin = 180;
const resumedWithin = 180;

/** A game day as its client saw it. Times in milliseconds since 1970. */
export interface HeldDay {
  kind: FaultKind;
  plan: FaultPlan;
  number: number;
  startedAt: number;
  endedAt: number;
  end: string;
  firstSeenAt: number | null;
  lastSeenAt: number | null;
  affected: number;
  failed: number;
  /** When the first message arrived by a channel that works. */
  deliveredAt: number | null;
  /** Requests to other endpoints, of which some failed, or were sent twice. */
  others: { sent: number; failed: number; retried: number };
}

/** Holds a game day until its end, and watches it as a client. @throws Error when it cannot start, or does not end */
export async function holdDay(
  kind: FaultKind,
  plan: FaultPlan,
  sources: Sources,
  usualMinutes: number,
): Promise<HeldDay> {
  const { conductor, traffic, pager } = sources;
  const { endpoint, fault } = plan;
  const minutes = Math.max(usualMinutes, plan.minMinutes ?? 0);
  const { number, startedAt: start } = await conductor.start({ endpoint, fault, minutes });
  const startedAt = Date.parse(start ?? "");
  const { look, sight } = watchFault(plan, { number }, sources);
  if (kind === "channel-dead") await postPage(sources.product.target, number);
  const day = await conductor.untilOver(number, (minutes + 2) * minuteMs, look);
  if (!day?.endedAt) throw new Error(`GD-${number} did not end.`);
  const endedAt = Date.parse(day.endedAt);
  const lookUntil = Date.now() + (kind === "channel-dead" ? afterChannelMs : afterMs);
  for (; Date.now() < lookUntil; await pause(500)) {
    await look().catch(() => {});
    // Its last sight is the first message that arrived.
    if (kind === "channel-dead" && (sight.lastAt ?? 0) > endedAt) break;
  }
  // A page about this one would end the next one, as unrelated.
  if (plan.isPaged) await pause(Math.max(0, Math.ceil(endedAt / minuteMs) * minuteMs + evaluationMs - Date.now()));
  const marked = traffic.marked(`GD-${number}`);
  const others = traffic.beside(endpoint, startedAt, endedAt);
  return {
    kind,
    plan,
    number,
    startedAt,
    endedAt,
    end: day.endReason || day.state,
    firstSeenAt: sight.firstAt,
    lastSeenAt: sight.lastAt,
    deliveredAt: pager.arrived.find(({ channel, at }) => channel === "second" && at >= startedAt)?.at ?? null,
    affected: marked.length,
    failed: marked.filter(({ status }) => status !== 200).length,
    others: {
      sent: others.length,
      failed: others.filter(hasFailed).length,
      retried: others.filter(({ isRetried }) => isRetried).length,
    },
  };
}

/** Reads the reports of game days. @param waits whether until their endpoints are steady again, or eight minutes after their end */
export async function readReports(
  days: readonly HeldDay[],
  { conductor }: Sources,
  { waits }: { waits: boolean },
): Promise<GameDayReport[]> {
  const reports: GameDayReport[] = [];
  for (const { number, endedAt, plan } of days) {
    let report = await conductor.report(number);
    const giveUpAt = waits && plan.isPaged ? endedAt + steadyMs : 0;
    while (Date.now() < giveUpAt && at(report, "steady-again") === null) {
      await pause(5_000);
      report = await conductor.report(number);
    }
    reports.push(report);
  }
  return reports;
}

/** Prints what was seen and reported, for people. */
export function printDays(days: readonly HeldDay[], reports: readonly GameDayReport[]): void {
  const unseen = "not observed";
  const words = (value: number | null) => (value === null ? unseen : `${value} s`);
  const table = days.map((day, index): [string, object] => {
    const report = reports[index] as GameDayReport;
    const { kind, number, plan, startedAt, endedAt, others } = day;
    const cells = {
      "injected at": new Date(startedAt).toISOString().slice(11, 19),
      visible: words(seconds(day.firstSeenAt, startedAt)),
      detected: words(at(report, "detected")),
      "rule fired": words(at(report, "rule-fired")),
      notified: words(at(report, "notified")),
      "gone after end": plan.seenBy === "log" ? "happens once" : words(goneAfter(day)),
      "steady again after end": words(since(at(report, "steady-again"), (endedAt - startedAt) / 1000)),
      recovered: words(recoveredAfter(day, report)),
      "affected, seen": `${report.affected}, ${day.affected}`,
      "failed, seen": `${report.failed}, ${day.failed}`,
      "others failed": `${others.failed} of ${others.sent}${others.retried > 0 ? `, ${others.retried} sent twice` : ""}`,
      "no harm": report.expectations.find(({ what }) => what === "noHarm")?.result ?? unseen,
      end: day.end,
    };
    return [`GD-${number} ${kind}`, cells];
  });
  for (const [name, cells] of table) {
    console.log(name);
    for (const [what, value] of Object.entries(cells)) console.log(`  ${what.padEnd(24)}${value}`);
  }
}

/** Returns the rows of a game day. What nobody is expected to see has a row only if it was seen. */
export function rowsOf(day: HeldDay, report: GameDayReport): Row[] {
  const { kind, plan, startedAt, others } = day;
  const { seenBy, isPaged } = plan;
  const row = (what: string, most: number, value: number | null, unit = "s") =>
    atMost(most, { name: `${kind}: ${what}`, unit, leeway: value ?? Number.NaN });
  const reported = (["detected", "rule-fired", "notified"] as const).flatMap((what) => {
    const value = at(report, what);
    if (isPaged) return [row(what, detectedWithin, value)];
    return value === null ? [] : [{ ...row(what, 0, value), goal: "reported", ok: true }];
  });
  return [
    row("visible", visibleWithin[seenBy], seconds(day.firstSeenAt, startedAt)),
    ...reported,
    ...(seenBy === "log" ? [] : [row("gone after the end", goneWithin[seenBy], goneAfter(day))]),
    ...(seenBy === "responses"
      ? [
          row("affected, reported but not seen", 0, Math.abs(report.affected - day.affected), "requests"),
          row("failed, reported but not seen", 0, Math.abs(report.failed - day.failed), "requests"),
        ]
      : []),
    ...(seenBy === "worker" || kind === "job-preempted"
      ? [row("runs again", resumedWithin, recoveredAfter(day, report))]
      : []),
    ...(kind === "channel-dead"
      ? [row("delivered by the other channel", detectedWithin, seconds(day.deliveredAt, startedAt))]
      : []),
    row("other endpoints failed", 0, others.failed, "requests"),
  ];
}

/** Seconds from the end until the fault was seen last: 0 if that was before. */
function goneAfter({ lastSeenAt, endedAt }: HeldDay): number | null {
  return lastSeenAt === null ? null : Math.max(0, seconds(lastSeenAt, endedAt) ?? 0);
}

/** Seconds from the start until what was lost ran again, while the fault was not undone; null where nothing is lost. */
function recoveredAfter({ plan, lastSeenAt, startedAt }: HeldDay, { job }: GameDayReport): number | null {
  if (plan.seenBy === "worker") return seconds(lastSeenAt, startedAt);
  return job?.resumedSeconds ?? null;
}

function at({ timeline }: GameDayReport, what: GameDayReport["timeline"][number]["what"]): number | null {
  return timeline.find((moment) => moment.what === what)?.seconds ?? null;
}

function seconds(moment: number | null, from: number): number | null {
  return moment === null ? null : Math.round((moment - from) / 100) / 10;
}

function since(value: number | null, from: number): number | null {
  return value === null ? null : Math.round(value - from);
}
