import { DomainError } from "#server/base/errors.ts";
import type { Picture } from "#server/serve/pipeline/picture.ts";
import { pictureParts } from "#server/serve/pipeline/picture-parts.ts";
import { runOutputs } from "#server/serve/pipeline/run-after.ts";
import { finishPictures, preparePicture } from "#server/serve/pipeline/run-image.ts";
import { InferenceFailure } from "#server/serve/pool/failure.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { AnswerReader, RowAnswer } from "../runs/answer-reader.ts";
import { insistOnAnswer } from "../runs/ask-version.ts";

/** Runs a version on pictures of the size that its model gets, so that they can be changed between decoding and arithmetic. */
export class PicturePredictor {
  /** Milliseconds in the version. */
  modelMs = 0;
  readonly #lease: LeasedVersion;
  readonly #outputs: readonly string[];

  /** @param outputs names of the outputs to read, of the model or of its pipeline */
  constructor(lease: LeasedVersion, outputs: readonly string[]) {
    this.#lease = lease;
    this.#outputs = outputs;
  }

  get #part() {
    const { pipeline } = this.#lease.model;
    const [part] = pipeline ? pictureParts(pipeline.definition) : [];
    if (!part) throw new Error("The version has no pictures.");
    return part;
  }

  /** Decodes files and brings them to the model's size; a sentence for one that cannot be decoded. @param from first file */
  async prepare(files: ArrayLike<number | string | null>, from: number): Promise<(Picture | string)[]> {
    const part = this.#part;
    return Promise.all(
      Array.from(files)
        .slice(from)
        .map((file) =>
          preparePicture(part, Buffer.from(String(file), "base64")).catch((cause: unknown) => {
            if (cause instanceof DomainError) return cause.message;
            if (cause instanceof InferenceFailure) throw new DomainError("unavailable", cause.message, { cause });
            throw cause;
          }),
        ),
    );
  }

  /** Returns the answer to each picture, or why there is none. */
  async predict(pictures: readonly (Picture | string)[], reader: AnswerReader): Promise<(RowAnswer | string)[]> {
    const usable = pictures.filter((picture) => typeof picture !== "string");
    if (usable.length === 0) return pictures.map(String);
    const found = await this.#run(usable);
    if (typeof found === "string") return pictures.map((picture) => (typeof picture === "string" ? picture : found));
    let row = 0;
    return pictures.map((picture) => {
      if (typeof picture === "string") return picture;
      row += 1;
      return reader.read(found, row - 1, usable.length);
    });
  }

  async #run(pictures: readonly Picture[]): Promise<Tensor[] | string> {
    const tensor = finishPictures(this.#part, pictures);
    const result = await insistOnAnswer(this.#lease, { tensors: [tensor] });
    if ("problem" in result) return result.problem;
    this.modelMs += result.tookMs;
    const { pipeline, signature } = this.#lease.model;
    const own = pipeline?.definition.after.map(({ name }) => name).filter((name) => this.#outputs.includes(name)) ?? [];
    if (!pipeline || own.length === 0) return result.tensors;
    return [...runOutputs(pipeline.definition, own, result.tensors, signature.labels), ...result.tensors];
  }
}
