import type { OwnedEndpoint } from "#server/platform/teams/read-owners.ts";
import type { DaySpend, MachineDay } from "../spending/contract.ts";
import { daysLater, startOf } from "../spending/days.ts";
import { describeEdge } from "../spending/describe-edge.ts";
import type { Ledger } from "../spending/ledger.ts";
import type { Calendar } from "./calendar.ts";
import type { CostGroup, CostReport } from "./contract.ts";
import { type Correctness, costRow, forecastByDay } from "./cost-row.ts";
import { type DaySums, groupDays, sumDays } from "./grouped-days.ts";
import { sentenceOf } from "./sentence-of.ts";

/** Facts from which a report is built. */
export interface Facts {
  by: CostGroup;
  calendar: Calendar;
  ledger: Ledger;
  /** Only requested when grouped by machine. */
  machines: readonly MachineDay[];
  names: ReadonlyMap<string, OwnedEndpoint>;
  accuracy: ReadonlyMap<string, Correctness>;
  /** Budget by endpoint, by team, and "" for the workspace. */
  budgets: ReadonlyMap<string, number>;
  asOf: Date | null;
  /** Milliseconds since 1970. */
  now: number;
}

const noTeam = "";

/** Builds the cost report of a month, as used by the page, the CSV export and other modules. */
export function buildReport(facts: Facts): CostReport {
  const { by, calendar, ledger, budgets, asOf, now } = facts;
  const { currency, storage, training } = ledger;
  const totals = totalDays(facts);
  const all = sumDays(totals, calendar.past).spent;
  const rest = [
    { key: "training", kind: "training" as const, name: "Training", days: paidDays(training) },
    { key: "storage", kind: "storage" as const, name: "Files and prediction log", days: paidDays(storage) },
  ].filter(({ days }) => sumDays(days, calendar.past).spent > 0);
  const rows = groupsOf(facts).map((group) => costRow(group, calendar, all, now));
  const total = costRow(
    {
      key: "total",
      kind: "none",
      name: by === "team" ? "All teams" : by === "machine" ? "All machines" : "All models",
      days: totals,
      budget: budgets.get(""),
      hasPredictions: true,
      accuracy: sumCorrectness(facts),
    },
    calendar,
    all,
    now,
  );
  const endOf = (day: string) => new Date(startOf(daysLater(day, 1), calendar.timeZone));
  const shown = rows.filter(({ spent, before, answered }) => spent > 0 || (before ?? 0) > 0 || (answered ?? 0) > 0);
  shown.sort((a, b) => b.spent - a.spent || a.name.localeCompare(b.name));
  const report = {
    month: calendar.month,
    timeZone: calendar.timeZone,
    by,
    currency,
    asOf,
    total,
    startsAt: new Date(startOf(`${calendar.month}-01`, calendar.timeZone)),
    firstDay: calendar.past[0] ?? `${calendar.month}-01`,
    lastDay: calendar.past.at(-1) ?? `${calendar.month}-01`,
    spent: cumulated(totals, calendar.past).map((one) => ({ ...one, endsAt: endOf(one.day) })),
    ahead:
      calendar.ahead.length === 0
        ? []
        : forecastByDay(totals, calendar, now).map((one) => ({ ...one, endsAt: endOf(one.day) })),
    rows: [...shown, ...rest.map((one) => costRow({ ...one, hasPredictions: false }, calendar, all, now))],
    problems: problemsOf(facts),
  };
  return { ...report, sentence: sentenceOf(report) };
}

function groupsOf(facts: Facts) {
  const { by, ledger, names, budgets, accuracy, machines } = facts;
  if (by === "machine") return machineGroups(machines);
  const teamOf = ({ endpointId }: DaySpend) => names.get(endpointId)?.teamId ?? noTeam;
  const keyOf = by === "team" ? teamOf : ({ endpointId }: DaySpend) => endpointId;
  const teams = new Map([...names.values()].map(({ teamId, teamName }) => [teamId ?? noTeam, teamName]));
  return [...groupDays(ledger.usage, keyOf)].map(([key, days]) => {
    const budget = key === noTeam ? undefined : budgets.get(key);
    const known = { key: key || "none", days, budget, hasPredictions: true };
    if (by === "model") {
      return {
        ...known,
        kind: "endpoint" as const,
        name: names.get(key)?.name ?? key,
        accuracy: accuracy.get(key),
      };
    }
    const kind = key === noTeam ? ("none" as const) : ("team" as const);
    return { ...known, kind, name: teams.get(key) ?? "No team" };
  });
}

function machineGroups(machines: readonly MachineDay[]) {
  return [...Map.groupBy(machines, ({ machine }) => machine)].map(([machine, own]) => {
    const kind = own.at(-1)?.kind;
    const days = new Map(
      own.map(({ day, compute, idle }) => [day, { spent: compute + idle, compute, idle, answered: 0 }]),
    );
    const name = kind ? `${machine} (${kind})` : machine;
    return { key: machine, kind: "machine" as const, name, days, hasPredictions: false, budget: undefined };
  });
}

/** Sums all costs by day, regardless of the grouping. */
function totalDays({ ledger }: Facts): Map<string, DaySums> {
  const total = groupDays(ledger.usage, () => "all").get("all") ?? new Map<string, DaySums>();
  for (const days of [paidDays(ledger.training), paidDays(ledger.storage)]) {
    for (const [day, { spent }] of days) {
      const sums = total.get(day) ?? { spent: 0, compute: 0, idle: 0, answered: 0 };
      total.set(day, { ...sums, spent: sums.spent + spent });
    }
  }
  return total;
}

function paidDays(rows: readonly { day: string; cost: number | null }[]): Map<string, DaySums> {
  const days = new Map<string, DaySums>();
  for (const { day, cost } of rows) {
    const spent = (days.get(day)?.spent ?? 0) + (cost ?? 0);
    days.set(day, { spent, compute: 0, idle: 0, answered: 0 });
  }
  return days;
}

/** Sums correctness over endpoints with sufficient data, weighted by their requests, so that a busy one counts for more. */
function sumCorrectness({ ledger, accuracy, calendar }: Facts): Correctness | undefined {
  const answered = groupDays(ledger.usage, ({ endpointId }) => endpointId);
  let [labelled, weighted, known, all] = [0, 0, 0, 0];
  for (const [endpointId, days] of answered) {
    const count = sumDays(days, calendar.past).answered;
    const own = accuracy.get(endpointId);
    all += count;
    if (!own || own.labelled === 0) continue;
    labelled += own.labelled;
    known += count;
    weighted += (count * own.right) / own.labelled;
  }
  // Otherwise the share of a part would be presented as that of all.
  if (known < all || known === 0) return undefined;
  return { labelled, right: (labelled * weighted) / known };
}

function cumulated(days: ReadonlyMap<string, DaySums>, past: readonly string[]): { day: string; value: number }[] {
  let value = 0;
  return past.map((day) => {
    value += days.get(day)?.spent ?? 0;
    return { day, value };
  });
}

function problemsOf({ ledger, calendar: { timeZone }, now }: Facts): string[] {
  const { currency, hasOtherCurrency, usage, training } = ledger;
  if (currency === null) return [];
  const edges = describeEdge(timeZone, now);
  const unpriced = usage.some((row) => row.unpriced > 0);
  const unpricedRuns = new Set(training.flatMap(({ cost, runId }) => (cost === null ? [runId] : []))).size;
  return [
    ...(unpriced ? ["Some usage has no price and is not included."] : []),
    ...(hasOtherCurrency ? [`Usage priced in currencies other than ${currency} is not included.`] : []),
    ...(unpricedRuns > 0
      ? [`${unpricedRuns} training run${unpricedRuns === 1 ? "" : "s"} used unpriced resources.`]
      : []),
    ...(edges ? [edges] : []),
  ];
}
