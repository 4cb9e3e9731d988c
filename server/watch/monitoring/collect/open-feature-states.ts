import type { FeatureStates, OpenFeatureStates, ServedVersions } from "#server/serve/telemetry/feature-states.ts";
import { FeatureCollector } from "./collector.ts";
import { MinuteStates } from "./minute-states.ts";
import { ProfileBook } from "./profile-book.ts";

/** Minutes of a gateway, and what counts into them. */
class CountedMinutes extends MinuteStates implements FeatureStates {
  count(folder: string, served: () => ServedVersions) {
    const references = new ProfileBook(folder, served);
    return { references, counter: new FeatureCollector(references, this) };
  }
}

/** Features as gateways count them: by minute, against the references in force. */
export const openFeatureStates: OpenFeatureStates = (folder, gatewayId, options) =>
  new CountedMinutes(folder, gatewayId, options);
