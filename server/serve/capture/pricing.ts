import type { PriceInForce } from "#server/serve/prices/contract.ts";
import { pickPrice } from "#server/serve/prices/price-segments.ts";
import type { Prices } from "./cost.ts";

/** Prices that a gateway applies to its requests. */
export interface PricingOptions {
  /** PRICE_CORE_HOUR and PRICE_GPU_HOUR: while a workspace's book has no price. */
  coreHour: number | undefined;
  gpuHour: number | undefined;
  /** MACHINE_KIND. */
  machineKind: string;
}

/** Prices of requests on this machine, by the books of their workspaces. */
export class Pricing {
  /** Name of the machine's GPU, once it was read. */
  gpuName = "";
  private readonly options: PricingOptions;

  constructor(options: PricingOptions) {
    this.options = options;
  }

  /** Returns the prices that apply. @param provider where the request ran; the name of an engine is the variant of its price */
  of({ prices: held = [] }: { prices?: readonly PriceInForce[] | undefined }, provider: string): Prices {
    const { coreHour, gpuHour, machineKind } = this.options;
    return {
      coreHour: pickPrice(held, "core-hour", machineKind)?.amount ?? coreHour,
      gpuHour: pickPrice(held, "gpu-hour", this.gpuName)?.amount ?? gpuHour,
      engineRequest: pickPrice(held, "engine-request", provider.replace(/^remote /, ""))?.amount,
    };
  }
}
