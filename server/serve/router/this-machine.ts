import { availableParallelism, hostname, totalmem } from "node:os";
import { isGpu } from "../capture/device-ms.ts";
import type { GatewayMachine, LoadedVersion } from "../gateways/contract.ts";
import type { GpuReading } from "../gpu/read-gpus.ts";

/** Describes the machine of this process, for computing costs. */
export function thisMachine(
  kind: string,
  gpus: readonly GpuReading[],
  versions: readonly LoadedVersion[],
): GatewayMachine {
  const runsOnGpu = versions.some(({ provider }) => provider !== undefined && isGpu(provider));
  return {
    name: hostname(),
    kind,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gpus: Math.max(gpus.length, runsOnGpu ? 1 : 0),
    gpuKind: gpus[0]?.name ?? "",
  };
}
