export const badCanary = `Version {{version}} serves a share of the traffic of {{endpoint}} and performs worse than {{previous_version}}. Rolling back takes seconds; waiting affects users.

## Is it the canary?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the rollout at [Rollouts](/rollouts) and check its guardrails: which one is violated, and for how many requests?
- [ ] Compare both versions: if {{previous_version}} is just as bad, the traffic is the cause, not the canary

## Stop it
- [ ] Pause the rollout, press **P** on its page: it gets no additional traffic while you investigate
- [ ] Roll back to {{previous_version}}: key **R** on the board /on-call, with the reason {{when:rolled-back}}
- [ ] Check that errors and latency of {{endpoint}} return to their level before {{started}} {{when:mitigated}}

## Why was it not caught earlier?
- [ ] Open the most affected segments on the rollout page, and the first bad requests of the new version
- [ ] Replay those requests on both versions in [the playground](/playground)
- [ ] Add a guardrail or a gate that would have stopped it, as an action with an owner
- [ ] Write down the cause on the timeline, and mark it {{when:cause-found}}
`;
