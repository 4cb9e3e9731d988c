import { runtime } from "#app/_lib/context.ts";
import type { StoreAddresses } from "#components/develop/features/first-view.tsx";

/** Returns a time for an example: now, so that its row is not too old at once. */
export function exampleTime(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** Returns the addresses at which clients reach the feature store of this installation. */
export function storeAddresses(): StoreAddresses {
  const { publicUrl, gatewayUrl, feastPort } = runtime().config;
  return {
    apiUrl: `${publicUrl}/api/v1`,
    onlineUrl: `${gatewayUrl}/feast`,
    registry: { host: new URL(publicUrl).hostname, port: feastPort },
  };
}
