import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import type { ActiveFault } from "../faults/active-fault.ts";
import { anotherGatewayServes, claimFault } from "../faults/claim-fault.ts";
import type { LoadedModel, LoadedVersions } from "./loaded-versions.ts";
import { type RoutingTable, versionsOf } from "./routing-table.ts";

/** What a gateway has that a fault may take from it. */
interface Gateway {
  db: Database;
  gatewayId: string;
  table: Pick<RoutingTable, "all">;
  versions: Pick<LoadedVersions, "cool">;
  /** Ends this process at once; undefined where nothing would start it again. */
  endProcess: (() => void) | undefined;
}

/**
 * Carries out a fault that happens once, in one process of all gateways: the first one in which it can. Nothing happens for other faults, and where it
 * would leave nothing that serves, or would affect another endpoint.
 */
export async function carryOutFault(active: ActiveFault, gateway: Gateway): Promise<void> {
  if (active.isTaken) return;
  const { db, gatewayId, versions, endProcess } = gateway;
  const claim = (words: string, condition?: ReturnType<typeof anotherGatewayServes>) =>
    claimFault(db, active, { by: gatewayId, words, condition });
  const { kind } = active.fault;
  if (kind === "gateway-lost") {
    if (!endProcess) return;
    if (!(await claim(`Killed the gateway process ${gatewayId}.`, anotherGatewayServes(gatewayId)))) return;
    log.warn("game-day.gateway_killed", { gameDay: active.name });
    endProcess();
    return;
  }
  if (kind !== "model-worker-lost" && kind !== "cold-model") return;
  const version = ownVersion(active.endpointId, gateway.table);
  if (!version?.opened || version.opened.pool.state.engine) return;
  const name = `${version.model.modelName} version ${version.model.version}`;
  if (kind === "cold-model") {
    if (!(await claim(`Unloaded ${name} at the gateway ${gatewayId}.`))) return;
    log.warn("game-day.version_unloaded", { gameDay: active.name, model: name, isDone: versions.cool(version) });
    return;
  }
  const { pool } = version.opened;
  const { workers } = pool.state;
  if (workers < 2 || !(await claim(`Ended one of ${workers} workers of ${name} at the gateway ${gatewayId}.`))) return;
  const isDone = pool.loseWorker?.(`Ended on purpose by game day ${active.name}.`);
  log.warn("game-day.worker_ended", { gameDay: active.name, model: name, isDone });
}

/** Returns the version that serves an endpoint; undefined if other endpoints need it, too. */
function ownVersion(endpointId: string, { all }: Gateway["table"]): LoadedModel | undefined {
  const endpoint = all.find(({ route }) => route.endpointId === endpointId);
  const version = endpoint?.serving;
  const isShared = all.some((other) => other !== endpoint && version && versionsOf(other).includes(version));
  return isShared ? undefined : version;
}
