export const modelDrift = `The inputs or answers of {{endpoint}} are no longer what version {{version}} of {{model}} was trained on. Drift is a hint: find out whether the answers became wrong.

## Is it real?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Ask what changed before {{started}}: data loads and schemas stand on the timeline, releases of callers do not
- [ ] Look at the violations of the input contract on [the endpoint](/endpoints/{{endpoint}}): missing, mistyped or out of range is broken data, not drift
- [ ] Compare the newest requests with older ones at [the log](/endpoints/{{endpoint}}/predictions): which field moved?

## Are the answers worse?
- [ ] Read the objective of realised quality at [Objectives](/slos): up to when are labels known?
- [ ] Ask for labels of the last day's requests, those with low confidence first
- [ ] Look at the business event that follows the answers, if callers post outcomes

## Act
- [ ] A source is broken: have it repaired, and say so on the timeline. Do not train on it
- [ ] An earlier version copes better: compare them in [the playground](/playground), then roll back {{when:rolled-back}}
- [ ] The world has changed: start a training with the newest data and roll it out with a quality guardrail
- [ ] Nothing is worse: give the alert the verdict "known" or "noise", keys **2** and **3**, so that the rule learns

## Before you leave
- [ ] Write down what moved, and whether it mattered {{when:cause-found}}
- [ ] Add the slice that moved to the guardrails of the next rollout, as an action
`;
