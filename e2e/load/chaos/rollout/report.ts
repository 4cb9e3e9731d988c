import type { ArmCall } from "../../rollout/arm-traffic.ts";
import { entriesOf } from "../../rollout/delicate-model.ts";
import type { Drill, Kill } from "./drill.ts";
import { plannedKills } from "./kills.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Followed } from "./tracks.ts";

interface Findings {
  drill: Drill;
  followed: readonly Followed[];
  /** Whether the rollout went on hold without gateways. */
  held: boolean;
}

/** A connection of a killed gateway may be found dead a moment later. */
const graceMs = 500;

/** Prints each endpoint's rollout outcomes and, as the last line, the findings as JSON. @returns whether every requirement was met */
export function report({ drill, followed, held }: Findings): boolean {
  const { kills, wrong, peeks: looks } = drill;
  const rows = followed.map(({ track, rollouts, calls }) => {
    const ends = rollouts.flatMap((id) => drill.snapshot(id) ?? []);
    const startOf = (index: number) => ends[index]?.decisions[0]?.at ?? Number.POSITIVE_INFINITY;
    const switches = ends.flatMap((one, index) => switchMs(one, calls, startOf(index + 1)));
    return {
      endpoint: track.name,
      rollouts: ends.length,
      promoted: ends.filter(({ phase }) => phase === "promoted").length,
      rolledBack: ends.filter(({ phase }) => phase === "rolled-back").length,
      requests: calls.length,
      ...failures({ track, rollouts, calls }, kills),
      slowestSwitchMs: switches.length > 0 ? Math.max(...switches) : null,
    };
  });
  console.table(rows);
  const decisionsWithoutWorker = drill.snapshots().reduce((sum, one) => sum + madeWithout(one, kills), 0);
  const row = (name: string) => rows.find(({ endpoint }) => endpoint === name);
  const bad = [row("bad"), row("late")];
  const result = {
    kills: kills.length,
    moments: new Set(kills.map(({ name, role }) => `${role} ${name}`)).size,
    peeks: looks,
    rollouts: drill.snapshots().length,
    decisions: drill.snapshots().reduce((sum, { decisions }) => sum + decisions.length, 0),
    wrongPromotions: bad.reduce((sum, one) => sum + (one?.promoted ?? 0), 0),
    wrongRollbacks: row("good")?.rolledBack ?? 0,
    contradictions: wrong.size,
    decisionsWithoutWorker,
    heldWithoutGateway: held,
    requests: rows.reduce((sum, { requests }) => sum + requests, 0),
    failedWithKilledGateway: rows.reduce((sum, one) => sum + one.failedWithKilledGateway, 0),
    failedElse: rows.reduce((sum, one) => sum + one.failedElse, 0),
    slowestSwitchMs: Math.max(...rows.map(({ slowestSwitchMs }) => slowestSwitchMs ?? 0)),
  };
  console.log(JSON.stringify({ rollout: result, endpoints: rows }));
  const kept = [result.wrongPromotions, result.wrongRollbacks, wrong.size, decisionsWithoutWorker, result.failedElse];
  const isExercised = result.moments === plannedKills.length && rows.every(({ rollouts }) => rollouts > 0);
  return isExercised && held && kept.every((count) => count === 0);
}

/** Splits the failures of requests that a version can serve: on a connection of a killed gateway, or not. */
function failures({ track, calls }: Followed, kills: readonly Kill[]) {
  const failed = calls.filter(
    (call) => call.status !== 200 && call.category < entriesOf.healthy && !isByBad(call, track.canary === "bad"),
  );
  const gateways = kills.filter(({ role }) => role !== "worker");
  const isKilled = ({ status, sentAt, at }: ArmCall) =>
    status === 0 && gateways.some(({ deadAt }) => sentAt <= deadAt + graceMs && at >= deadAt - graceMs);
  const failedWithKilledGateway = failed.filter(isKilled).length;
  return { failedWithKilledGateway, failedElse: failed.length - failedWithKilledGateway };
}

/** Returns whether an error is one of the bad version's intended failures, which the rollout is meant to detect. */
const isByBad = ({ status, category, arm }: ArmCall, isBad: boolean) =>
  isBad && status === 500 && category >= entriesOf.bad && arm !== "stable";

/** Returns the time from the decision to the last response of the version that was rolled back; none if the rollout ended otherwise. */
function switchMs({ decisions }: Snapshot, calls: readonly ArmCall[], until: number): number[] {
  const last = decisions.at(-1);
  if (last?.kind !== "roll-back") return [];
  const late = calls.filter(({ at, arm }) => arm === "canary" && at >= last.at && at < until);
  return [late.reduce((most, { at }) => Math.max(most, at - last.at), 0)];
}

/** Decisions, but for those of people, while the worker was dead. */
function madeWithout({ decisions }: Snapshot, kills: readonly Kill[]): number {
  const away = kills.filter(({ role }) => role === "worker");
  const isAway = (when: number) => away.some(({ deadAt, startedAt }) => when > deadAt && when < startedAt);
  return decisions.filter(({ kind, at }) => kind !== "started" && isAway(at)).length;
}
