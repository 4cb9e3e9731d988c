import type { Database } from "#db/client.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { feastBug, feastErrorOf } from "./error-detail.ts";
import type { FeastCaller } from "./feast-caller.ts";
import { flightMethods, type OfflineReads } from "./flight/flight-service.ts";
import { maxTableBytes } from "./flight/read-table.ts";
import { ByteBudget } from "./grpc/byte-budget.ts";
import { type GrpcMethod, startGrpcServer } from "./grpc/server.ts";
import { GrpcError, grpcCodes } from "./grpc/status.ts";
import { slugOfProject } from "./project-slug.ts";
import { type RegistryCall, refusedCalls, registryCalls } from "./registry/calls.ts";

interface FeastOptions {
  db: Database;
  config: Pick<Config, "feastPort" | "host" | "trustProxy" | "maxConnectionsPerAddress">;
  reads: OfflineReads;
}

/** Bytes of one definition. */
const maxDefinitionBytes = 4 * 2 ** 20;
/** Bytes of all that clients of one workspace send at the same time: the largest table, and what is around it. */
const maxTenantBytes = maxTableBytes + 8 * 2 ** 20;
const flightPrefix = "/arrow.flight.";

/**
 * Starts the port of Feast's clients: definitions over gRPC, and tables over Arrow Flight (docs/spec/feast.md section 2). They send an API token as
 * a bearer token, and act in its workspace, which is their project.
 * @throws the system's error if it cannot listen
 */
export async function startFeastServer({ db, config, reads }: FeastOptions) {
  const flight = flightMethods(reads);
  const server = await startGrpcServer<FeastCaller>({
    port: config.feastPort,
    host: config.host,
    trustProxy: config.trustProxy,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    methods: new Map([...registryMethods(), ...flight.methods]),
    budget: new ByteBudget(2 * maxTenantBytes, maxTenantBytes),
    tenantOf: ({ ctx }) => ctx.actor.workspaceId,
    authenticate: (authorization, address) => authenticate(db, authorization, address),
    describe: (error, path) => {
      const isFlight = path.startsWith(flightPrefix);
      const known = feastErrorOf(error, isFlight);
      if (!known) log.error("feast.call_failed", { cause: error, path });
      return known ?? feastBug(isFlight);
    },
  });
  return {
    port: server.port,
    close: async (graceMs: number) => {
      await server.close(graceMs);
      flight.close();
    },
  };
}

async function authenticate(
  db: Database,
  authorization: string | undefined,
  address: string | undefined,
): Promise<FeastCaller> {
  const [scheme = "", token = ""] = authorization?.trim().split(/\s+/) ?? [];
  if (!/^bearer$/i.test(scheme) || !token) {
    throw new DomainError(
      "unauthenticated",
      "Set auth: {type: oidc, token_env_var: LEEWAY_TOKEN} in feature_store.yaml, and the variable to an API token. Create one under Settings, Tokens.",
    );
  }
  const ctx = await contextOfToken(db, token, { address });
  return {
    ctx,
    inProject: (project) =>
      project === "" ? Promise.resolve(ctx) : contextOfToken(db, token, { address, workspace: slugOfProject(project) }),
  };
}

function registryMethods(): Map<string, GrpcMethod<FeastCaller>> {
  const refusals = Object.entries(refusedCalls).map(([name, reason]): [string, RegistryCall] => [
    name,
    async () => {
      throw new GrpcError(grpcCodes.unimplemented, reason);
    },
  ]);
  return new Map(
    [...Object.entries(registryCalls), ...refusals].map(([name, call]) => [
      `/feast.registry.RegistryServer/${name}`,
      {
        maxMessageBytes: maxDefinitionBytes,
        handle: async ({ caller, messages, send }) => {
          for await (const request of messages) {
            await send(await call(caller, request));
            return;
          }
          throw new DomainError("invalid", "The call has no message.");
        },
      },
    ]),
  );
}
