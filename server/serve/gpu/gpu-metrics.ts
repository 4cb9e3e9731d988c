import { Gauge, type Registry } from "prom-client";
import type { GpuReading } from "./read-gpus.ts";

interface Shown {
  name: string;
  help: string;
  read(gpu: GpuReading): number | null;
}

const own: Shown[] = [
  {
    name: "leeway_gpu_utilization_ratio",
    help: "Fraction of recent time in which the GPU was busy.",
    read: (gpu) => gpu.utilisation,
  },
  {
    name: "leeway_gpu_memory_used_bytes",
    help: "GPU memory in use by all processes.",
    read: (gpu) => gpu.memoryUsedBytes,
  },
  { name: "leeway_gpu_memory_total_bytes", help: "Total GPU memory.", read: (gpu) => gpu.memoryTotalBytes },
  { name: "leeway_gpu_power_watts", help: "Current GPU power draw.", read: (gpu) => gpu.powerWatts },
];

/** The same under the names of Triton's metrics. */
const triton: Shown[] = [
  { name: "nv_gpu_utilization", help: "GPU utilization rate.", read: (gpu) => gpu.utilisation },
  { name: "nv_gpu_memory_used_bytes", help: "GPU memory in use.", read: (gpu) => gpu.memoryUsedBytes },
  { name: "nv_gpu_memory_total_bytes", help: "GPU memory.", read: (gpu) => gpu.memoryTotalBytes },
  { name: "nv_gpu_power_usage", help: "GPU power usage in watts.", read: (gpu) => gpu.powerWatts },
  { name: "nv_gpu_power_limit", help: "GPU power limit in watts.", read: (gpu) => gpu.powerLimitWatts },
];

/**
 * Exposes GPUs to Prometheus. Unknown values have no line at all, rather than zero.
 * @param latest called whenever Prometheus reads @param hasTriton whether Triton's names are exposed too
 */
export function exposeGpus(registry: Registry, latest: () => readonly GpuReading[], hasTriton: boolean): void {
  const gauge = (
    { name, help, read }: Shown,
    labelNames: string[],
    labels: (gpu: GpuReading) => Record<string, string>,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      // Every gateway process of a machine reads the same GPUs.
      aggregator: "max",
      collect() {
        this.reset();
        for (const gpu of latest()) {
          const value = read(gpu);
          if (value !== null) this.set(labels(gpu), value);
        }
      },
    });
  for (const shown of own) gauge(shown, ["gpu", "name"], ({ uuid, name }) => ({ gpu: uuid, name }));
  if (!hasTriton) return;
  for (const shown of triton) gauge(shown, ["gpu_uuid"], ({ uuid }) => ({ gpu_uuid: uuid }));
}
