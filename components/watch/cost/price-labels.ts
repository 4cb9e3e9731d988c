import type { PriceItem } from "#server/serve/prices/contract.ts";

/** Labels of the price items, and of their variants. */
export const itemLabels: Record<PriceItem, { label: string; unit: string; variant: string; all: string }> = {
  "core-hour": { label: "Core-hour", unit: "core hour", variant: "Machine type", all: "all machines" },
  "gpu-hour": { label: "GPU-hour", unit: "GPU hour", variant: "GPU", all: "all GPUs" },
  "gb-month": { label: "GB-month", unit: "GB-month of storage", variant: "", all: "files and logs" },
  "engine-request": {
    label: "External engine request",
    unit: "request to an external engine",
    variant: "Engine",
    all: "all engines",
  },
};
