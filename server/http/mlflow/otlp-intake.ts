import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { callerOf } from "./caller.ts";
import { experimentIdOf } from "./ids.ts";
import { decodeSpans } from "./otlp.ts";

const experimentHeader = "x-mlflow-experiment-id";
const protobufType = "application/x-protobuf";
const maxSentBytes = 10 * 2 ** 20;
/** Unpacked; a small body can hold a large one. */
const maxBytes = 64 * 2 ** 20;
const unpackers = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/**
 * Registers POST /v1/traces: spans by OpenTelemetry's protocol over HTTP, from MLflow's client or any exporter that names an
 * experiment.
 */
export function otlpIntake(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxSentBytes },
    async (_: unknown, body: Buffer) => body,
  );
  app.post("/v1/traces", {
    onRequest: async (request, reply) => {
      if (request.headers[experimentHeader] !== undefined) return;
      const missing = { type: "missing", loc: ["header", experimentHeader], msg: "Field required", input: null };
      return reply.code(422).send({ detail: [missing] });
    },
    handler: async (request, reply) => {
      const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
      if (type !== protobufType) {
        throw new DomainError("invalid", `Invalid Content-Type: ${type ?? "none"}. Expected: ${protobufType}`);
      }
      const body = await unpack(request.body as Buffer, request.headers["content-encoding"]);
      const experimentId = experimentIdOf(String(request.headers[experimentHeader]));
      await storeSpans(callerOf(request), experimentId, decodeSpans(body));
      return reply.type(protobufType).send(Buffer.alloc(0));
    },
  });
}

async function unpack(body: Buffer | undefined, encoding = "identity"): Promise<Buffer> {
  if (!body) return Buffer.alloc(0);
  if (encoding === "identity") return body;
  const unpacker = unpackers[encoding.toLowerCase() as keyof typeof unpackers];
  if (!unpacker) throw new DomainError("invalid", `Unsupported Content-Encoding: ${encoding}. Send gzip or deflate.`);
  try {
    return await unpacker(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new DomainError("too-large", "Too many spans in one request; split them.", { cause });
    }
    throw new DomainError("invalid", `Failed to decompress the ${encoding} payload.`, { cause });
  }
}
