import { StaleLine } from "#components/ui/states.tsx";
import type { GatewayView } from "#server/serve/gateways/contract.ts";
import { droppedSentence } from "./dropped-text.ts";

/** Says what gateways have lost of their counts and of the prediction log; nothing when that is nothing. */
export function DroppedNotice({ gateways }: { gateways: readonly Pick<GatewayView, "dropped">[] }) {
  const sentence = droppedSentence(gateways);
  return sentence && <StaleLine>{sentence}</StaleLine>;
}
