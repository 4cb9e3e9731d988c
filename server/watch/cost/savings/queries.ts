import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readOwners } from "#server/platform/teams/read-owners.ts";
import { readCorrectness } from "../report/read-correctness.ts";
import type { DaySpan } from "../spending/contract.ts";
import { dayOf, daysLater } from "../spending/days.ts";
import { cutLedger, type Ledger, readLedger } from "../spending/ledger.ts";
import { readMachineDays } from "../spending/read-usage.ts";
import { segmentsOf } from "../spending/segments-of.ts";
import type { Saving } from "./contract.ts";
import { findSavings, type MeasuredEndpoint } from "./find-savings.ts";
import { readFleet, readMachines } from "./read-fleet.ts";
import { readMeasured } from "./read-measured.ts";
import { fewerAtNight } from "./replicas.ts";

/** Number of days that the analysis covers. */
const windowDays = 28;

/** Ways to spend less with their sums, out of what was measured over the last four weeks, the largest first. */
export async function listSavings(
  ctx: Context,
  now = Date.now(),
): Promise<{ currency: string | null; savings: Saving[] }> {
  permit(ctx, "listSavings");
  return readSavings(ctx, now);
}

/** Returns the savings like listSavings; the caller has checked permissions. @param known a ledger that was read already, of any days */
export async function readSavings(
  ctx: Context,
  now: number,
  known?: ReadLedger,
): Promise<{ currency: string | null; savings: Saving[] }> {
  const { currency, endpoints, machines, timeZone } = await readFacts(ctx, now, { known });
  if (currency === null) return { currency, savings: [] };
  const [served, fleet] = await sideBySide(ctx, [() => readMachines(ctx), () => readFleet(ctx, timeZone)]);
  const of = (machine: string) => machines.filter((one) => one.machine === machine);
  const spentOf = (rows: readonly (typeof machines)[number][]) =>
    rows.reduce((sum, { compute, idle }) => sum + compute + idle, 0);
  const days = new Set(machines.map(({ day }) => day)).size;
  const measured = served.map((one) => {
    const own = of(one.machine);
    return { ...one, spent: spentOf(own), days: own.length };
  });
  const replicas = fewerAtNight(fleet, { spent: spentOf(machines), days, timeZone });
  const savings = [...findSavings(endpoints, measured), ...(replicas ? [replicas] : [])];
  return { currency, savings: savings.sort((a, b) => b.perMonth - a.perMonth) };
}

/** A ledger with the days that it is of. */
export interface ReadLedger {
  ledger: Ledger;
  span: DaySpan;
}

interface WantedFacts {
  /** From readSavings: read again if its days do not cover the range. */
  known?: ReadLedger | undefined;
  /** The one endpoint to measure; all by default. */
  endpointId?: string;
}

/** Reads the facts for savings and what-ifs. The caller has checked permissions. */
export async function readFacts(ctx: Context, now: number, { known, endpointId }: WantedFacts = {}) {
  const timeZone = known?.span.timeZone ?? (await workspaceTimeZone(ctx));
  const today = dayOf(now, timeZone);
  const span = { from: daysLater(today, -windowDays), to: daysLater(today, 1), timeZone };
  const covers = known !== undefined && known.span.from <= span.from && known.span.to >= span.to;
  const ledger = covers ? cutLedger(known.ledger, span) : await readLedger(ctx, span, now);
  const { segments } = segmentsOf(ledger.book, ledger.currency ?? "");
  const [names, accuracy, machines] = await sideBySide(ctx, [
    () => readOwners(ctx),
    () => readCorrectness(ctx, span),
    () => readMachineDays(ctx, span, segments),
  ]);
  // The first and the last day are included partially.
  const days = Math.max(1, new Set(ledger.usage.map(({ day }) => day)).size);
  const usage = ledger.usage.filter((row) => endpointId === undefined || row.endpointId === endpointId);
  const endpoints: MeasuredEndpoint[] = await readMeasured(ctx, usage, days, { names, accuracy });
  return { currency: ledger.currency, ledger, names, accuracy, machines, endpoints, days, timeZone };
}
