import { DomainError } from "#server/base/errors.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import type { ServedEndpoint } from "./routing-table.ts";

/** A version behind an endpoint, chosen by the route or named in the address. */
export interface AddressedVersion {
  endpoint: ServedEndpoint;
  version: LoadedModel;
}

/** Lists the addressable versions of an endpoint, lowest number first, loaded or not. */
export function addressable({ serving, wanted, other, kept }: ServedEndpoint): LoadedModel[] {
  const byNumber = new Map<number, LoadedModel>();
  // If two have the same number, as while settings change, the one that serves takes precedence.
  for (const version of [serving, wanted, other, ...kept]) {
    if (version && !byNumber.has(version.model.version)) byNumber.set(version.model.version, version);
  }
  return [...byNumber.values()].sort((a, b) => a.model.version - b.model.version);
}

/** Returns the version under load test, deployed or not. @throws DomainError "unavailable" when it is not loaded here */
export function testedVersion(endpoint: ServedEndpoint, versionId: string): AddressedVersion {
  const { serving, wanted, other, kept, trials } = endpoint;
  const version = [...trials, serving, wanted, other, ...kept].find((loaded) => loaded?.model.versionId === versionId);
  if (version) return { endpoint, version };
  throw new DomainError("unavailable", "The version under test is not loaded on this gateway.", {
    retryAfterSeconds: 1,
  });
}

/**
 * Returns the version that serves a request: the endpoint's own choice, or the one with the number in the address.
 * @throws DomainError "not-found" when that is not served
 */
export function addressedVersion(endpoint: ServedEndpoint, number?: string): AddressedVersion {
  if (number === undefined) return { endpoint, version: endpoint.serving ?? endpoint.wanted };
  const versions = addressable(endpoint);
  const version = versions.find(({ model }) => String(model.version) === number);
  if (version) return { endpoint, version };
  const served = versions.map(({ model }) => model.version).join(" and ");
  throw new DomainError(
    "not-found",
    `Version ${number} of '${endpoint.route.name}' is not being served; available: ${served}.`,
  );
}
