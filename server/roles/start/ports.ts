import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import type { RoleName } from "./role.ts";

/** Returns the ports of a role, with the variables that set them. */
function portsOf(role: RoleName, config: Config): { variable: string; port: number }[] {
  if (role === "gateway") return [{ variable: "GATEWAY_PORT", port: config.gatewayPort }];
  if (role === "worker") return [{ variable: "WORKER_PORT", port: config.workerPort }];
  return [
    { variable: "PORT", port: config.port },
    { variable: "FEAST_PORT", port: config.feastPort },
  ];
}

/**
 * Checks that the ports of each role are available, before anything slow starts.
 * @param timeoutMs how long to wait for one: the roles of a killed Leeway need a moment to end.
 * @throws StartError that names the variable.
 */
export async function requirePorts(roles: readonly RoleName[], config: Config, timeoutMs: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (const { variable, port } of roles.flatMap((role) => portsOf(role, config))) {
    let code = await refusalOf(port, config.host);
    for (; code === "EADDRINUSE" && Date.now() < giveUpAt; code = await refusalOf(port, config.host)) await pause(100);
    if (code) throw new StartError(explain(code, variable, port, config.host));
  }
}

/** Returns the system's error code if a port cannot be listened on. */
function refusalOf(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? String(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function explain(code: string, variable: string, port: number, host: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `${variable}: port ${port} is already in use. Stop the other program, or set ${variable} to a free port.`;
    case "EACCES":
      return `${variable}: this user cannot use port ${port}. Set ${variable} to a port above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST: ${host} is not an address of this machine. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (all networks).`;
    default:
      return `${variable}: cannot listen on port ${port} on ${host} (${code}). Change ${variable} or HOST.`;
  }
}
