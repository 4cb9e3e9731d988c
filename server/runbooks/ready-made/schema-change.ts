export const schemaChange = `Requests to {{endpoint}}, or the data that it is trained on, no longer have the fields, types or units that version {{version}} expects.

## What does not fit
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Read the violations of the input contract on [the endpoint](/endpoints/{{endpoint}}): which field, and rejected or let through?
- [ ] Find the first request that does not fit at [the log](/endpoints/{{endpoint}}/predictions), and its caller
- [ ] Look for the change on the timeline: a contract of a dataset, a pipeline of a version, a release that somebody told of

## Stop wrong answers
- [ ] Values are silently wrong (another unit, another order): reject them, under input contract on [its settings](/endpoints/{{endpoint}}/settings). An error is better than a wrong answer
- [ ] The caller changed by mistake: have it set back; its owner is named on the token under Settings, Tokens
- [ ] The new version changed: roll back to {{previous_version}}, key **R** on the board /on-call {{when:rolled-back}}
- [ ] Both are meant to stay: map the old form to the new in the pipeline of the version

## Data that was already taken
- [ ] Mark the datasets that hold the wrong form at [Datasets](/datasets), and keep them out of the next training
- [ ] List the predictions between {{started}} and the repair, for whoever acts on them

## Before you leave
- [ ] Violations are back to what they were {{when:mitigated}}
- [ ] Write down who changes the schema and how you hear of it next time: POST /api/v1/changes puts it on every chart
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
