import { lookup } from "node:dns/promises";
import { DomainError } from "#server/errors.ts";
import { isPublic } from "#server/webhooks/address.ts";
import type { ImportRules } from "../contract.ts";

/**
 * Reads the address of an MLflow server: http or https, with an optional path prefix.
 * @returns without a slash at the end. @throws DomainError "invalid" that says what is wrong with it.
 */
export function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DomainError("invalid", "Give the address of the server as https://mlflow.example.org.");
  }
  if (url.username || url.password) {
    throw new DomainError("invalid", "Give user and password in their own fields, not in the address.");
  }
  if (url.search || url.hash) throw new DomainError("invalid", "The address must end before any ? or #.");
  return url.href.replace(/\/+$/, "");
}

/**
 * Where a host is. Connections go to exactly this address, so that a name cannot mean another one later. Private addresses, this
 * machine's included, only where the installation says so: whoever may start an import would otherwise reach what only Leeway can.
 * @throws DomainError "invalid" for an address that is not allowed, "unavailable" when the name has none.
 */
export async function resolveHost(url: URL, rules: ImportRules): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new DomainError("unavailable", `The name ${host} has no address. Check the address of the server.`, {
      cause,
    });
  });
  const inside = rules.allowsPrivate ? undefined : found.find(({ address }) => !isPublic(address));
  if (inside) {
    throw new DomainError(
      "invalid",
      `${host} is at ${inside.address}, an address of a private network. Whoever runs Leeway can allow that by IMPORT_PRIVATE_ADDRESSES=true.`,
    );
  }
  const [first] = found;
  if (!first) throw new DomainError("unavailable", `The name ${host} has no address. Check the address of the server.`);
  return first;
}
