import type { FeatureSpec } from "../../features/contract.ts";
import { readFeatures } from "../../features/read-features.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { type FeatureProfiler, featureProfiler } from "./build-feature-profile.ts";
import type { ReferenceBatch } from "./reference-batch.ts";

type Options = Parameters<typeof readFeatures>[2];

/** Gathers the profiles of some features from batches of rows, as gateways read them from requests. */
export class FeatureGatherer {
  readonly #specs: readonly FeatureSpec[];
  readonly #profilers: FeatureProfiler[];
  readonly #options: Options;

  constructor(specs: readonly FeatureSpec[], options?: Options) {
    this.#specs = specs;
    this.#options = options;
    this.#profilers = specs.map(({ kind }) => featureProfiler(kind, specs.length));
  }

  /** What could not be read, such as an output that was not asked for, is not counted. */
  add({ given }: Pick<ReferenceBatch, "given">): void {
    const columns = readFeatures(this.#specs, given, this.#options);
    for (const [index, column] of columns.entries()) {
      const profiler = this.#profilers[index] as FeatureProfiler;
      for (const value of column) if (value !== undefined) profiler.add(value);
    }
  }

  features(): ProfiledFeature[] {
    return this.#specs.map(({ name, role }, index) => ({
      name,
      role,
      profile: (this.#profilers[index] as FeatureProfiler).profile(),
    }));
  }
}
