import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OpenableArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { parseByteRange } from "./byte-range.ts";
import { attachment, contentTypeOf } from "./file-headers.ts";

/**
 * Adds a route that sends a file. HEAD is handled here too: Fastify's own handler would read the complete file and omit its length.
 * @param find finds the file that a request names. @param config of the route
 */
export function serveFile(
  app: FastifyInstance,
  url: string,
  find: (request: FastifyRequest) => Promise<OpenableArtifact>,
  config: FastifyContextConfig = {},
): void {
  app.route({
    config,
    method: ["GET", "HEAD"],
    exposeHeadRoute: false,
    url,
    handler: async (request, reply) => sendArtifact(request, reply, await find(request)),
  });
}

/**
 * Streams a file to be saved, never to be run by a browser. Serves a single range, and no body to a caller that already has this
 * content; an interrupted download can therefore be resumed.
 */
async function sendArtifact(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenableArtifact,
): Promise<FastifyReply> {
  const etag = `"${file.etag}"`;
  reply
    .type(contentTypeOf(file.name))
    .header("content-disposition", attachment(file.name))
    .header("x-content-type-options", "nosniff")
    .header("accept-ranges", "bytes")
    .header("etag", etag);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  const mayBeRange = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  const range = mayBeRange ? parseByteRange(request.headers.range, file.sizeBytes) : undefined;
  if (range === "unsatisfiable") {
    return reply.code(416).header("content-range", `bytes */${file.sizeBytes}`).send();
  }
  if (range) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
  reply.header("content-length", range ? range.end - range.start + 1 : file.sizeBytes);
  return request.method === "HEAD" ? reply.send() : reply.send(await file.open(range));
}
