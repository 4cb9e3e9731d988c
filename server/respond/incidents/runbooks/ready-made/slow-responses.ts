export const slowResponses = `{{endpoint}} has been slower than its SLO allows since {{started}}. The cause is queueing, computation or a slow dependency.

## Where is the time spent?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open [the endpoint](/endpoints/{{endpoint}}) and check the latency breakdown: queue, compute, other
- [ ] Compare current traffic with the same hour last week: more requests, or larger ones?

## If it is queueing
- [ ] Check the workers and the batch size on [its settings](/endpoints/{{endpoint}}/settings): add workers if cores are free
- [ ] Rate-limit the busiest caller, under Limits on the same page, until there is capacity
- [ ] Move requests that can wait to async tasks: POST /v2/models/{{endpoint}}/tasks runs with the lowest priority

## If it is computing
- [ ] Version {{version}} is slower than {{previous_version}}: compare both under [the rollouts](/rollouts)
- [ ] Roll back: key **R** on the board /on-call {{when:rolled-back}}
- [ ] Requests got larger: check the shapes of the slowest in [the log](/endpoints/{{endpoint}}/predictions)
- [ ] The GPU fell back to the CPU: the endpoint page shows the provider of each version

## Before you leave
- [ ] p95 is below its threshold for 15 min {{when:mitigated}}
- [ ] Run a [load test](/endpoints/{{endpoint}}/load-tests) with current traffic and note the rate at which it saturates
- [ ] Record the cause on the timeline and mark it {{when:cause-found}}
`;
