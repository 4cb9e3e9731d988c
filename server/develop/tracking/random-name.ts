import { randomInt } from "node:crypto";

const adjectives =
  "able agile amber bold brave bright brisk calm careful clear clever cool crisp curious daring eager early fair fine firm fleet fresh gentle glad grand handy hardy keen kind late light lively loyal lucid mellow merry mild neat noble open patient plain proud quick quiet rapid ready sharp silent smart smooth sober solid sound spry stable steady stout sunny sure swift tidy true upbeat vast warm wise witty";
const nouns =
  "anchor barge beacon bilge boom bosun bow breeze bridge buoy cable canvas capstan cargo channel chart clipper compass course crest current cutter deck dinghy dock ebb ferry fjord flag fleet gale galley gull gust halyard harbor haven helm hull island jetty jib keel ketch knot lagoon ledge lighthouse line lock log mast mooring oar pier pilot port prow quay reef rigging rudder sail schooner sextant shoal sloop sound spar stern strait swell tack tide tiller vane voyage wake wave wharf yacht";

const words = (text: string): string[] => text.split(" ");

/** Returns a name such as "brisk-halyard-417", for unnamed runs and models. Not unique. */
export function randomName(pick: (below: number) => number = randomInt): string {
  const one = (list: string[]) => list[pick(list.length)];
  return `${one(words(adjectives))}-${one(words(nouns))}-${pick(1000)}`;
}
