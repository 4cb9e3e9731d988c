import { BlockList, isIP } from "node:net";

/**
 * Returns the address of a client behind proxies that are believed to name the one before them, as Fastify does for HTTP: a number of
 * proxies, or their addresses and networks.
 * @param forwardedFor header X-Forwarded-For, nearest proxy last
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustProxy: false | number | readonly string[],
): string | undefined {
  if (trustProxy === false || peer === undefined || forwardedFor === undefined) return peer;
  const hops = [
    peer,
    ...forwardedFor
      .split(",")
      .map((hop) => hop.trim())
      .reverse(),
  ].filter((hop) => isIP(hop) !== 0);
  const isTrusted = typeof trustProxy === "number" ? (_: string, hop: number) => hop < trustProxy : within(trustProxy);
  const client = hops.findIndex((hop, index) => !isTrusted(hop, index));
  return hops[client === -1 ? hops.length - 1 : client] ?? peer;
}

function within(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
