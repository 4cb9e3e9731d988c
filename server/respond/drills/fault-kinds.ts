import { type Fault, installationFaults, requestFaults } from "#server/serve/faults/contract.ts";

/** Whether a fault affects single requests, and so has a share or a header. */
export function isOfRequests({ kind }: Fault): boolean {
  return requestFaults.some((each) => each === kind);
}

/** Whether a fault touches every workspace of the installation. */
export function isOfInstallation({ kind }: Fault): boolean {
  return installationFaults.some((each) => each === kind);
}
