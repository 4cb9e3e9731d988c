import type { FeatureSpec, GivenTensor } from "../../features/contract.ts";
import { readFeatures } from "../../features/read-features.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { type FeatureProfiler, featureProfiler } from "./build-feature-profile.ts";
import type { ReferenceBatch } from "./reference-batch.ts";

type Options = Parameters<typeof readFeatures>[2];

interface Gathered {
  spec: FeatureSpec;
  profiler: FeatureProfiler;
}

/** Gathers the profiles of some features from batches of rows, as gateways read them from requests. */
export class FeatureGatherer {
  readonly #features: Gathered[];
  readonly #options: Options;

  constructor(specs: readonly FeatureSpec[], options?: Options) {
    this.#features = specs.map((spec) => ({ spec, profiler: featureProfiler(spec.kind, specs.length) }));
    this.#options = options;
  }

  /** Adds a batch; unreadable values, such as an output that was not requested, are not counted. */
  add({ given }: Pick<ReferenceBatch, "given">): void {
    const others = this.#features.filter((feature) => !addElements(feature, given.inputs));
    if (others.length === 0) return;
    const specs = others.map(({ spec }) => spec);
    for (const [index, column] of readFeatures(specs, given, this.#options).entries()) {
      const { profiler } = others[index] as Gathered;
      for (const value of column) if (value !== undefined) profiler.add(value);
    }
  }

  features(): ProfiledFeature[] {
    return this.#features.map(({ spec: { name, role }, profiler }) => ({ name, role, profile: profiler.profile() }));
  }
}

/** Adds numbers that are already contiguous without visiting each value separately. @returns whether they were */
function addElements({ spec: { role, kind, source }, profiler }: Gathered, inputs: readonly GivenTensor[]): boolean {
  if (role !== "input" || kind !== "numeric" || source.from !== "element") return false;
  const data = inputs.find(({ name }) => name === source.tensor)?.data;
  if (!(data instanceof Float64Array)) return false;
  profiler.addNumbers(data, source.index, source.width);
  return true;
}
