import { type Readable, Transform } from "node:stream";
import type { AdmittedWrite } from "#server/http/mlflow/admission.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** An import whose body comes in chunks, without its length. */
    labelStudioImport: AdmittedWrite | null;
  }
}

/** Counts a body as it arrives. Where there is no capacity for the rest, it ends with the refusal, and the rest is read and dropped. */
export function countBody(body: Readable, { grow }: AdmittedWrite): Transform {
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        grow(chunk.length);
        done(null, chunk);
      } catch (error) {
        body.unpipe(counted).resume();
        done(error as Error);
      }
    },
  });
  body.once("error", (error) => counted.destroy(error));
  return body.pipe(counted);
}
