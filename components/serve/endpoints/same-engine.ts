import type { Engine, NewEngine } from "#server/serve/engines/contract.ts";

/** Returns the input to deploy the same engine again; its secret stays stored on the server. */
export function sameEngine({ headerName, modelVersion, ...engine }: Engine): NewEngine {
  return {
    ...engine,
    ...(modelVersion !== null && { modelVersion }),
    ...(headerName !== null && { header: { name: headerName } }),
  };
}
