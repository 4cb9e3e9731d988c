import { openDatabase } from "#db/client.ts";
import type { Config } from "./config.ts";
import { health } from "./http/health.ts";
import { metrics } from "./http/metrics.ts";
import { createServer } from "./http/server.ts";
import { log } from "./log.ts";
import type { RunningRole } from "./start/role.ts";

/** The gateway role: inference. It goes on while Postgres is away. */
export async function startGateway(config: Config, databaseUrl: string): Promise<RunningRole> {
  const { pool, close } = openDatabase(databaseUrl, { max: 5, name: "leeway-gateway" });
  const app = createServer(config);
  metrics(app, config, "gateway", pool);
  health(app, {});
  await app.listen({ port: config.gatewayPort, host: config.host });
  log.info("gateway.started", { port: config.gatewayPort });
  return {
    stop: async () => {
      await app.close();
      await close();
    },
  };
}
