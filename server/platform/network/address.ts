import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { DomainError } from "#server/base/errors.ts";
import type { NetworkRules } from "./network-rules.ts";

/** Address ranges that are not globally reachable: https://www.iana.org/assignments/iana-ipv4-special-registry */
const special4: [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
/** Within the global unicast space, but not public or with an IPv4 address inside. */
const special6: [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const notPublic = new BlockList();
for (const [network, bits] of special4) notPublic.addSubnet(network, bits, "ipv4");
for (const [network, bits] of special6) notPublic.addSubnet(network, bits, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Returns whether an address is reachable from the internet. IPv6 only within 2000::/3, which excludes mapped addresses. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, "ipv4");
  return globalUnicast.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/**
 * Reads the address of a webhook.
 * @throws DomainError "invalid" for what is no URL, another scheme than allowed, or credentials in it.
 */
export function readUrl(text: string, { allowsPrivate }: NetworkRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const allowed = allowsPrivate ? ["http", "https"] : ["https"];
  const scheme = url?.protocol.replace(":", "") ?? "";
  if (!url || !allowed.includes(scheme)) {
    throw new DomainError(
      "invalid",
      `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${allowed.join(", ")}.`,
    );
  }
  if (url.username || url.password) {
    throw new DomainError("invalid", "A webhook URL cannot contain a username or password. Use a secret instead.");
  }
  return url;
}

/**
 * Resolves the host once; the connection then uses exactly this address, so that the name cannot resolve to another one later.
 * @throws DomainError "invalid" if any address of the host is not public and the rules require public ones, "unavailable" if the name
 * cannot be resolved.
 */
export async function resolve(url: URL, { allowsPrivate }: NetworkRules): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new DomainError("unavailable", `The host '${host}' of the webhook URL cannot be resolved.`, { cause });
  });
  const inside = allowsPrivate ? undefined : found.find(({ address }) => !isPublic(address));
  if (inside) {
    const message = `Webhook URL must not resolve to a non-public IP address. '${host}' resolves to ${inside.address}.`;
    throw new DomainError("invalid", message);
  }
  const [first] = found;
  if (!first) throw new DomainError("unavailable", `The host '${host}' of the webhook URL cannot be resolved.`);
  return first;
}

/**
 * Checks the address of a webhook and returns it in its stored form.
 * @throws DomainError "invalid"
 */
export async function checkAddress(text: string, rules: NetworkRules): Promise<string> {
  const url = readUrl(text, rules);
  if (rules.allowsPrivate) return url.href;
  await resolve(url, rules).catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError("invalid", error.message, { cause: error });
  });
  return url.href;
}
