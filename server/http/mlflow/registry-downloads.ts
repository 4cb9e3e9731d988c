import type { FastifyInstance } from "fastify";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { argument, fileIn } from "./artifact-downloads.ts";
import { callerOf } from "./caller.ts";
import { missing } from "./fields.ts";
import { versionNumber } from "./registry-fields.ts";
import { serveFile } from "./send-artifact.ts";

/** Serves single files of a version to browsers, by name, number and path below its files. */
export function registryDownloads(app: FastifyInstance, deps: WebDependencies): void {
  serveFile(app, "/model-versions/get-artifact", async (request) => {
    const path = argument(request, "path");
    if (!path) throw missing("path");
    pathInRoot("", path);
    const name = argument(request, "name");
    if (!name) throw missing("name");
    const version = versionNumber().read(argument(request, "version"), "version");
    const { storageLocation } = await getVersion(callerOf(request), { name, version });
    return fileIn(storageLocation, path, request, deps);
  });
}
