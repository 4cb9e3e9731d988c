export const schemaChange = `Requests to {{endpoint}}, or the data that it is trained on, no longer have the fields, types or units that version {{version}} expects.

## What does not match?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Read the violations of the input contract on [the endpoint](/endpoints/{{endpoint}}): which field, and was it rejected or allowed?
- [ ] Find the first non-conforming request in [the log](/endpoints/{{endpoint}}/predictions), and its caller
- [ ] Look for the change on the timeline: a contract of a dataset, a pipeline of a version, a recorded client release

## Stop incorrect predictions
- [ ] Values are silently wrong (another unit, another order): reject them, under input contract on [its settings](/endpoints/{{endpoint}}/settings). An error is better than an incorrect prediction
- [ ] The caller changed by mistake: have it reverted; the token shows its owner under Settings, Tokens
- [ ] The new version changed: roll back to {{previous_version}}, key **R** on the board /on-call {{when:rolled-back}}
- [ ] Both are intended: map the old format to the new one in the pipeline of the version

## Data already ingested
- [ ] Mark the affected datasets at [Datasets](/datasets), and keep them out of the next training
- [ ] List the predictions between {{started}} and the fix for the people who act on them

## Before you leave
- [ ] Violations are back to normal {{when:mitigated}}
- [ ] Agree who announces schema changes and how: POST /api/v1/changes shows them on every chart
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
