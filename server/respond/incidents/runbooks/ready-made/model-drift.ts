export const modelDrift = `The inputs or predictions of {{endpoint}} differ from what version {{version}} of {{model}} was trained on. Drift is a hint: find out whether predictions got worse.

## Is it real?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Find out what changed before {{started}}: data loads and schema changes are on the timeline, client releases are not
- [ ] Check the violations of the input contract on [the endpoint](/endpoints/{{endpoint}}): missing, mistyped or out-of-range values mean broken data, not drift
- [ ] Compare recent requests with older ones in [the log](/endpoints/{{endpoint}}/predictions): which field moved?

## Are predictions worse?
- [ ] Check the realised-quality SLO under [SLOs](/slos): up to when are labels complete?
- [ ] Ask for labels of the last day's requests, those with low confidence first
- [ ] Check business events, if callers post outcomes

## Act
- [ ] A data source is broken: have it fixed and note it on the timeline. Do not train on it
- [ ] An earlier version performs better: compare them in [the playground](/playground), then roll back {{when:rolled-back}}
- [ ] The data has genuinely changed: retrain on recent data and roll out with a quality guardrail
- [ ] Nothing got worse: rate the alert "known" or "noise" (keys **2** and **3**) to improve the rule

## Before you leave
- [ ] Record what changed and whether it mattered {{when:cause-found}}
- [ ] Add the affected segment to the guardrails of the next rollout, as an action
`;
