import { activeLab } from "./active-lab.ts";
import { crowdLab } from "./crowd-lab.ts";
import { flatRows, parity } from "./golden-parity-testing.ts";
import { atTemperature, voteTemperature } from "./temperature.ts";
import { votesOf } from "./votes-testing.ts";

parity("crowdlab", ({ input, expected }, close) => {
  const given = flatRows(input.probabilities);
  const votes = votesOf(input.ratings, { isByItem: true, classes: given.classes });
  const temperature = input.calibrate ? voteTemperature(votes, given, 0) : 1;
  if (input.calibrate) close(temperature, expected.temperature);
  const own = crowdLab(votes, input.calibrate ? atTemperature(given, temperature) : given);
  if (expected.refused) return close(own, null);
  if (!own) throw new Error("CROWDLAB found nothing.");
  close(own.consensus, expected.consensus);
  close(own.quality, expected.quality);
  close(own.agreement, expected.agreement);
  close(own.modelWeight, expected.modelWeight);
  close(own.annotatorWeights, expected.annotatorWeight);
  const asList = (one: Record<string, number | null>) => [
    one.quality,
    one.agreementWithConsensus,
    one.worstClass,
    one.votes ?? one.labelled,
  ];
  close(
    own.annotators.map((one) => asList({ ...one })),
    expected.annotators.map(asList),
  );
  const detailed = input.ratings.map((row: unknown[]) => row.map((): number | null => null));
  votes.item.forEach((item, vote) => {
    detailed[item][votes.annotator[vote] as number] = own.voteQuality[vote];
  });
  close(detailed, expected.detailed);
});

parity("activelab", ({ input, expected }, close) => {
  const probabilities = input.probabilities ? flatRows(input.probabilities) : null;
  const labelled = probabilities && {
    votes: votesOf(input.ratings, { isByItem: true, classes: probabilities.classes }),
    probabilities,
  };
  const own = activeLab(labelled, input.unlabelled ? flatRows(input.unlabelled) : null, 0);
  close(own.labelled, expected.labelled);
  close(own.unlabelled, expected.unlabelled);
  if (expected.temperature !== undefined) close(own.temperature, expected.temperature);
});
