import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { WebDependencies } from "#server/http/server.ts";
import { Bundle, BundleKey } from "#server/release/bundles/contract.ts";
import { getBundleKey } from "#server/release/bundles/queries.ts";
import { route } from "./route.ts";

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });
const keyOf = ({ model, version }: z.infer<typeof VersionPath>) => ({ name: model, version });
const bundlePath = "/models/:model/versions/:version/bundle";

/** Registers bundles, versions as sealed files for devices, and the key that seals them. */
export function bundles(app: FastifyInstance, deps: WebDependencies): void {
  const show = {
    path: `${bundlePath}/manifest`,
    summary: "Get the contents, size and SHA-256 of a version's bundle; creates it if necessary",
    params: VersionPath,
    response: Bundle,
  };
  route(app, { method: "GET", ...show }, ({ ctx, params }) => deps.bundles.get(ctx, keyOf(params)));
  download(app, deps);
  const key = { path: "/bundle-key", summary: "Get the public bundle signing key", response: BundleKey };
  route(app, { method: "GET", ...key }, ({ ctx }) => getBundleKey(ctx));
  pem(app);
}

/** Does not use route(), which sends JSON. Has no HEAD of its own either, for which the complete file would be read. */
function download(app: FastifyInstance, { bundles }: WebDependencies): void {
  const summary = "Download a version as a sealed device bundle: a zip with model, signature, pipeline and sample";
  app.operations.push({ method: "GET", path: bundlePath, summary, params: VersionPath, status: 200 });
  app.get(bundlePath, { exposeHeadRoute: false }, async (request, reply) => {
    if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
    const key = keyOf(VersionPath.parse(request.params));
    const { sha256 } = await bundles.get(request.caller, key);
    const etag = `"${sha256}"`;
    if (request.headers["if-none-match"] === etag) return reply.code(304).header("etag", etag).send();
    const { fileName, sizeBytes, body, ...opened } = await bundles.open(request.caller, key);
    return reply
      .type("application/zip")
      .header("content-length", sizeBytes)
      .header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`)
      .header("etag", `"${opened.sha256}"`)
      .header("repr-digest", `sha-256=:${Buffer.from(opened.sha256, "hex").toString("base64")}:`)
      .send(body);
  });
}

function pem(app: FastifyInstance): void {
  const path = "/bundle-key.pem";
  app.operations.push({ method: "GET", path, summary: "Download the public bundle signing key", status: 200 });
  app.get(path, async (request, reply) => {
    if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
    const { pem } = await getBundleKey(request.caller);
    return reply
      .type("application/x-pem-file")
      .header("content-disposition", 'attachment; filename="leeway-bundle-key.pem"')
      .send(pem);
  });
}
