import type { PriceItem } from "#server/cost/prices/contract.ts";

/** What an item is called, and what its variants are. */
export const itemWords: Record<PriceItem, { label: string; unit: string; variant: string; all: string }> = {
  "core-hour": { label: "Core-hour", unit: "an hour of one core", variant: "Kind of machine", all: "all machines" },
  "gpu-hour": { label: "GPU-hour", unit: "an hour of one GPU", variant: "GPU", all: "all GPUs" },
  "gb-month": { label: "GB-month", unit: "10⁹ bytes kept for a month", variant: "", all: "files and log" },
  "engine-request": {
    label: "Engine request",
    unit: "a request to an engine elsewhere",
    variant: "Engine",
    all: "all engines",
  },
};
