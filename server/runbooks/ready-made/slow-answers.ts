export const slowAnswers = `{{endpoint}} answers slower than its objective allows, since {{started}}. Slow is queueing, computing, or waiting for somebody else.

## Where the time goes
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open [the endpoint](/endpoints/{{endpoint}}) and compare the parts of the latency: queue, compute, rest
- [ ] Compare the traffic of now with the same hour of last week: more requests, or larger ones?

## It waits in the queue
- [ ] Look at the workers and the batch size on [its settings](/endpoints/{{endpoint}}/settings): raise the workers where cores are free
- [ ] Limit the caller that sends most, under Protection on the same page, until there is room
- [ ] Move what may wait to tasks: POST /v2/models/{{endpoint}}/tasks is answered later and runs behind all others

## It computes longer
- [ ] Version {{version}} is slower than {{previous_version}}: compare both under [the rollouts](/rollouts)
- [ ] Roll back: key **R** on the board /on-call {{when:rolled-back}}
- [ ] Requests got larger: look at the shapes of the slowest at [the log](/endpoints/{{endpoint}}/predictions)
- [ ] The GPU fell back to the processor: the page of the endpoint names the provider that each version runs on

## Before you leave
- [ ] p95 is below its threshold for 15 min {{when:mitigated}}
- [ ] Run a load test with the traffic of now at [load tests](/endpoints/{{endpoint}}/load-tests), and note the rate at which it breaks
- [ ] Write down what caused it on the timeline, and mark it {{when:cause-found}}
`;
